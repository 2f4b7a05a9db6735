import History
import Workload

/// Reads streams from their beginning to their end by paged XRANGE, and records every entry.
///
/// Pages of several streams are under way at the same time, and the next page of a stream is asked for before the last
/// one is decoded: the server reads while Holdfast records.
struct RedisReplay {
    private struct Page {
        var stream: Int
        var reply: PageSummary?
    }

    private struct PageSummary {
        var count = 0
        /// ID of its last entry.
        var last = ""
        var error: String?
    }

    let streams: [String]
    private var recorder: ReplayRecorder

    init(streams: [String], run: String) {
        self.streams = streams
        recorder = ReplayRecorder(run: run)
    }

    /// One pass over all streams, into `writer`; a stream that is not there is one without entries.
    mutating func read(
        pass: Int, over connection: RedisConnection, into writer: inout ShardWriter, patience: any Patience
    ) throws(SystemError) {
        let numbers = streams.map { writer.stream($0, form: .entry) }
        // Streams whose page was asked for, in the order in which the replies come.
        var asked: [Int] = []
        var next = 0
        while next < streams.count || !asked.isEmpty {
            while asked.count < SystemLimits.pagesAtOnce, next < streams.count {
                try ask(connection, streams[next], after: nil)
                asked.append(next)
                next += 1
            }
            let stream = asked.removeFirst()
            guard let reply = try connection.receive(by: RedisConnection.deadline(after: SystemLimits.pageSeconds))
            else {
                throw SystemError(
                    .deadline, "XRANGE \(streams[stream]) has no answer within \(Int(SystemLimits.pageSeconds)) s")
            }
            let page = reply.withView(Self.summary)
            if let error = page.error {
                throw SystemError(.refused, "XRANGE \(streams[stream]) was answered: \(error)")
            }
            if page.count == SystemLimits.pageEntries {
                try ask(connection, streams[stream], after: page.last)
                asked.append(stream)
            }
            reply.withView { record($0, pass: Int64(pass), stream: numbers[stream], into: &writer) }
            if page.count < SystemLimits.pageEntries {
                writer.append(.replayEnd(pass: Int64(pass), stream: numbers[stream]))
            }
            do { try writer.flush() } catch {
                throw SystemError(.lab, "the replay cannot be recorded: \(error)")
            }
            // Nothing to wait for; but whoever wants the run to end is heard between two pages.
            _ = try patience.wait(upTo: 0) { true }
        }
    }

    /// One stream, behind a position or from its beginning, to the end that it has now.
    static func read(
        _ stream: String, behind from: Position?, over connection: RedisConnection, patience: any Patience,
        _ each: (_ position: Position, _ event: DecodedEvent?) -> Void
    ) throws(SystemError) -> Int64 {
        let newest = try connection.call(
            ["XREVRANGE", stream, "+", "-", "COUNT", "1"], within: SystemLimits.pageSeconds)
        guard case .array(let ends) = newest else {
            throw SystemError(.refused, "XREVRANGE \(stream) was answered: \(newest.text)")
        }
        guard case .array(let last)? = ends.first, let end = last.first?.text else { return 0 }
        var behind = from.map { "(\($0.major)-\($0.minor)" } ?? "-"
        var count: Int64 = 0
        while true {
            let deadline = RedisConnection.deadline(after: SystemLimits.pageSeconds)
            try connection.send(
                [["XRANGE", stream, behind, end, "COUNT", String(SystemLimits.pageEntries)]], by: deadline)
            guard let reply = try connection.receive(by: deadline) else {
                throw SystemError(.deadline, "XRANGE \(stream) has no answer in time")
            }
            let page = reply.withView(Self.summary)
            if let error = page.error { throw SystemError(.refused, "XRANGE \(stream) was answered: \(error)") }
            reply.withView { view in
                for index in 0..<view.count {
                    guard let position = Self.position(view[index][0].bytes) else { continue }
                    each(position, Self.event(view[index][1]))
                }
            }
            count += Int64(page.count)
            if page.count < SystemLimits.pageEntries { return count }
            behind = "(" + page.last
            _ = try patience.wait(upTo: 0) { true }
        }
    }

    private func ask(_ connection: RedisConnection, _ stream: String, after last: String?) throws(SystemError) {
        let from = last.map { "(" + $0 } ?? "-"
        try connection.send(
            [["XRANGE", stream, from, "+", "COUNT", String(SystemLimits.pageEntries)]],
            by: RedisConnection.deadline(after: SystemLimits.pageSeconds))
    }

    private static func summary(_ page: RedisReply.View) -> PageSummary {
        guard page.isArray else { return PageSummary(error: page.value.text) }
        guard page.count > 0 else { return PageSummary() }
        let last = page[page.count - 1]
        guard last.count == 2, position(last[0].bytes) != nil else {
            return PageSummary(error: "an entry without an ID: \(last.value.text.prefix(200))")
        }
        return PageSummary(count: page.count, last: String(decoding: last[0].bytes, as: UTF8.self))
    }

    private mutating func record(
        _ page: RedisReply.View, pass: Int64, stream: UInt32, into writer: inout ShardWriter
    ) {
        for index in 0..<page.count {
            let entry = page[index]
            // The server gives every entry an ID, or it is no server.
            guard entry.count == 2, let position = Self.position(entry[0].bytes) else {
                preconditionFailure("an entry of a stream has no ID")
            }
            recorder.record(
                Self.event(entry[1]), pass: pass, stream: stream, position: position, into: &writer)
        }
    }

    /// An event is an entry with the one field `e`; anything else cannot be read as one.
    static func event(_ fields: RedisReply.View) -> DecodedEvent? {
        guard fields.count == 2, fields[0].bytes.elementsEqual(CollectionOfOne(0x65)) else { return nil }
        return EventCodec.decode(fields[1].bytes)
    }

    /// `1526919030474-55`
    static func position(_ text: UnsafeRawBufferPointer) -> Position? {
        guard let dash = text.firstIndex(of: 0x2D), let major = number(text[..<dash]),
            let minor = number(text[(dash + 1)...])
        else { return nil }
        return Position(major, minor)
    }

    private static func number(_ digits: Slice<UnsafeRawBufferPointer>) -> UInt64? {
        guard !digits.isEmpty else { return nil }
        var number: UInt64 = 0
        for digit in digits {
            guard (0x30...0x39).contains(digit) else { return nil }
            let (tens, over) = number.multipliedReportingOverflow(by: 10)
            let (sum, overAgain) = tens.addingReportingOverflow(UInt64(digit - 0x30))
            guard !over, !overAgain else { return nil }
            number = sum
        }
        return number
    }
}
