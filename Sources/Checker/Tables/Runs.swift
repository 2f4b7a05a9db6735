import History

/// Which records a walk along segments stops at.
struct RecordFilter {
    private let types: UInt32
    /// The stream of replays, the group of anything else.
    private let owner: Int
    private let pass: Int64?

    static func replays(stream name: Int, pass: Int64) -> RecordFilter {
        RecordFilter(types: 1 << UInt32(RecordType.replay.rawValue), owner: name, pass: pass)
    }

    static func deliveries(group: Int) -> RecordFilter {
        RecordFilter(types: 1 << UInt32(RecordType.delivery.rawValue), owner: group, pass: nil)
    }

    static func progress(group: Int) -> RecordFilter {
        let types = [RecordType.ack, .commit, .processed].reduce(UInt32(0)) { $0 | 1 << UInt32($1.rawValue) }
        return RecordFilter(types: types, owner: group, pass: nil)
    }

    @inline(__always) func matches(_ record: UnsafePointer<Record>, in view: View) -> Bool {
        let type = UInt32(record.pointee.rawType)
        guard type < 32, types & (1 << type) != 0 else { return false }
        if let pass { return record.pointee.t == pass && view.name(record.pointee.stream) == owner }
        return view.group(record) == owner
    }
}

/// A stretch of a view: the records in it that a filter matches belong together, the others lie in between.
struct Segment: BitwiseCopyable {
    var view: UInt32
    var start: UInt32
    var end: UInt32
}

/// Records of one kind and owner, in file order, as runs in which a key ascends: what was recorded in order is one
/// run, whatever lies between its records, and any order at all can be merged from the runs there are.
struct RunBucket {
    /// Foreign records that a segment may span, one after the other: reading past them costs less than a segment.
    private static let gapMax: UInt32 = 8

    private(set) var count = 0
    private(set) var segments: [Segment] = []
    /// The number of the first segment of each run.
    private(set) var runs: [Int] = []
    private var open = Segment(view: .max, start: 0, end: 0)
    private var last = Position(0, 0)

    /// Takes the record at `index` of `view`; it stays in the run if its key lies above the last, or, without
    /// `strictly`, at it. Records come in file order.
    @inline(__always) mutating func add(view: UInt32, index: UInt32, key: Position, strictly: Bool) {
        let ascends = last < key || (!strictly && last == key)
        count += 1
        last = key
        if ascends && view == open.view && index - open.end < RunBucket.gapMax {
            open.end = index + 1
        } else {
            begin(view: view, index: index, run: !ascends || count == 1)
        }
    }

    private mutating func begin(view: UInt32, index: UInt32, run: Bool) {
        close()
        if run { runs.append(segments.count) }
        open = Segment(view: view, start: index, end: index + 1)
    }

    /// To be called once after the last `add`.
    mutating func close() {
        if open.view != .max { segments.append(open) }
        open.view = .max
    }

    func segments(ofRun run: Int) -> Range<Int> {
        runs[run]..<(run + 1 < runs.count ? runs[run + 1] : segments.count)
    }
}

/// A place in a run; `record` is nil at its end.
struct RunCursor {
    private(set) var record: UnsafePointer<Record>?
    private(set) var view: View
    /// The end of the segment at hand.
    private(set) var segmentEnd: UnsafePointer<Record>
    /// Of the segment at hand: false until somebody says so.
    var isPrefetched = false
    private var next: Int
    private let last: Int
    private let filter: RecordFilter

    init(_ bucket: borrowing RunBucket, run: Int, filter: RecordFilter, views: [View]) {
        let range = bucket.segments(ofRun: run)
        self.filter = filter
        (next, last) = (range.lowerBound, range.upperBound)
        let segment = bucket.segments[next]
        view = views[Int(segment.view)]
        record = view.records + Int(segment.start)
        segmentEnd = view.records + Int(segment.end)
        next += 1
    }

    /// Goes on to the next record of the run.
    @inline(__always) mutating func advance(_ segments: [Segment], _ views: [View]) {
        guard var at = record else { return }
        repeat {
            at += 1
            if at >= segmentEnd { return enter(segments, views) }
        } while !filter.matches(at, in: view)
        record = at
    }

    private mutating func enter(_ segments: [Segment], _ views: [View]) {
        guard next < last else {
            record = nil
            return
        }
        let segment = segments[next]
        view = views[Int(segment.view)]
        record = view.records + Int(segment.start)
        segmentEnd = view.records + Int(segment.end)
        isPrefetched = false
        next += 1
    }
}
