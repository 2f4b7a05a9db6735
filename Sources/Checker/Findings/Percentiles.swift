/// Memory for sorting, made once.
final class Scratch {
    let values: Column<Int64>
    let other: Column<Int64>

    init(count: Int) {
        values = Column(uninitialized: count)
        other = Column(uninitialized: count)
    }

    func sortValues(_ count: Int) { RadixSort.sort(values, count: count, scratch: other) }
}

extension Verdict.Percentiles {
    /// Of the first `count` values of the scratch, which it sorts. Percentile p is the smallest value with at least
    /// that share of the values at or below it.
    init(_ scratch: Scratch, count: Int) {
        self.init()
        guard count > 0 else { return }
        scratch.sortValues(count)
        self.count = count
        p50 = scratch.values[Self.rank(500, count)]
        p90 = scratch.values[Self.rank(900, count)]
        p99 = scratch.values[Self.rank(990, count)]
        p999 = scratch.values[Self.rank(999, count)]
        max = scratch.values[count - 1]
    }

    private static func rank(_ perMille: Int, _ count: Int) -> Int { (count * perMille + 999) / 1000 - 1 }
}
