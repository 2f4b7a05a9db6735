import History
import Report
import Testing

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
}
