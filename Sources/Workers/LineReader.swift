import Glibc

/// Cuts what comes from a non-blocking descriptor into lines.
struct LineReader: Sendable {
    /// A longer line is none of ours; it is dropped.
    private static let longest = 1 << 16

    private let descriptor: Int32
    private var pending: [UInt8] = []
    /// The other side has closed.
    private(set) var ended = false

    init(descriptor: Int32) { self.descriptor = descriptor }

    /// Whole lines that have come since the last call, without their ends. Does not wait.
    mutating func lines() -> [String] {
        var chunk = [UInt8](repeating: 0, count: 4096)
        while !ended {
            let count = read(descriptor, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            if count < 0 && errno == EAGAIN { break }
            if count <= 0 { ended = true } else { pending.append(contentsOf: chunk[..<count]) }
        }
        var lines: [String] = []
        var start = pending.startIndex
        while let end = pending[start...].firstIndex(of: 0x0A) {
            lines.append(String(decoding: pending[start..<end], as: UTF8.self))
            start = end + 1
        }
        pending.removeSubrange(..<start)
        if pending.count > Self.longest { pending.removeAll() }
        return lines
    }
}
