import COpenSSL
import Glibc

/// What every connection by TLS has in common: whom to believe, and who we are.
final class TLSContext: Sendable {
    // Set once, and from then on only read by the library.
    nonisolated(unsafe) let raw: OpaquePointer
    let checksNames: Bool
    /// What the key's file is locked with.
    let keyPassword: String?

    init(_ tls: ClusterFile.TLS, of cluster: String) throws(AccessError) {
        keyPassword = try tls.keyPassword.map { secret throws(AccessError) in
            try secret.read("tls.key-password", of: cluster)
        }
        guard let raw = SSL_CTX_new(TLS_client_method()) else { throw AccessError("there is no TLS: \(Self.reason())") }
        self.raw = raw
        checksNames = tls.checksNames
        copenssl_prepare(raw)
        SSL_CTX_set_verify(raw, SSL_VERIFY_PEER, nil)
        if let authority = tls.authority {
            guard SSL_CTX_load_verify_locations(raw, authority, nil) == 1 else {
                throw AccessError("\(cluster): tls.ca: \(authority) holds no certificates: \(Self.reason())")
            }
        } else {
            SSL_CTX_set_default_verify_paths(raw)
        }
        guard let certificate = tls.certificate, let key = tls.key else { return }
        guard SSL_CTX_use_certificate_chain_file(raw, certificate) == 1 else {
            throw AccessError("\(cluster): tls.certificate: \(certificate) holds no certificate: \(Self.reason())")
        }
        try use(key: key, of: cluster)
        guard SSL_CTX_check_private_key(raw) == 1 else {
            throw AccessError("\(cluster): tls.key: \(key) is not the key of \(certificate)")
        }
    }

    deinit { SSL_CTX_free(raw) }

    private func use(key: String, of cluster: String) throws(AccessError) {
        // Without a password the library would ask at the terminal.
        SSL_CTX_set_default_passwd_cb(raw) { buffer, size, _, secret in
            guard let secret, let buffer else { return 0 }
            let count = min(strlen(secret.assumingMemoryBound(to: CChar.self)), Int(size))
            memcpy(buffer, secret, count)
            return Int32(count)
        }
        let isFine = (keyPassword ?? "").withCString { secret in
            SSL_CTX_set_default_passwd_cb_userdata(raw, UnsafeMutableRawPointer(mutating: secret))
            defer { SSL_CTX_set_default_passwd_cb_userdata(raw, nil) }
            return SSL_CTX_use_PrivateKey_file(raw, key, SSL_FILETYPE_PEM) == 1
        }
        guard isFine else {
            throw AccessError(
                "\(cluster): tls.key: \(key) cannot be used (\(Self.reason())); if it is locked, give tls.key-password")
        }
    }

    /// What the library says was wrong last, and forgets.
    static func reason() -> String {
        var text = "no reason is given"
        while true {
            let number = ERR_get_error()
            if number == 0 { return text }
            if let words = ERR_reason_error_string(number) { text = String(cString: words) }
        }
    }
}
