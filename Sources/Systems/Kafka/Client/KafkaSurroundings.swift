import CRDKafka
import Glibc
import Synchronization

/// What one client instance does beside its queues: its log, and the connections that it makes. Called by the library's
/// own threads.
///
/// The library connects to whatever the brokers advertise. Load goes nowhere but to this machine and the lab, so every
/// connect is looked at, and every other address refused.
final class KafkaSurroundings: Sendable {
    private struct Sockets {
        /// Connected, or about to be.
        var open: Set<Int32> = []
        var refused: Set<String> = []
        var lines = 0
    }

    private let sockets = Mutex(Sockets())
    private let write: @Sendable (String) -> Void
    /// How many connections were ever begun that may have come to stand.
    private let begun = Atomic<UInt64>(0)
    private let open = Atomic<Int>(0)

    /// - Parameter log: where the library's messages go, one a call.
    init(log: @escaping @Sendable (String) -> Void) { write = log }

    /// While it stays the same no byte has left: nil if there is a connection, else a number that the next connection
    /// changes.
    var silence: UInt64? {
        let mark = begun.load(ordering: .sequentiallyConsistent)
        return open.load(ordering: .sequentiallyConsistent) == 0 ? mark : nil
    }

    func install(in configuration: OpaquePointer) {
        rd_kafka_conf_set_opaque(configuration, Unmanaged.passUnretained(self).toOpaque())
        rd_kafka_conf_set_log_cb(configuration, kafkaLog)
        rd_kafka_conf_set_connect_cb(configuration, kafkaConnect)
        rd_kafka_conf_set_closesocket_cb(configuration, kafkaClose)
    }

    fileprivate func log(_ text: String) {
        let isLast = sockets.withLock { sockets -> Bool? in
            sockets.lines += 1
            return sockets.lines > SystemLimits.kafkaLogLines ? nil : sockets.lines == SystemLimits.kafkaLogLines
        }
        guard let isLast else { return }
        write(isLast ? "the client library has more to say; it is not kept" : text)
    }

    fileprivate func connect(_ socket: Int32, _ address: UnsafePointer<sockaddr>, _ length: Int32) -> Int32 {
        guard Self.isOurs(address) else {
            let text = Self.text(address, length)
            let isNew = sockets.withLock { $0.refused.insert(text).inserted }
            if isNew {
                log("\(text) is neither this machine (127.0.0.0/8, ::1) nor a lab (198.18.0.0/15): no load goes there")
            }
            return EACCES
        }
        // Counted before the first byte can leave.
        sockets.withLock { sockets in
            sockets.open.insert(socket)
            open.store(sockets.open.count, ordering: .sequentiallyConsistent)
        }
        begun.add(1, ordering: .sequentiallyConsistent)
        guard Glibc.connect(socket, address, socklen_t(length)) != 0, errno != EINPROGRESS else { return 0 }
        let error = errno
        forget(socket)
        return error
    }

    fileprivate func forget(_ socket: Int32) {
        sockets.withLock { sockets in
            sockets.open.remove(socket)
            open.store(sockets.open.count, ordering: .sequentiallyConsistent)
        }
    }

    private static func isOurs(_ address: UnsafePointer<sockaddr>) -> Bool {
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
