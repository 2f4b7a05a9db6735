import Testing

@testable import Access

/// The examples of RFC 7677 (section 3), byte for byte.
@Test func theRFCsOwnExchange() throws {
    var scram = try #require(Scram(.scram256, user: "user", password: "pencil", nonce: "rOprNGfwEbeRWgbNEkqO"))
    #expect(String(decoding: scram.first, as: UTF8.self) == "n,,n=user,r=rOprNGfwEbeRWgbNEkqO")
    let theirs = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"
    let final = scram.final(after: Array(theirs.utf8))
    #expect(
        String(decoding: final ?? [], as: UTF8.self)
            == "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
    )
    #expect(scram.isProven(by: Array("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=".utf8)))
    #expect(!scram.isProven(by: Array("v=7rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=".utf8)))
}

@Test func aServerThatKnowsNothingOfOursIsNoServer() throws {
    var scram = try #require(Scram(.scram512, user: "a,b=c", password: "x", nonce: "ours"))
    #expect(String(decoding: scram.first, as: UTF8.self) == "n,,n=a=2Cb=3Dc,r=ours")
    for said in ["r=theirs,s=W22Z,i=4096", "r=ours,s=W22Z,i=4096", "e=unknown-user"] {
        let answer = scram.final(after: Array(said.utf8))
        #expect(answer == nil, "\(said)")
    }
}
