import Glibc
import History

/// A trial's directory as 200 agents on one Redis stream would leave it: of each event an attempt, an outcome, two
/// replays, a delivery and an ack of one group of three consumers, and a delivery to a second group. One event in a
/// thousand is damaged in one of ten ways, in turn. The same number of events gives the same bytes.
struct SampleTrial {
    private enum Damage: Int {
        case none = -1
        case lost, duplicated, unanswered, corrupted, retried, failed, vanished, undelivered, redelivered, late
    }

    static let agents = 200
    static let batch = 50
    let events: Int
    let directory: String

    init(events: Int, directory: String) throws {
        (self.events, self.directory) = (events, directory)
        guard mkdir(directory, 0o755) == 0 else { throw Trouble("cannot make \(directory)") }
        try control()
        for producer in 0..<2 { try produce(producer) }
        try replay()
        for consumer in 0..<3 { try consume(consumer) }
        try watch()
    }

    func delete() {
        for name in files { unlink("\(directory)/\(name)") }
        rmdir(directory)
    }

    private var files: [String] {
        ["control.jsonl", "producer-0.shard", "producer-1.shard", "replayer.shard", "watcher.shard"]
            + (0..<3).map { "consumer-\($0).shard" }
    }

    private func damage(_ event: Int) -> Damage {
        if event < 0 { return .none }
        var x = UInt64(event) &* 0x9E37_79B9_7F4A_7C15
        x ^= x >> 31
        return x % 1000 == 7 ? Damage(rawValue: Int(x / 1000 % 10)) ?? .none : .none
    }

    private func agent(_ event: Int) -> Int64 { Int64((event * 77) % SampleTrial.agents) }
    private func seq(_ event: Int) -> Int64 { Int64(event / SampleTrial.agents) }
    private func time(_ event: Int) -> Int64 { Int64(event) * 100_000 }
    private func crc(_ event: Int) -> UInt32 { UInt32(truncatingIfNeeded: event &* 2_654_435_761) }

    private func position(_ event: Int, _ place: UInt64 = 0) -> Position {
        Position(1_760_000_000_000 + UInt64(event / 10), UInt64(event % 10) * 4 + place)
    }

    private func control() throws {
        var header = History.Header()
        header.run = Name("sample")
        (header.system, header.configuration, header.seed) = ("redis-standalone", "everysec", 1)
        header.retries = "until-acked"
        let log = try ControlLog(path: "\(directory)/control.jsonl", header: header)
        let end = position(events + 100)
        for group in ["memory-updater", "watcher"] {
            try log.group(History.Group(name: Name(group)))
            let end = History.GroupEnd(group: Name(group), stream: Name("events"), passed: end, pending: [])
            try log.groupEnd(end, form: .entry)
        }
        try log.end(t: time(events + 100))
    }

    private func produce(_ producer: Int) throws {
        var shard = try ShardWriter(path: "\(directory)/producer-\(producer).shard", worker: "producer \(producer)")
        let stream = shard.stream("events", form: .entry)
        let kind = shard.name("tool-call")
        for event in 0..<events where (event / 2) % 2 == producer {
            let (agent, seq, t) = (agent(event), seq(event), time(event))
            let damage = damage(event)
            let tries: Int64 = damage == .retried ? 2 : 1
            for number in 1...tries {
                let t = t + (number - 1) * 50_000_000
                shard.append(
                    .attempt(
                        t: t, agent: agent, seq: seq, number: number, kind: kind, intended: time(event) - 20_000,
                        crc: crc(event)))
                let answered = damage != .unanswered && damage != .vanished && number == tries
                let result: Outcome = damage == .failed ? .failed : answered ? .acked : .unknown
                shard.append(
                    .outcome(
                        result, t: t + 250_000 + Int64(event % 97) * 1000, agent: agent, seq: seq, number: number,
                        stream: result == .acked ? stream : 0,
                        position: result == .acked ? position(event, damage == .retried ? 1 : 0) : nil))
            }
            if event % 256 < 2 { try shard.flush() }
        }
        try shard.close()
    }

