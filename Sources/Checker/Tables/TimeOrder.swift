import History

/// Deliveries of one group by `t`, then file order.
///
/// Each consumer's shard is in order by itself: the walk stays in one run as long as no other run's next record is
/// earlier, and asks the heap only when it changes runs.
struct TimeOrder {
    private let views: [View]
    private var cursors: [RunCursor] = []
    private var segments: [[Segment]] = []

    init(_ views: [View]) { self.views = views }

    mutating func add(_ bucket: RunBucket, _ filter: RecordFilter) {
        for run in bucket.runs.indices {
            cursors.append(RunCursor(bucket, run: run, filter: filter, views: views))
            segments.append(bucket.segments)
        }
    }

    /// - Parameter times: what is asked for early, beside the records' events; nil if they have none.
    @inline(__always)
    mutating func walk(_ events: Events, _ times: Column<Int64>?, _ body: (UnsafePointer<Record>, View) -> Void) {
        // No object in the loop, which would be retained for each record.
        let times = times?.base
        var heap = Heap<Int64>()
        for (run, cursor) in cursors.enumerated() {
            if let record = cursor.record { heap.push(record.pointee.t, run: run) }
        }
        while let node = heap.pop() {
            var cursor = cursors[node.run]
            let (views, own) = (views, segments[node.run])
            let limit = heap.first
            while let record = cursor.record {
                if let limit {
                    let t = record.pointee.t
                    if t > limit.key || (t == limit.key && node.run > limit.run) { break }
                }
                if let times {
                    if !cursor.isPrefetched {
                        // A consumer's batch may be no longer than the way ahead.
                        events.prefetchFirst(record, before: cursor.segmentEnd, times: times)
                        cursor.isPrefetched = true
                    }
                    events.prefetch(record, before: cursor.segmentEnd, times: times)
                }
                body(record, cursor.view)
                cursor.advance(own, views)
            }
            cursors[node.run] = cursor
            if let record = cursor.record { heap.push(record.pointee.t, run: node.run) }
        }
    }
}
