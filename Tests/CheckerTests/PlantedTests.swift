import History
import Testing

@testable import Checker

/// Findings planted in a random clean history: exactly these are found, and nothing else.
struct PlantedTests {
    /// What is done to one event, and what the verdict must then count for it.
    enum Damage: Int, CaseIterable {
        case lost, recovered, failed, duplicated, retried, corrupted, vanished, skipped, redelivered, misplaced, foreign
        case diverged, unprocessed, abandoned
    }

    /// A clean history of a few agents on a few streams with a group that was handed everything, but for the damage.
    private struct Planter {
        var random: SplitMix64
        let story = Story()
        var damages: [Int: Damage] = [:]
        var next: [UInt64]

        init(seed: UInt64) {
            random = SplitMix64(seed: seed)
            next = Array(repeating: 0, count: 3)
        }

        /// So many events, of which so many are damaged in each way. Damaged ones keep away from each other, so that each
        /// finding is one event's own.
        mutating func plant(_ count: Int, damaged: Int) -> Verdict {
            let kinds = Damage.allCases.flatMap { Array(repeating: $0, count: damaged) }.shuffled(using: &random)
            let spacing = count / (kinds.count + 1)
            for (index, damage) in kinds.enumerated() { damages[(index + 1) * spacing] = damage }
            story.group("g", processing: true)
            let agents: Int64 = 7
            for event in 0..<count {
                let (agent, seq) = (Int64(event) % agents * 1000, Int64(event) / agents)
                add(agent, seq, damages[event])
            }
            for stream in 0..<3 { story.end(in: "s\(stream)", passed: next[stream] + 10) }
            return story.verdict()
        }

        private mutating func take(_ agent: Int64) -> (String, UInt64) {
            let stream = Int(agent / 1000 % 3)
            next[stream] += UInt64.random(in: 1...3, using: &random)
            return ("s\(stream)", next[stream])
        }

        private func hand(_ agent: Int64, _ seq: Int64, _ stream: String, _ position: UInt64, times: Int = 1) {
            for _ in 0..<times { story.deliver(position, agent, seq, in: stream) }
            story.progress(.processed, position, in: stream)
            story.progress(.ack, position, in: stream)
        }

        private mutating func add(_ agent: Int64, _ seq: Int64, _ damage: Damage?) {
            let (stream, position) = take(agent)
            story.attempt(agent, seq)
            if damage == .retried { story.attempt(agent, seq, try: 2) }
            let number: Int64 = damage == .retried ? 2 : 1
            switch damage {
            case .recovered, .vanished, .abandoned: break
            case .failed: story.outcome(.failed, agent, seq)
            default:
                let place = damage == .misplaced ? 0 : position
                story.outcome(.acked, agent, seq, at: place, try: number, in: stream)
            }
            plant(agent, seq, stream, position, damage)
        }

        private mutating func plant(
            _ agent: Int64, _ seq: Int64, _ stream: String, _ position: UInt64, _ damage: Damage?
        ) {
            switch damage {
            case .lost, .abandoned: return
            case .failed: return story.entry(position, agent, seq, in: stream)
            case .vanished: return story.deliver(position, agent, seq, in: stream)
            case .corrupted: return story.entry(position, agent, seq, in: stream, crc: 1)
            case .foreign:
                story.entry(take(agent).1, agent, seq, in: stream, run: "another")
                fallthrough
            default:
                story.entry(position, agent, seq, in: stream, passes: damage == .diverged ? [1] : [1, 2])
            }
            if damage == .duplicated || damage == .retried { story.entry(take(agent).1, agent, seq, in: stream) }
            if damage == .skipped { return }
            if damage == .unprocessed {
                story.deliver(position, agent, seq, in: stream)
                return story.progress(.ack, position, in: stream)
            }
            hand(agent, seq, stream, position, times: damage == .redelivered ? 2 : 1)
        }
    }

    @Test(arguments: 1...6) func exactlyWhatWasPlantedIsFound(_ seed: UInt64) {
        var planter = Planter(seed: seed)
        let planted = Int(seed % 4)
        let verdict = planter.plant(3000, damaged: planted)
        var expected = Verdict.LogFigures()
        expected.passes = 2
        expected.entries = verdict.log.entries
        (expected.recovered, expected.diverged, expected.misplaced) = (planted, planted, planted)
        expected.lost = 2 * planted
        // An ack at the very beginning of a log that had come farther is backdated, too.
        (expected.corrupted, expected.backdated) = (planted, planted)
        expected.unexpected = .init(failed: planted, neverAttempted: 0, foreign: planted)
        expected.duplicated = .init(retried: planted, unexplained: planted)
        #expect(verdict.log == expected)
        #expect(verdict.valid)

        let group = verdict.group()
        #expect(group.undelivered == .init(skipped: planted, behind: 0))
        #expect(group.vanished == planted && group.unprocessed == planted)
        #expect(group.redelivered == .init(unacked: planted, acked: 0))
        #expect(group.outOfOrder + group.moved + group.stuck + group.acksLost + group.corrupted == 0)
    }

    @Test(arguments: 1...4) func reorderedEventsAreFoundWithTheirDisplacement(_ seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let story = Story()
        var order = Array(0..<Int64(500))
        var moved: [Int64] = []
        for block in 0..<20 where Bool.random(using: &random) {
            let from = block * 25 + Int.random(in: 0..<10, using: &random)
            let seq = order.remove(at: from)
            let by = Int.random(in: 1...12, using: &random)
            order.insert(seq, at: from + by)
            moved.append(Int64(by))
        }
        for (position, seq) in order.enumerated() { story.good(4, seq, at: UInt64(position)) }
        let log = story.verdict().log
        #expect(log.reordered.unexplained == moved.count)
        #expect(log.reordered.maxDisplacement == moved.max() ?? 0)
    }

    /// Times are told apart, so that file order decides nothing.
    @Test(arguments: 1...4) func theOrderOfRecordsDoesNotMatter(_ seed: UInt64) {
        var planter = Planter(seed: seed)
        let verdict = planter.plant(600, damaged: 2)
        var random = SplitMix64(seed: seed)
        var history = planter.story.whole()
        let records = history.chunks.flatMap { Array($0.records) }
        for size in [1, 7, 100, .max] {
            history.chunks = Story.chunks(records.shuffled(using: &random), of: size)
            #expect(check(history) == verdict)
        }
    }

    @Test func theSameHistoryGivesTheSameBytes() {
        var planter = Planter(seed: 9)
        _ = planter.plant(500, damaged: 3)
        let history = planter.story.whole(chunk: 50)
        #expect(check(history).json.pretty == check(history).json.pretty)
    }
}
