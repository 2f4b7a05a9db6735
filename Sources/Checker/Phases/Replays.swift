import History

/// Merges the passes into the table of positions: what each holds, and whether the passes agree.
///
/// Passes come as runs of ascending positions, one run each where they were read in order. Two passes that agree,
/// position for position, go side by side; everything else goes through a heap of the runs' heads, which takes any
/// order and any number of passes.
struct ReplayPhase {
    let views: [View]
    let reader: ContentReader
    let streams: StreamTable
    let logs: LogTable
    /// All passes of the history, ascending.
    let passes: [Int64]

    func run(_ survey: Survey) -> PositionTable {
        let table = PositionTable(entriesMax: survey.replays.reduce(0) { $0 + $1.count }, streams: streams.count)
        var buckets: [[Int]] = Array(repeating: [], count: streams.count)
        for (bucket, key) in survey.replayKeys.enumerated() {
            buckets[Int(streams.places[key.stream])].append(bucket)
        }
        let places = Dictionary(uniqueKeysWithValues: passes.enumerated().map { ($1, $0) })
        for stream in 0..<streams.count {
            var merge = StreamMerge(self, retention: logs.hasRetention(stream: stream))
            for bucket in buckets[stream] {
                let key = survey.replayKeys[bucket]
                merge.add(survey.replays[bucket], key, pass: places[key.pass] ?? 0)
            }
            merge.run(into: table)
            table.endStream()
        }
        return table
    }
}

/// The merge of one stream.
private struct StreamMerge {
    private let views: [View]
    private let reader: ContentReader
    private let passCount: Int
    private var cursors: [RunCursor] = []
    /// Of each cursor.
    private var passes: [Int] = []
    private var segments: [[Segment]] = []
    private var heap = Heap<Position>()
    private var missing: MissingRule
    // Scratch of one position.
    private var found: [Content] = []
    private var having: [Int] = []
    private var slot = -1

    init(_ phase: ReplayPhase, retention: Bool) {
        (views, reader, passCount) = (phase.views, phase.reader, phase.passes.count)
        missing = MissingRule(retention: retention)
    }

    mutating func add(_ bucket: RunBucket, _ key: Survey.PassKey, pass: Int) {
        let filter = RecordFilter.replays(stream: key.stream, pass: key.pass)
        for run in bucket.runs.indices {
            let cursor = RunCursor(bucket, run: run, filter: filter, views: views)
            if let record = cursor.record { missing.begin(pass, record.pointee.position) }
            cursors.append(cursor)
            passes.append(pass)
            segments.append(bucket.segments)
        }
    }

    mutating func run(into table: PositionTable) {
        missing.close()
        for index in cursors.indices { pushHead(index) }
        while let first = heap.first {
            if passCount == 1 && heap.nodes.count == 1 {
                mergeOne(first.run, table)
            } else if passCount == 2, heap.nodes.count == 2, passes[heap.nodes[0].run] != passes[heap.nodes[1].run] {
                mergeTwo(heap.nodes[0].run, heap.nodes[1].run, table)
            }
            if !heap.isEmpty { mergePosition(table) }
        }
    }

    private mutating func pushHead(_ index: Int) {
        if let record = cursors[index].record { heap.push(record.pointee.position, run: index) }
    }

    /// The only run that is left of the only pass.
    private mutating func mergeOne(_ index: Int, _ table: PositionTable) {
        heap = Heap()
        var cursor = cursors[index]
        let (views, segments) = (views, segments[index])
        while let record = cursor.record {
            let slot = reader.whole(record, cursor.view)
            if slot < 0 { break }
            table.append(record.pointee.position, whole: slot)
            cursor.advance(segments, views)
        }
        cursors[index] = cursor
        pushHead(index)
    }

