import Documents
import Glibc
import Platform
import Testing

@testable import Access

@Suite(.enabled(if: Tool.locate("openssl") != nil, "openssl is not installed"))
struct AuthorityTests {
    @Test func serversAreVouchedForByNameAndAddressAndNobodyElseReadsIt() throws {
        let folder = "/tmp/holdfast-authority-\(getpid())"
        defer { try? Files.removeTree(folder) }
        let authority = try Authority(in: folder)
        let server = try authority.issue("redis-1", address: "198.18.0.11")
        let names = ["-verify_hostname redis-1", "-verify_ip 198.18.0.11"]
        // A month back to a clock that was set wrong, too.
        for words in names + ["-verify_ip 198.18.0.11 -attime \(time(nil) - 20 * 86400)"] {
            #expect(try verify(server.certificate, authority, words), "\(words)")
        }
        for words in ["-verify_hostname redis-2", "-verify_ip 198.18.0.12", "-attime \(time(nil) + 31 * 86400)"] {
            #expect(try !verify(server.certificate, authority, words), "\(words)")
        }
        let pair = try #require(Files.read(server.pair, limit: 1 << 16))
        #expect(pair.contains("PRIVATE KEY") && pair.contains("BEGIN CERTIFICATE"))
        var status = stat()
        #expect(stat(folder, &status) == 0 && status.st_mode & 0o777 == 0o700)
    }

    @Test func passwordsAreNewEachTimeAndGoFromWhatIsKept() throws {
        let folders = (1...2).map { "/tmp/holdfast-passwords-\(getpid())-\($0)" }
        defer { for folder in folders { try? Files.removeTree(folder) } }
        let authorities = try folders.map { try Authority(in: $0) }
        let passwords = authorities.flatMap { [$0.admin.password, $0.auditor.password] }
        #expect(Set(passwords).count == 4 && passwords.allSatisfy { $0.utf8.count >= 32 })
        let kept = authorities[0].redacted("a \(passwords[0]) b \(passwords[1]) c \(passwords[2])")
        #expect(kept == "a … b … c \(passwords[2])")
    }

    private func verify(_ certificate: String, _ authority: Authority, _ words: String) throws -> Bool {
        let options = words.split(separator: " ").map(String.init)
        return try Tool.run("openssl", ["verify", "-CAfile", authority.certificate] + options + [certificate]).succeeded
    }
}
