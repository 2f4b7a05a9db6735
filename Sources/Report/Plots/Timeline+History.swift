public import History

extension Timeline {
    /// Buckets at most; the bucket is as long as it takes.
    private static let limit = 400

    /// What a history's producers saw: outcomes by their time, attempts that never had one as unknown by their own, and
    /// latency from the intended time of an event's first attempt to its first acknowledgement. Nil without attempts.
    ///
    /// For showing: percentiles are within two per cent, and records in another order than they were written in may
    /// miss their latency. What a verdict says of latency is exact.
    public init?(history: History) {
        var last: Int64 = -1
        Self.forEach(in: history) { record, _ in last = max(last, record.t) }
        guard last >= 0 else { return nil }
        // A group may catch up long after the last event.
        for chunk in history.chunks {
            for record in chunk.records where record.type == .delivery { last = max(last, record.t) }
        }
        let length = Self.bucket(for: last)
        var tallies = Array(repeating: Tally(), count: Int(last / length) + 1)
        var open: [Event: Open] = [:]
        Self.forEach(in: history) { record, isOutcome in
            let event = Event(agent: record.agent, seq: record.seq)
            guard isOutcome else {
                open[event, default: Open(intended: record.intended, attempt: nil)].attempt = record.t
                return
            }
            let index = Int(max(record.t, 0) / length)
            switch record.outcome {
            case .acked:
                tallies[index].bucket.acked += 1
                if let intended = open.removeValue(forKey: event)?.intended {
                    tallies[index].add(record.t.subtractingReportingOverflow(intended).partialValue)
                }
            case .failed:
                tallies[index].bucket.failed += 1
                open[event]?.attempt = nil
            case .unknown:
                tallies[index].bucket.unknown += 1
                open[event]?.attempt = nil
            }
        }
        for attempt in open.values.compactMap(\.attempt) {
            tallies[Int(max(attempt, 0) / length)].bucket.unknown += 1
        }
        var buckets = tallies.map(\.finished)
        if let lags = GroupBacklogs.largest(in: history, bucket: length, buckets: buckets.count) {
            for (index, lag) in lags.enumerated() { buckets[index].lag = lag }
        }
        self.init(bucketNanoseconds: length, buckets: buckets)
    }

    private struct Event: Hashable {
        var agent: Int64
        var seq: Int64
    }

    private struct Open {
        var intended: Int64
        /// Of the attempt that has no outcome yet.
        var attempt: Int64?
    }

    /// Attempts and outcomes of events on their way to the first log; a bridge's own tries are not the producers'.
    private static func forEach(in history: History, _ body: (Record, _ isOutcome: Bool) -> Void) {
        for chunk in history.chunks {
            for record in chunk.records where record.logOrGroup == Record.none16 || record.logOrGroup == 0 {
                switch record.type {
                case .attempt: body(record, false)
                case .outcome: body(record, true)
                default: continue
                }
            }
        }
    }

    /// 100 ms, or the next 1, 2, 5 times a power of ten that keeps within the limit.
    private static func bucket(for last: Int64) -> Int64 {
        let least = last / Int64(limit)
        var decade: Int64 = 100_000_000
        while true {
            for factor: Int64 in [1, 2, 5] where decade * factor > least { return decade * factor }
            decade *= 10
        }
    }

    /// A bucket on the way, with its latencies in classes of two per cent.
    private struct Tally {
        var bucket = Bucket()
        var latencies: [Int32: Int] = [:]

        mutating func add(_ nanoseconds: Int64) { latencies[Self.key(of: max(nanoseconds, 0)), default: 0] += 1 }

        var finished: Bucket {
            var bucket = bucket
            let sorted = latencies.sorted { $0.key < $1.key }
            let count = sorted.reduce(0) { $0 + $1.value }
            func percentile(_ share: Double) -> Int64? {
                var below = 0
                for (key, number) in sorted {
                    below += number
                    if Double(below) >= share * Double(count) { return Self.value(of: key) }
                }
                return nil
            }
            (bucket.p50, bucket.p99) = (percentile(0.5), percentile(0.99))
            return bucket
        }

        /// The highest bit and the six below it.
        private static func key(of value: Int64) -> Int32 {
            guard value >= 64 else { return Int32(value) }
            let shift = 63 - value.leadingZeroBitCount - 6
            return Int32(shift + 1) << 6 | Int32((value >> Int64(shift)) & 63)
        }

        private static func value(of key: Int32) -> Int64 {
            guard key >= 64 else { return Int64(key) }
            return (64 | Int64(key & 63)) << Int64((key >> 6) - 1)
        }
    }
}
