import COpenSSL
import Glibc
public import Platform

/// The bytes of one connection: as they are, or through TLS. It never blocks, and what stands between a connection and
/// its first request (the TLS handshake, a password) is done here, so that nobody else knows of it.
///
/// The socket stays its owner's. Used by one thread.
public final class Line {
    public enum Step: Equatable, Sendable {
        /// Requests may be sent.
        case ready
        case wantsToRead
        case wantsToWrite
        /// It is of no use: why.
        case failed(String)
    }

    private let socket: Int32
    /// What is at its other end is not Holdfast's own, and lets nobody in without a word.
    public let isForeign: Bool
    private let ssl: OpaquePointer?
    private var isSecured = false
    private var greeting: (any Greeting)?
    private var unsent: [UInt8] = []
    private let host: String
    private let hasCertificate: Bool

    /// - Parameters:
    ///   - socket: connected, or about to be.
    ///   - server: what is at its other end; nil: a lab's, where nothing stands in between.
    public init(_ socket: Int32, to server: Access.Server?, of access: Access? = .current) {
        self.socket = socket
        host = server?.member.host ?? ""
        isForeign = server != nil && access != nil
        hasCertificate = access?.cluster.tls?.certificate != nil
        guard let server, let access else {
            (ssl, greeting) = (nil, nil)
            return
        }
        greeting = access.greeting(for: server)
        unsent = greeting?.first() ?? []
        guard let context = access.context, let ssl = SSL_new(context.raw) else {
            self.ssl = nil
            return
        }
        self.ssl = ssl
        SSL_set_fd(ssl, socket)
        SSL_set_connect_state(ssl)
        var (four, six) = (in_addr(), in6_addr())
        let isNumber = inet_pton(AF_INET, host, &four) == 1 || inet_pton(AF_INET6, host, &six) == 1
        if !isNumber { _ = copenssl_set_name(ssl, host) }
        guard context.checksNames else { return }
        if isNumber {
            X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host)
        } else {
            X509_VERIFY_PARAM_set1_host(SSL_get0_param(ssl), host, 0)
        }
    }

    /// To a server that this process was let at, by its address; a lab's has none of it.
    public convenience init(_ socket: Int32, address: String, port: UInt16) {
        let access = Access.current
        self.init(socket, to: access?.server(at: address, port: port), of: access)
    }

    deinit { if let ssl { SSL_free(ssl) } }

    // MARK: Before the first request

    /// Goes on as far as it can without waiting; to be called again when the socket is as it wants it.
    public func advance() -> Step {
        if let ssl, !isSecured {
            ERR_clear_error()
            let result = SSL_do_handshake(ssl)
            if result != 1 { return explain(result, errno) }
            isSecured = true
        }
        while greeting != nil {
            while !unsent.isEmpty {
                let count = unsent.withUnsafeBytes { send($0.baseAddress, $0.count) }
                if count < 0 {
                    if errno == EAGAIN { return .wantsToWrite }
                    return .failed(lost(errno))
                }
                unsent.removeFirst(count)
            }
            var buffer = [UInt8](repeating: 0, count: 4096)
            let count = buffer.withUnsafeMutableBytes { receive($0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EAGAIN { return .wantsToRead }
                return .failed(lost(errno))
            }
            if count == 0 { return .failed("\(host) closes the connection before it lets anybody in; \(advice)") }
            switch greeting?.take(Array(buffer.prefix(count))) {
            case .more(let bytes)?: unsent = bytes
            case .waits?: break
            case .refused(let why)?: return .failed(why)
            case .welcome?, nil: greeting = nil
            }
        }
        return .ready
    }

    private func lost(_ number: Int32) -> String {
        let what = tlsFailure ?? "the connection is lost before anybody is let in (\(KernelError.text(number)))"
        return "\(what); \(advice)"
    }

    private var advice: String {
        if ssl == nil { return "if it wants TLS, name `tls` in the cluster's file" }
        if hasCertificate { return "see whether it knows the client certificate" }
        return "it may want a client certificate: tls.certificate and tls.key"
    }

    /// Waits until requests may be sent; throws why they can't.
    public func complete(by deadline: Int64) throws(AccessError) {
        while true {
            let left = Duration.nanoseconds(max(0, deadline - MonotonicClock.now()))
            var isInTime = false
            switch advance() {
            case .ready: return
            case .failed(let why): throw AccessError(why)
            // An error here is one of the socket, which the next step on it says better.
            case .wantsToRead: isInTime = (try? Sockets.waitReadable(socket, upTo: left)) ?? true
            case .wantsToWrite: isInTime = (try? Sockets.waitWritable(socket, upTo: left)) ?? true
            }
            guard isInTime else { throw AccessError("\(host) does not let anybody in in time") }
        }
    }

    /// What went wrong in TLS, once something has.
    private(set) var tlsFailure: String?

    private func explain(_ result: Int32, _ number: Int32) -> Step {
        guard let ssl else { return .failed("there is no TLS") }
        switch SSL_get_error(ssl, result) {
        case SSL_ERROR_WANT_READ: return .wantsToRead
        case SSL_ERROR_WANT_WRITE: return .wantsToWrite
        default:
            let verdict = SSL_get_verify_result(ssl)
            let text: String
            if verdict != Int(X509_V_OK) {
                let why = String(cString: X509_verify_cert_error_string(verdict))
                text = "TLS: the certificate of \(host) is refused: \(why); \(Self.remedy(verdict))"
            } else if ERR_peek_error() != 0 {
                text = "TLS: \(host): \(TLSContext.reason())"
            } else {
                text =
                    "TLS: \(host) ends the connection during the handshake"
                    + (number == 0 ? "" : ": \(KernelError.text(number))") + "; is it a port with TLS?"
            }
            tlsFailure = text
            return .failed(text)
        }
    }

    /// What to do about a certificate.
    private static func remedy(_ verdict: Int) -> String {
        switch Int32(clamping: verdict) {
        case X509_V_ERR_CERT_HAS_EXPIRED, X509_V_ERR_CERT_NOT_YET_VALID:
            "let the server have one that is valid now, and see this machine's clock"
        case X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH:
            "call the node in the cluster's file as its certificate does, or say `host-names: unchecked` under `tls`"
        default: "see `tls.ca` in the cluster's file: it names who signed the servers' certificates"
        }
    }

    // MARK: Bytes

    /// As `send(2)` with MSG_NOSIGNAL.
    public func send(_ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
        guard let ssl else { return Glibc.send(socket, bytes, count, Int32(MSG_NOSIGNAL)) }
        ERR_clear_error()
        let result = SSL_write(ssl, bytes, Int32(clamping: count))
        return result > 0 ? Int(result) : failed(result)
    }

    /// As `recv(2)`; with TLS it may give less than there is.
    public func receive(_ bytes: UnsafeMutableRawPointer?, _ count: Int) -> Int {
        guard let ssl else { return recv(socket, bytes, count, 0) }
        ERR_clear_error()
        let result = SSL_read(ssl, bytes, Int32(clamping: count))
        return result > 0 ? Int(result) : failed(result)
    }

    /// Sends all of it; false if it is not taken by the deadline (of `MonotonicClock`): some of it may have been sent.
    public func send(_ bytes: [UInt8], by deadline: Int64) throws(KernelFailure) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { raw in send(raw.baseAddress.map { $0 + sent }, raw.count - sent) }
            if count > 0 {
                sent += count
            } else if count == 0 || errno == EAGAIN {
                let left = Duration.nanoseconds(max(0, deadline - MonotonicClock.now()))
                guard try Sockets.waitWritable(socket, upTo: left) else { return false }
            } else if errno != EINTR {
                throw KernelFailure(errno, "sending")
            }
        }
        return true
    }

    /// The other side has said something that was not taken yet, or has gone. Does not wait.
    public var isSpeaking: Bool {
        // An error here is one of the socket, which the next call on it says better.
        guard (try? Sockets.waitReadable(socket, upTo: .zero)) ?? true else { return holdsBytes }
        guard let ssl else { return true }
        // What came may be TLS's own affair.
        var byte: UInt8 = 0
        ERR_clear_error()
        let result = SSL_peek(ssl, &byte, 1)
        return result > 0 || SSL_get_error(ssl, result) != SSL_ERROR_WANT_READ
    }

    private var holdsBytes: Bool { ssl.map { SSL_pending($0) > 0 } ?? false }

    /// What came short of the room that it had may not be all: no poller tells of what was deciphered already.
    public var givesInParts: Bool { ssl != nil }

    /// 0 for the end, else -1 with errno, as the kernel's own calls.
    private func failed(_ result: Int32) -> Int {
        guard let ssl else { return -1 }
        let number = errno
        switch SSL_get_error(ssl, result) {
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: errno = EAGAIN
        case SSL_ERROR_ZERO_RETURN: return 0
        case SSL_ERROR_SYSCALL where number != 0: errno = number
        case SSL_ERROR_SYSCALL: return 0
        default:
            tlsFailure = "TLS: \(host): \(TLSContext.reason())"
            errno = ECONNRESET
        }
        return -1
    }
}
