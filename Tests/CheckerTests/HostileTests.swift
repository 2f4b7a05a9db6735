import History
import Testing

@testable import Checker

/// Histories that no trial writes. None of them may end the process, and each has a right answer.
struct HostileTests {
    @Test func seqsFarApartCostTheirNumberAndNotTheirDistance() {
        let story = Story()
        let seqs: [Int64] = [0, 1, .max, .max - 1, 1 << 62, 1 << 33]
        for (position, seq) in seqs.enumerated() { story.good(0, seq, at: UInt64(position)) }
        story.entry(100, 0, 1 << 61)
        let verdict = story.verdict()
        #expect(verdict.events.acked == 6 && verdict.log.lost == 0 && verdict.log.unexpected.neverAttempted == 1)
        #expect(verdict.log.reordered.unexplained == 3)
    }

    @Test func numbersAtTheEndsOfTheirRanges() {
        let story = Story(retention: true)
        story.attempt(.max, .max, try: .max, t: .max, intended: .min, crc: .max)
        story.outcome(.acked, .max, .max, at: .max, try: .max, t: .max)
        story.attempt(.max, .max, try: 1, t: 0, intended: .max, crc: .max)
        story.outcome(.acked, .max, .max, at: 0, try: 1, t: 0)
        story.entry(.max, .max, .max, passes: [.max, 1], crc: .max)
        story.deliver(.max, .max, .max, t: .max, crc: .max)
        story.progress(.commit, .max, t: .max)
        story.fault(.max, .effect, t: 0)
        story.end(passed: .max, pending: [0, .max])
        let verdict = story.verdict()
        #expect(verdict.valid && verdict.latency.ack.p50 == .max && verdict.log.lost == 0)
        #expect(verdict.availability.recovery.first?.nanoseconds == .max)
    }

    @Test func hundredsOfAgentsGroupsAndStreams() {
        let story = Story()
        for number: Int64 in 0..<400 {
            let stream = "s\(number)"
            story.good(number * 1_000_003, 0, at: 1, in: stream)
            story.deliver(1, number * 1_000_003, 0, group: "g\(number)", in: stream)
        }
        let verdict = story.verdict()
        #expect(verdict.groups.count == 400 && verdict.agents.intact == 400 && verdict.valid)
        #expect(verdict.groups.values.allSatisfy { $0.deliveries == 1 && $0.undelivered.behind == 399 })
    }

    @Test func oneEventTriedManyTimes() {
        let story = Story()
        for number: Int64 in 1...2000 {
            story.attempt(0, 0, try: number)
            story.outcome(.acked, 0, 0, at: UInt64(number), try: number)
            story.entry(UInt64(number), 0, 0)
            story.deliver(UInt64(number), 0, 0)
        }
        let log = story.verdict().log
        #expect(log.duplicated == .init(retried: 1999, unexplained: 0) && log.misplaced == 0)
    }

    @Test func replaysReadBackwardsInManyPasses() {
        let story = Story()
        for seq: Int64 in 0..<300 { story.publish(0, seq, at: UInt64(seq)) }
        for pass: Int64 in 1...40 {
            for seq in (0..<Int64(300)).reversed() { story.entry(UInt64(seq), 0, seq, passes: [pass * 77]) }
        }
        let log = story.verdict().log
        #expect(log.passes == 40 && log.diverged == 0 && log.entries == 300)
    }

    @Test func numbersThatLeadNowhereAreNone() {
        let story = Story()
        story.good(0, 0, at: 0)
        var stray = Record.delivery(
            t: 1, group: 900, consumer: .max, stream: .max, position: Position(1), run: .max, agent: 0, seq: 0, crc: 0)
        story.add(stray)
        stray.rawType = RecordType.replay.rawValue
        story.add(stray)
        story.add(
            .attempt(t: 1, agent: 1, seq: 0, number: 1, kind: .max, intended: 0, crc: 0, transaction: .max, log: 9))
        story.add(.outcome(.acked, t: 1, agent: 1, seq: 0, number: 1, stream: .max, position: Position(0), log: 70))
        story.add(.progress(.ack, t: 1, group: 500, stream: .max, position: Position(0)))
        stray.rawType = 250
        story.history.names.append(Name("last"))
        var history = story.whole()
        history.chunks.append(RecordChunk([Record()], names: [9_999, 1], groups: [77]))
        #expect(!check(history).valid)
    }

    @Test func chunksWithNumberingsOfTheirOwn() {
        let story = Story()
        let stream = story.name("s")
        let run = story.name("r")
        story.good(0, 0, at: 0)
        var history = story.whole()
        // In this chunk 1 is the stream and 2 the run; its group 0 is the history's group 1.
        history.groupNames = [Name("unused"), Name("g")]
        history.chunks.append(
            RecordChunk(
                [
                    .delivery(
                        t: 1, group: 0, consumer: 0, stream: 1, position: Position(0), run: 2, agent: 0, seq: 0,
                        crc: Story.crc(0, 0))
                ], names: [0, stream, run], groups: [1]))
        let verdict = check(history)
        #expect(verdict.groups.count == 1 && verdict.group().deliveries == 1 && verdict.log.diverged == 0)
    }

    @Test func namesThatLookTheSameStayTwo() {
        let story = Story()
        story.good(0, 0, at: 0, in: "\u{E9}")
        story.good(1, 0, at: 0, in: "e\u{301}")
        story.deliver(0, 0, 0, group: "\u{212B}", in: "\u{E9}")
        story.deliver(0, 1, 0, group: "\u{C5}", in: "e\u{301}")
        let verdict = story.verdict()
        #expect(verdict.valid && verdict.groups.count == 2)
        guard case .object(let members) = verdict.json, let groups = members[Name("groups")]?.compact else {
            return #expect(Bool(false), "a verdict is an object")
        }
        #expect(groups.utf8.contains(0xAB) && groups.utf8.contains(0x85))
    }

    @Test func examplesStopAtAHundred() {
        let story = Story()
        for seq in (0..<Int64(300)).reversed() { story.publish(0, seq, at: UInt64(seq)) }
        let verdict = story.verdict()
        #expect(verdict.log.lost == 300 && verdict.examples("lost") == (0..<100).map { "0/\($0)" })
    }
}
