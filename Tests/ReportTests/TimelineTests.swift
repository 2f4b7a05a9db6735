import History
import Testing

@testable import Report

struct TimelineTests {
    private final class Owner {
        let records: UnsafeMutableBufferPointer<Record>
        init(_ records: [Record]) {
            self.records = .allocate(capacity: records.count)
            _ = self.records.initialize(from: records)
        }
        deinit { records.deallocate() }
    }

    private func history(_ records: [Record]) -> History {
        let owner = Owner(records)
        var history = History(header: .init())
        history.chunks = [
            RecordChunk(records: UnsafeBufferPointer(owner.records), names: nil, groups: nil, counts: [], owner: owner)
        ]
        return history
    }

    private func attempt(_ seq: Int64, at t: Int64, intended: Int64, number: Int64 = 1, log: UInt16 = Record.none16)
        -> Record
    {
        .attempt(t: t, agent: 1, seq: seq, number: number, kind: 0, intended: intended, crc: 0, log: log)
    }

    private func outcome(_ outcome: Outcome, _ seq: Int64, at t: Int64, number: Int64 = 1, log: UInt16 = Record.none16)
        -> Record
    {
        .outcome(outcome, t: t, agent: 1, seq: seq, number: number, log: log)
    }

    @Test func outcomesFallIntoBucketsByTheirTime() throws {
        let ms: Int64 = 1_000_000
        let timeline = try #require(
            Timeline(
                history: history([
                    attempt(0, at: 10 * ms, intended: 5 * ms), outcome(.acked, 0, at: 15 * ms),
                    attempt(1, at: 20 * ms, intended: 20 * ms), outcome(.failed, 1, at: 110 * ms),
                    attempt(1, at: 120 * ms, intended: 20 * ms, number: 2), outcome(.acked, 1, at: 220 * ms, number: 2),
                    attempt(2, at: 130 * ms, intended: 130 * ms), outcome(.unknown, 2, at: 230 * ms),
                    // Without an outcome: unknown, at its own time.
                    attempt(3, at: 240 * ms, intended: 240 * ms),
                    // A bridge's own: not the producers'.
                    attempt(4, at: 50 * ms, intended: 50 * ms, log: 1), outcome(.acked, 4, at: 60 * ms, log: 1),
                ])))
        #expect(timeline.bucketNanoseconds == 100 * ms)
        #expect(timeline.buckets.map(\.acked) == [1, 0, 1])
        #expect(timeline.buckets.map(\.failed) == [0, 1, 0])
        #expect(timeline.buckets.map(\.unknown) == [0, 0, 2])
        let first = try #require(timeline.buckets[0].p50)
        let last = try #require(timeline.buckets[2].p99)
        // Of the first attempt's intended time, within two per cent.
        #expect(abs(first - 10 * ms) <= 10 * ms / 50)
        #expect(abs(last - 200 * ms) <= 200 * ms / 50)
        #expect(timeline.buckets[1].p50 == nil)
    }

    @Test func bucketsGrowWithTheTrialAndOddTimesDoNoHarm() throws {
        let hours: Int64 = 3_600_000_000_000
        let long = try #require(Timeline(history: history([outcome(.acked, 0, at: 6 * hours)])))
        #expect(long.bucketNanoseconds == 100_000_000_000)
        #expect(long.buckets.count <= 401)
        let odd = try #require(
            Timeline(
                history: history([
                    attempt(0, at: .max, intended: .min), outcome(.acked, 0, at: .max), outcome(.failed, 1, at: 0),
                ])))
        #expect(odd.buckets.count <= 401)
        #expect(Timeline(history: history([])) == nil)
    }

    @Test func theLargestBacklogOfAGroupIsThatAtTheEndOfEachBucket() throws {
        let ms: Int64 = 1_000_000
        func delivery(_ seq: Int64, at t: Int64, group: UInt16 = 0) -> Record {
            .delivery(
                t: t, group: group, consumer: 1, stream: 1, position: Position(UInt64(seq)), run: 0, agent: 1, seq: seq,
                crc: 0, flags: Record.Flags.noRun)
        }
        var told = history([
            outcome(.acked, 0, at: 10 * ms), outcome(.acked, 1, at: 20 * ms), outcome(.acked, 2, at: 150 * ms),
            outcome(.failed, 3, at: 150 * ms),
            delivery(0, at: 30 * ms), delivery(0, at: 40 * ms), delivery(1, at: 250 * ms), delivery(2, at: 140 * ms),
            delivery(0, at: 310 * ms, group: 1), delivery(1, at: 320 * ms, group: 1),
            delivery(0, at: 330 * ms, group: 1),
            // Reads another log; and what nobody acked is no backlog.
            delivery(3, at: 10 * ms), delivery(9, at: 10 * ms, group: 2),
        ])
        told.groupNames = [Name("a"), Name("b"), Name("c")]
        var other = History.Group(name: Name("c"))
        other.log = Name("cold")
        told.groups = [other]
        told.header.logs = ["hot", "cold"].map { History.Log(name: Name($0), streams: []) }
        // The first group has 1, 1, 0, 0 before it; the second 2, 3, 3, 1. The plot goes on to the last delivery.
        #expect(try #require(Timeline(history: told)).buckets.map(\.lag) == [2, 3, 3, 1])
        told.groupNames = []
        #expect(try #require(Timeline(history: history([outcome(.acked, 0, at: 1)]))).buckets.map(\.lag) == [nil])
    }

    @Test func aPlotWithGroupsHasAPanelForThem() throws {
        var timeline = Timeline(bucketNanoseconds: 100_000_000, buckets: Array(repeating: .init(), count: 20))
        timeline.buckets[3].acked = 500
        let trial = Fixture.trial(verdict: Fixture.verdict())
        var summary = Summary()
        summary.cells = [Fixture.cell("c", "f", [trial])]
        let without = ReportPage.text(summary, timelines: [trial.directory: timeline])
        #expect(without.contains("0 0 860 298") && !without.contains("class=\"lag\""))
        for bucket in timeline.buckets.indices { timeline.buckets[bucket].lag = bucket * 100 }
        let page = ReportPage.text(summary, timelines: [trial.directory: timeline])
        #expect(page.contains("0 0 860 390") && page.contains("a group up to 1,900 events behind"))
        #expect(page.split(separator: "class=\"lag\"").count == 3)
    }
}
