import Access
import CRDKafka
import Glibc
import Platform
import Synchronization

/// What one client instance does beside its queues: its log, and the connections that it makes. Called by the library's
/// own threads.
///
/// The library connects to whatever the brokers advertise. Load goes nowhere but to this machine and the lab, so every
/// connect is looked at, and every other address refused.
final class KafkaSurroundings: Sendable {
    private struct Seen {
        /// Connected, or about to be.
        var open: Set<Int32> = []
        var refused: Set<String> = []
        var lines = 0
    }

    private let seen = Mutex(Seen())
    private let write: @Sendable (String) -> Void
    fileprivate let news: KafkaNews?
    /// Connections that are over, and by which something was sent.
    private let spoken = Atomic<UInt64>(0)

    /// - Parameters:
    ///   - news: where what goes to the library's background queue comes to; nil: there is no such queue.
    ///   - log: where the library's messages go, one a call.
    init(news: KafkaNews? = nil, log: @escaping @Sendable (String) -> Void) { (self.news, write) = (news, log) }

    /// To be given to `hasBeenSilent` later.
    var mark: UInt64 { spoken.load(ordering: .acquiring) }

    /// Whether not a byte has left by any connection from the moment of this mark until now.
    func hasBeenSilent(since mark: UInt64) -> Bool {
        seen.withLock { seen in
            spoken.load(ordering: .acquiring) == mark && !seen.open.contains { Sockets.hasSent($0) }
        }
    }

    var isConnected: Bool { seen.withLock { seen in seen.open.contains { Sockets.hasSent($0) } } }

    /// Addresses that the library was not let to.
    var refusals: Set<String> { seen.withLock { $0.refused } }

    func install(in configuration: OpaquePointer) {
        rd_kafka_conf_set_opaque(configuration, Unmanaged.passUnretained(self).toOpaque())
        rd_kafka_conf_set_log_cb(configuration, kafkaLog)
        rd_kafka_conf_set_connect_cb(configuration, kafkaConnect)
        rd_kafka_conf_set_closesocket_cb(configuration, kafkaClose)
        if news != nil { rd_kafka_conf_set_background_event_cb(configuration, kafkaBackground) }
    }

    /// Keeps a line, unless there were too many.
    func log(_ text: String) {
        let isLast = seen.withLock { seen -> Bool? in
            seen.lines += 1
            return seen.lines > SystemLimits.kafkaLogLines ? nil : seen.lines == SystemLimits.kafkaLogLines
        }
        guard let isLast else { return }
        write(isLast ? "the client library has more to say; it is not kept" : text)
    }

    fileprivate func connect(_ socket: Int32, _ address: UnsafePointer<sockaddr>, _ length: Int32) -> Int32 {
        guard Self.isOurs(address, length) else {
            let text = Self.text(address, length)
            let isNew = seen.withLock { $0.refused.insert(text).inserted }
            if isNew {
                log(
                    Access.current.map { "\(text) is none of those that \($0.cluster.path) names: no load goes there" }
                        ?? "\(text) is neither this machine (127.0.0.0/8, ::1) nor a lab (198.18.0.0/15): no load goes there"
                )
            }
            return EACCES
        }
        // Known before the first byte can leave.
        seen.withLock { _ = $0.open.insert(socket) }
        guard Glibc.connect(socket, address, socklen_t(length)) != 0, errno != EINPROGRESS else { return 0 }
        let error = errno
        forget(socket)
        return error
    }

    fileprivate func forget(_ socket: Int32) {
        seen.withLock { seen in
            guard seen.open.remove(socket) != nil, Sockets.hasSent(socket) else { return }
            spoken.add(1, ordering: .releasing)
        }
    }

    private static func isOurs(_ address: UnsafePointer<sockaddr>, _ length: Int32) -> Bool {
        if let access = Access.current {
            // The port stands at the same place in both families.
            let port = address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { $0.pointee.sin_port.bigEndian }
            return access.server(at: text(address, length), port: port) != nil
        }
        switch Int32(address.pointee.sa_family) {
        case AF_INET:
            return address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                ServerAddress.isOurs(UInt32(bigEndian: $0.pointee.sin_addr.s_addr))
            }
        case AF_INET6:
            return address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
                withUnsafeBytes(of: $0.pointee.sin6_addr) { $0.dropLast().allSatisfy { $0 == 0 } && $0.last == 1 }
            }
        default:
            return false
        }
    }

    private static func text(_ address: UnsafePointer<sockaddr>, _ length: Int32) -> String {
        KafkaLibrary.text { buffer, size in
            _ = getnameinfo(address, socklen_t(length), buffer, socklen_t(size), nil, 0, NI_NUMERICHOST)
        }
    }
}

private func surroundings(_ opaque: UnsafeMutableRawPointer?) -> KafkaSurroundings? {
    opaque.map { Unmanaged<KafkaSurroundings>.fromOpaque($0).takeUnretainedValue() }
}

private func kafkaLog(
    _ client: OpaquePointer?, _ level: Int32, _ facility: UnsafePointer<CChar>?, _ text: UnsafePointer<CChar>?
) {
    guard let client, let text else { return }
    surroundings(rd_kafka_opaque(client))?.log("librdkafka: \(String(cString: text))")
}

private func kafkaBackground(_ client: OpaquePointer?, _ event: OpaquePointer?, _ opaque: UnsafeMutableRawPointer?) {
    guard let event else { return }
    surroundings(opaque)?.news?.add(event)
    rd_kafka_event_destroy(event)
}

private func kafkaConnect(
    _ socket: Int32, _ address: UnsafePointer<sockaddr>?, _ length: Int32, _ broker: UnsafePointer<CChar>?,
    _ opaque: UnsafeMutableRawPointer?
) -> Int32 {
    guard let address, let surroundings = surroundings(opaque) else { return EINVAL }
    return surroundings.connect(socket, address, length)
}

private func kafkaClose(_ socket: Int32, _ opaque: UnsafeMutableRawPointer?) -> Int32 {
    // Forgotten first: its number may be another's the moment that it is closed.
    surroundings(opaque)?.forget(socket)
    return close(socket)
}
