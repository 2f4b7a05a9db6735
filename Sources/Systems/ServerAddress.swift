import Access
import Glibc
import Workers

/// A server's numeric address and port. Only this machine's own loopback and the lab's network (198.18.0.0/15) are
/// addresses that load may be sent to; for a process that was let at a cluster, that one's servers alone.
struct ServerAddress: Hashable, Sendable, CustomStringConvertible {
    let host: String
    let port: UInt16

    var description: String { "\(host):\(port)" }

    /// Nil for anything but `ADDRESS:PORT` with a numeric address.
    init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]), port > 0
        else { return nil }
        var host = String(text[..<colon])
        if host.hasPrefix("[") && host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        var (four, six) = (in_addr(), in6_addr())
        guard inet_pton(AF_INET, host, &four) == 1 || inet_pton(AF_INET6, host, &six) == 1 else { return nil }
        (self.host, self.port) = (host, port)
    }

    /// As a server names another: by an address or, where that is somebody else's, by a name. What the cluster's file names
    /// has the address there that it is reached by. Nil for a name that nobody knows.
    init?(advertised host: Substring, port: UInt16) {
        let host = Access.current?.server(called: String(host), port: port)?.address ?? String(host)
        self.init(host.contains(":" as Character) ? "[\(host)]:\(port)" : "\(host):\(port)")
    }

    /// `HOST:PORT`, as a server names another.
    init?(advertised text: Substring) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            return nil
        }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        self.init(advertised: host, port: port)
    }

    /// The addresses of a producer's orders; refuses what load may not be sent to.
    static func ours(_ texts: [String]) throws(WorkerError) -> [ServerAddress] {
        var addresses: [ServerAddress] = []
        for text in texts {
            guard let address = ServerAddress(text) else {
                throw WorkerError("client.addresses: `\(text)` is not ADDRESS:PORT with a numeric address")
            }
            guard address.isOurs else {
                if let access = Access.current {
                    throw WorkerError(
                        "client.addresses: \(text) is none of those that \(access.cluster.path) names: load is sent "
                            + "nowhere else")
                }
                throw WorkerError(
                    "client.addresses: \(text) is neither this machine (127.0.0.0/8, ::1) nor a lab (198.18.0.0/15); "
                        + "load is sent nowhere else")
            }
            addresses.append(address)
        }
        return addresses
    }

    var isOurs: Bool {
        if let access = Access.current { return access.server(at: host, port: port) != nil }
        var four = in_addr()
        if inet_pton(AF_INET, host, &four) == 1 {
            return Self.isOurs(UInt32(bigEndian: four.s_addr))
        }
        return host == "::1"
    }

    /// Of an IPv4 address as a number.
    static func isOurs(_ number: UInt32) -> Bool {
        number >> 24 == 127 || number >> 17 == (198 << 24 | 18 << 16) >> 17
    }
}
