import Workers

/// `XADD stream [MAXLEN =|~ N [ACKED]] ID e VALUE` for one stream, ready but for the value and, where events number the
/// entries, the ID.
struct XADDRequest {
    private let head: [UInt8]
    private let tail: [UInt8]
    /// The server gives no ID: `SEQ+1-0` is the event's.
    private let isNumbered: Bool

    private static let field = Array("$1\r\ne\r\n".utf8)

    /// - Parameter behind: a command that follows each XADD.
    init(stream: String, maxlen: RedisSettings.MaxLength? = nil, isNumbered: Bool = false, behind: [UInt8]) {
        var words = ["XADD", stream]
        if let maxlen {
            words += ["MAXLEN", maxlen.isApproximate ? "~" : "=", String(maxlen.entries)]
            if maxlen.isOfAcked { words.append("ACKED") }
        }
        let count = words.count + 3
        if !isNumbered { words.append("*") }
        let text = words.map { "$\($0.utf8.count)\r\n\($0)\r\n" }.joined()
        head = Array("*\(count)\r\n\(text)".utf8)
        tail = Array("\r\n".utf8) + behind
        self.isNumbered = isNumbered
    }

    /// One for each of a client's streams.
    ///
    /// - Parameter areEvents: whether what is sent are a producer's own events, which have numbers.
    static func all(
        _ client: ClientOrders, areEvents: Bool, behind: [UInt8]
    ) throws(WorkerError) -> [XADDRequest] {
        let text = client.settings["maxlen"]
        let maxlen = text.flatMap { RedisSettings.MaxLength($0) }
        if let text, maxlen == nil { throw WorkerError("client.settings.maxlen: `\(text)` is no length") }
        let isNumbered = areEvents && client.settings["ids"] == RedisSettings.IDs.event.rawValue
        return client.streams.map {
            XADDRequest(stream: $0, maxlen: maxlen, isNumbered: isNumbered, behind: behind)
        }
    }

    /// Room that a request needs at most.
    func length(value: Int) -> Int { head.count + 32 + Self.field.count + 24 + value + tail.count }

    /// Writes the request of an event with that number; `fill` writes the value where it is told to. Returns the bytes
    /// taken.
    func write(
        _ seq: Int64 = 0, value length: Int, into buffer: UnsafeMutableRawBufferPointer,
        fill: (UnsafeMutableRawBufferPointer) -> Void
    ) -> Int {
        precondition(buffer.count >= self.length(value: length), "a request needs more room than it was given")
        var end = 0
        func rest() -> UnsafeMutableRawBufferPointer { UnsafeMutableRawBufferPointer(rebasing: buffer[end...]) }
        func copy(_ bytes: [UInt8]) {
            bytes.withUnsafeBytes { rest().copyMemory(from: $0) }
            end += bytes.count
        }
        func mark(_ count: Int) {
            buffer[end] = 0x24
            end +=
                1 + ByteQueue.write(UInt64(count), into: UnsafeMutableRawBufferPointer(rebasing: buffer[(end + 1)...]))
            buffer[end] = 0x0D
            buffer[end + 1] = 0x0A
            end += 2
        }
        copy(head)
        if isNumbered {
            let entry = NumberedEntries.major(of: seq)
            mark(ByteQueue.digits(entry) + 2)
            end += ByteQueue.write(entry, into: rest())
            for byte in [0x2D, 0x30, 0x0D, 0x0A] as [UInt8] {
                buffer[end] = byte
                end += 1
            }
        }
        copy(Self.field)
        mark(length)
        fill(UnsafeMutableRawBufferPointer(rebasing: buffer[end..<end + length]))
        end += length
        copy(tail)
        return end
    }
}
