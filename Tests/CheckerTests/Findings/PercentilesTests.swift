import History
import Testing

@testable import Checker

struct PercentilesTests {
    private func percentiles(_ values: [Int64]) -> Verdict.Percentiles {
        let column = Column<Int64>(uninitialized: values.count)
        for (index, value) in values.enumerated() { column[index] = value }
        return Verdict.Percentiles(column, count: values.count)
    }

    @Test func ofNothingTheyAreZero() { #expect(percentiles([]) == .init()) }

    @Test func theSmallestValueWithThatShareAtOrBelowIt() {
        let found = percentiles([100, 20, 10, 40, 30])
        #expect(found.p50 == 30 && found.p90 == 100 && found.p999 == 100 && found.count == 5)
        #expect(percentiles([1, 2]).p50 == 1)
    }

    @Test(arguments: [0, 12, 40, 63]) func manyAreAsIfSorted(_ bits: Int64) {
        var random = SplitMix64(seed: UInt64(bits))
        let values = (0..<20_000).map { _ in Int64(bitPattern: random.next()) >> (63 - bits) }
        let (found, sorted) = (percentiles(values), values.sorted())
        #expect(found.p50 == sorted[9_999] && found.p90 == sorted[17_999] && found.p99 == sorted[19_799])
        #expect(found.p999 == sorted[19_979] && found.max == sorted[19_999])
    }

    @Test func oneFarAwayAmongManyIsFoundAllTheSame() {
        let found = percentiles([.max, .min] + (0..<10_000).map { Int64($0 % 10) })
        #expect(found.p50 == 4 || found.p50 == 5)
        #expect(found.max == .max && found.p999 == 9)
    }

    @Test func anyPartOfAValueMoreTakesTheNext() { #expect(percentiles((1...16).map { $0 }).p90 == 15) }
}
