import COpenSSL
import Foundation

/// The client's side of SCRAM (RFC 5802, 7677): the password goes over no wire, and the server proves that it knows it.
struct Scram {
    private let hash: OpaquePointer
    private let size: Int
    private let password: [UInt8]
    private let bare: String
    private let nonce: String
    private var serverSignature: [UInt8] = []

    init?(_ mechanism: ClusterFile.Mechanism, user: String, password: String) {
        var random = [UInt8](repeating: 0, count: 24)
        guard RAND_bytes(&random, Int32(random.count)) == 1 else { return nil }
        self.init(mechanism, user: user, password: password, nonce: Data(random).base64EncodedString())
    }

    init?(_ mechanism: ClusterFile.Mechanism, user: String, password: String, nonce: String) {
        guard let hash = mechanism == .scram256 ? EVP_sha256() : EVP_sha512() else { return nil }
        (self.hash, size) = (hash, Int(EVP_MD_get_size(hash)))
        (self.password, self.nonce) = (Array(password.utf8), nonce)
        bare = "n=\(user.replacing("=", with: "=3D").replacing(",", with: "=2C")),r=\(nonce)"
    }

    var first: [UInt8] { Array("n,,\(bare)".utf8) }

    /// What answers the server's first message; nil if that is none.
    mutating func final(after answer: [UInt8]) -> [UInt8]? {
        let text = String(decoding: answer, as: UTF8.self)
        let fields = Self.fields(text)
        guard let theirs = fields["r"], theirs.hasPrefix(nonce), theirs.count > nonce.count,
            let salt = fields["s"].flatMap({ Data(base64Encoded: $0) }),
            let rounds = fields["i"].flatMap({ Int32($0) }), (1...1_000_000).contains(rounds)
        else { return nil }
        var salted = [UInt8](repeating: 0, count: size)
        let saltBytes = [UInt8](salt)
        let derived = password.withUnsafeBufferPointer { secret in
            secret.withMemoryRebound(to: CChar.self) { secret in
                PKCS5_PBKDF2_HMAC(
                    secret.baseAddress, Int32(secret.count), saltBytes, Int32(saltBytes.count), rounds, hash,
                    Int32(size), &salted)
            }
        }
        guard derived == 1 else { return nil }
        let unproven = "c=biws,r=\(theirs)"
        let message = Array("\(bare),\(text),\(unproven)".utf8)
        let clientKey = mac(salted, Array("Client Key".utf8))
        let signature = mac(digest(clientKey), message)
        serverSignature = mac(mac(salted, Array("Server Key".utf8)), message)
        let proof = zip(clientKey, signature).map { $0 ^ $1 }
        return Array("\(unproven),p=\(Data(proof).base64EncodedString())".utf8)
    }

    func isProven(by answer: [UInt8]) -> Bool {
        guard !serverSignature.isEmpty,
            let said = Self.fields(String(decoding: answer, as: UTF8.self))["v"].flatMap({ Data(base64Encoded: $0) })
        else { return false }
        return [UInt8](said) == serverSignature
    }

    private static func fields(_ text: String) -> [Character: String] {
        var fields: [Character: String] = [:]
        for part in text.split(separator: ",") where part.dropFirst().first == "=" {
            if let name = part.first { fields[name] = String(part.dropFirst(2)) }
        }
        return fields
    }

    private func mac(_ key: [UInt8], _ message: [UInt8]) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: size)
        var count = UInt32(size)
        HMAC(hash, key, Int32(key.count), message, message.count, &result, &count)
        return result
    }

    private func digest(_ message: [UInt8]) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: size)
        var count = UInt32(size)
        EVP_Digest(message, message.count, &result, &count, hash, nil)
        return result
    }
}