    /// Calls `body` with what the log holds of each event's place: position, event, checksum.
    @inline(__always)
    private func entries(_ event: Int, _ body: (Position, Int, UInt32) -> Void) {
        switch damage(event) {
        case .lost, .failed, .vanished, .late: break
        case .corrupted: body(position(event), event, crc(event) ^ 1)
        case .retried:
            body(position(event), event, crc(event))
            body(position(event, 1), event, crc(event))
        default: body(position(event), event, crc(event))
        }
        let earlier = event - 1000
        switch damage(earlier) {
        case .duplicated, .late: body(position(event, 2), earlier, crc(earlier))
        default: break
        }
    }

    private func replay() throws {
        var shard = try ShardWriter(path: "\(directory)/replayer.shard", worker: "replayer")
        let stream = shard.stream("events", form: .entry)
        let run = shard.name("sample")
        for pass in 1...2 {
            for event in 0..<events + 1000 {
                if event < events || damage(event - 1000) != .none {
                    entries(min(event, event)) { position, found, crc in
                        if found >= events { return }
                        shard.append(
                            .replay(
                                pass: Int64(pass), stream: stream, position: position, run: run, agent: agent(found),
                                seq: seq(found), crc: crc))
                    }
                }
                if event % 512 == 0 { try shard.flush() }
            }
            shard.append(.replayEnd(pass: Int64(pass), stream: stream))
        }
        try shard.close()
    }

    private func consume(_ consumer: Int) throws {
        var shard = try ShardWriter(path: "\(directory)/consumer-\(consumer).shard", worker: "consumer \(consumer)")
        let stream = shard.stream("events", form: .entry)
        let (group, name) = (shard.group("memory-updater"), shard.name("consumer \(consumer)"))
        for batch in stride(from: consumer * SampleTrial.batch, to: events, by: 3 * SampleTrial.batch) {
            var acks: [Position] = []
            for event in batch..<min(batch + SampleTrial.batch, events) {
                deliver(event, &shard, group, name, stream, &acks)
            }
            for (index, position) in acks.enumerated() {
                let t = time(batch + SampleTrial.batch) + 3_000_000 + Int64(index) * 2000
                shard.append(
                    .progress(.ack, t: t, group: group, consumer: name, stream: stream, position: position))
            }
            try shard.flush()
        }
        try shard.close()
    }

    private func watch() throws {
        var shard = try ShardWriter(path: "\(directory)/watcher.shard", worker: "watcher")
        let stream = shard.stream("events", form: .entry)
        let (group, name) = (shard.group("watcher"), shard.name("watcher"))
        var acks: [Position] = []
        for event in 0..<events {
            deliver(event, &shard, group, name, stream, &acks)
            if event % 512 == 0 {
                acks = []
                try shard.flush()
            }
        }
        try shard.close()
    }

    @inline(__always)
    private func deliver(
        _ event: Int, _ shard: inout ShardWriter, _ group: UInt16, _ consumer: UInt32, _ stream: UInt32,
        _ acks: inout [Position]
    ) {
        let damage = damage(event)
        if damage == .undelivered { return }
        if damage == .vanished { acks.append(position(event)) }
        let times = damage == .redelivered ? 2 : 1
        for time in 1...times {
            let t = self.time(event) + 2_000_000 + Int64(time) * 10
            let deliver = { (position: Position, found: Int, crc: UInt32, shard: inout ShardWriter) in
                shard.append(
                    .delivery(
                        t: t, group: group, consumer: consumer, stream: stream, position: position, run: 0,
                        agent: agent(found), seq: seq(found), crc: crc, flags: Record.Flags.noRun))
            }
            if damage == .vanished { deliver(position(event), event, crc(event), &shard) }
            entries(event) { position, found, crc in
                deliver(position, found, crc, &shard)
                if time == 1 { acks.append(position) }
            }
        }
    }
}

struct Trouble: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
