import Glibc
import Platform

/// What a guest writes to its standard output, cut into lines within bounds: nothing that it says, or does not end, can
/// cost more than so much.
struct GuestOutput: ~Copyable {
    /// A line that is longer, but for the bytes of an event, is no record.
    static let longestLine = 16 << 10
    /// Lines that a guest has at the start, for each event that it is ordered to publish, and for each second: far more
    /// than an honest one needs that tries again as soon as it is told to.
    private static let allowance = (atFirst: 20_000.0, perOrder: 8.0, perSecond: 20_000.0)
    private static let chunk = 128 << 10

    private let descriptor: Int32
    private let longestLine: Int
    private let started: Int64
    private let buffer: UnsafeMutablePointer<UInt8>
    private var filled = 0
    /// Lines before it were handed out.
    private var place = 0
    private var lines = 0
    /// The guest has closed it, and all of it was taken.
    private(set) var hasEnded = false

    init(_ descriptor: Int32, longestLine: Int = Self.longestLine) {
        (self.descriptor, self.longestLine) = (descriptor, longestLine)
        started = MonotonicClock.now()
        buffer = .allocate(capacity: longestLine + Self.chunk)
    }

    deinit { buffer.deallocate() }

    /// Bytes of a line that has no end as yet.
    var rest: Int { filled - place }

    /// Takes what is there, a chunk of it at the most; false if there was nothing. What was handed out is no longer
    /// valid then.
    ///
    /// - Parameter orders: how many the guest has had.
    mutating func take(orders: Int64) throws(WorkerError) -> Bool {
        memmove(buffer, buffer + place, filled - place)
        (filled, place) = (filled - place, 0)
        let count = read(descriptor, buffer + filled, Self.chunk)
        if count < 0, errno == EAGAIN || errno == EINTR { return false }
        if count <= 0 {
            hasEnded = true
            return false
        }
        try tally(buffer + filled, count, orders)
        filled += count
        return true
    }

    /// The next whole line, without its end.
    mutating func next() throws(WorkerError) -> UnsafeBufferPointer<UInt8>? {
        let start = buffer + place
        let length = memchr(start, 0x0A, rest).map { UnsafeMutableRawPointer(start).distance(to: $0) }
        if length ?? rest > longestLine {
            throw WorkerError("a line of its output is longer than \(longestLine) bytes")
        }
        guard let length else { return nil }
        place += length + 1
        return UnsafeBufferPointer(start: start, count: length)
    }

    /// Before any of them is read: a flood is not worth it.
    private mutating func tally(_ start: UnsafeMutablePointer<UInt8>, _ count: Int, _ orders: Int64) throws(WorkerError)
    {
        var from = start
        let end = start + count
        while from < end, let feed = memchr(from, 0x0A, end - from) {
            lines += 1
            from = feed.assumingMemoryBound(to: UInt8.self) + 1
        }
        let seconds = Double(MonotonicClock.now() - started) / 1e9
        let most = Self.allowance
        if Double(lines) > most.atFirst + most.perOrder * Double(orders) + most.perSecond * seconds {
            throw WorkerError("a flood: \(lines) lines of output for \(orders) orders in \(Int(seconds)) s")
        }
    }
}
