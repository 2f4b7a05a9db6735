import History

/// How many events each group of the first log had before it over a trial's time: for a plot, not for a verdict.
struct GroupBacklogs {
    private struct Event: Hashable {
        let agent: Int64
        let seq: Int64
    }

    /// Of each event that was acked, the bucket of its first ack, by the event's place.
    private var acks: [Int] = []
    private var places: [Event: Int] = [:]
    /// By group: how its backlog changes with each bucket, and the events that it was handed.
    private var changes: [Int: (steps: [Int], handed: Set<Int>)] = [:]
    private let bucket: Int64
    private let buckets: Int

    /// For each bucket the largest backlog at its end; nil if no group reads the first log.
    static func largest(in history: History, bucket: Int64, buckets: Int) -> [Int]? {
        var backlogs = GroupBacklogs(bucket: bucket, buckets: buckets)
        backlogs.takeAcks(history)
        backlogs.takeDeliveries(history)
        return backlogs.largest
    }

    private init(bucket: Int64, buckets: Int) { (self.bucket, self.buckets) = (bucket, buckets) }

    private func index(_ t: Int64) -> Int { min(Int(max(t, 0) / bucket), buckets - 1) }

    private mutating func takeAcks(_ history: History) {
        for chunk in history.chunks {
            for record in chunk.records where record.type == .outcome && record.outcome == .acked {
                guard record.log == Record.none16 || record.log == 0 else { continue }
                let event = Event(agent: record.agent, seq: record.seq)
                let at = index(record.t)
                if let place = places[event] {
                    acks[place] = min(acks[place], at)
                } else {
                    places[event] = acks.count
                    acks.append(at)
                }
            }
        }
    }

    private mutating func takeDeliveries(_ history: History) {
        let first = history.header.logs.first?.name
        let others = Set(history.groups.filter { $0.log != nil && $0.log != first }.map(\.name))
        let unreadable = Record.Flags.noAgent | Record.Flags.noSeq | Record.Flags.noCRC
        for (number, name) in history.groupNames.enumerated() where !others.contains(name) {
            changes[number] = ([Int](repeating: 0, count: buckets), [])
        }
        for chunk in history.chunks {
            for record in chunk.records where record.type == .delivery && !record.has(unreadable) {
                guard let place = places[Event(agent: record.agent, seq: record.seq)] else { continue }
                let group = Int(chunk.groups?[Int(record.group)] ?? UInt32(record.group))
                guard changes[group]?.handed.insert(place).inserted == true else { continue }
                let at = max(index(record.t), acks[place])
                changes[group]?.steps[at] -= 1
            }
        }
    }

    private var largest: [Int]? {
        if changes.isEmpty { return nil }
        var acked = [Int](repeating: 0, count: buckets)
        for bucket in acks { acked[bucket] += 1 }
        var largest = [Int](repeating: 0, count: buckets)
        for (steps, _) in changes.values {
            var waiting = 0
            for bucket in 0..<buckets {
                waiting += acked[bucket] + steps[bucket]
                largest[bucket] = max(largest[bucket], waiting)
            }
        }
        return largest
    }
}