    /// The last runs of two passes, as long as they hold the same whole events at the same positions.
    private mutating func mergeTwo(_ one: Int, _ two: Int, _ table: PositionTable) {
        heap = Heap()
        var (a, b) = (cursors[one], cursors[two])
        let (views, ofOne, ofTwo) = (views, segments[one], segments[two])
        while let first = a.record, let second = b.record {
            guard first.pointee.major == second.pointee.major, first.pointee.minor == second.pointee.minor,
                first.pointee.agent == second.pointee.agent, first.pointee.seq == second.pointee.seq,
                first.pointee.crc == second.pointee.crc, first.pointee.word == second.pointee.word,
                a.view.name(first.pointee.second) == b.view.name(second.pointee.second)
            else { break }
            let slot = reader.whole(first, a.view)
            if slot < 0 { break }
            table.append(first.pointee.position, whole: slot)
            reader.events.prefetch(first, before: a.segmentEnd, times: nil)
            a.advance(ofOne, views)
            b.advance(ofTwo, views)
        }
        (cursors[one], cursors[two]) = (a, b)
        pushHead(one)
        pushHead(two)
    }

    /// Everything that any run has at the lowest position.
    private mutating func mergePosition(_ table: PositionTable) {
        guard let position = heap.first?.key else { return }
        found.removeAll(keepingCapacity: true)
        having.removeAll(keepingCapacity: true)
        slot = -1
        while let head = heap.first, head.key == position {
            _ = heap.pop()
            let cursor = cursors[head.run]
            if let record = cursor.record { take(record, cursor.view, pass: passes[head.run]) }
            cursors[head.run].advance(segments[head.run], views)
            pushHead(head.run)
        }
        if found.count > 8 { distinguish() }
        having.sort()
        var (twice, distinct) = (false, 0)
        for index in having.indices {
            if index > 0 && having[index] == having[index - 1] { twice = true } else { distinct += 1 }
        }
        let lacking = distinct < passCount && missing.counts(position, having: distinct, first: having[0])
        table.append(
            position, holding: found, whole: found.count == 1 ? slot : -1,
            differ: found.count > 1 || twice || lacking)
    }

    private mutating func take(_ record: UnsafePointer<Record>, _ view: View, pass: Int) {
        having.append(pass)
        let content = reader.content(record, view)
        // More than a few are told apart by hashing, afterwards.
        if found.count <= 8 && found.contains(content) { return }
        found.append(content)
        slot = reader.whole(record, view)
    }

    private mutating func distinguish() {
        var seen: Set<Content> = []
        found = found.filter { seen.insert($0).inserted }
    }
}

/// Which absences from a pass count: with retention those that the pass's own lower end does not explain.
///
/// Counterexample: passes 1 and 2 read 5, 6, 7 and 6, 7: retention took 5 in between. Passes 1 and 2 read 6, 7 and
/// 5, 6, 7: nothing puts an old entry back, so 5, missing from the *earlier* pass, counts.
private struct MissingRule {
    private let retention: Bool
    /// The lowest position of each pass that has any of the stream.
    private var lowest: [Int: Position] = [:]
    private var ascending: [Position] = []
    private var below = 0
    /// Of each such pass: the highest of the lowest of earlier ones, and whether an earlier pass has nothing at all.
    private var before: [Int: (highest: Position?, hasEmpty: Bool)] = [:]

    init(retention: Bool) { self.retention = retention }

    mutating func begin(_ pass: Int, _ position: Position) { lowest[pass] = min(lowest[pass] ?? position, position) }

    mutating func close() {
        guard retention else { return }
        ascending = lowest.values.sorted()
        var highest: Position?
        for (place, pass) in lowest.keys.sorted().enumerated() {
            before[pass] = (highest, hasEmpty: place != pass)
            highest = max(highest ?? Position(0, 0), lowest[pass] ?? Position(0, 0))
        }
    }

    /// Whether it counts that only `having` passes have a position, `first` the earliest of them. To be asked in
    /// ascending order of positions.
    mutating func counts(_ position: Position, having: Int, first: Int) -> Bool {
        guard retention, let earlier = before[first] else { return true }
        while below < ascending.count && ascending[below] <= position { below += 1 }
        // A pass that begins at or below the position and lacks it is a hole; one that begins above it, or has nothing,
        // is explained if an earlier pass had it.
        return below > having || earlier.hasEmpty || (earlier.highest.map { $0 > position } ?? false)
    }
}
