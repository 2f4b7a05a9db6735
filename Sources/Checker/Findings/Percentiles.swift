extension Verdict.Percentiles {
    /// Of `count` values. Percentile p is the smallest value with at least that share of the values at or below it.
    init(_ values: Column<Int64>, count: Int) {
        self.init()
        guard count > 0 else { return }
        let ranks = [500, 900, 990, 999, 1000].map { (count * $0 + 999) / 1000 - 1 }
        let found = Selection(values, count: count).values(at: ranks)
        self.count = count
        (p50, p90, p99, p999, max) = (found[0], found[1], found[2], found[3], found[4])
    }
}

/// Finds values by rank without sorting: counts how many values fall into each of some 65,000 equal parts of a range,
/// and looks closer at the part that holds the rank. Linear: a range of 64 bits is narrowed down in four steps.
struct Selection {
    private static let bits = 16
    /// Fewer than so many values are sorted.
    private static let countMin = 1 << 12

    private let values: UnsafeMutablePointer<Int64>
    private let owner: Column<Int64>
    private let count: Int

    init(_ values: Column<Int64>, count: Int) {
        precondition(count <= values.count)
        (owner, self.values, self.count) = (values, values.base, count)
    }

    /// The values at some ranks, counted from 0.
    func values(at ranks: [Int]) -> [Int64] {
        if count < Selection.countMin {
            let sorted = UnsafeBufferPointer(start: values, count: count).sorted()
            return ranks.map { sorted[$0] }
        }
        var (low, high) = (Int64.max, Int64.min)
        for index in 0..<count {
            low = min(low, values[index])
            high = max(high, values[index])
        }
        var found = [Int64](repeating: low, count: ranks.count)
        narrow(low, high, ranks.enumerated().map { ($0.offset, $0.element) }, &found)
        return found
    }

    /// Ranks are among the values from `low` to `high`.
    private func narrow(_ low: Int64, _ high: Int64, _ ranks: [(index: Int, rank: Int)], _ found: inout [Int64]) {
        let span = UInt64(bitPattern: high) &- UInt64(bitPattern: low)
        let shift = UInt64(max(0, 64 - span.leadingZeroBitCount - Selection.bits))
        let counts = histogram(low, span, shift)
        var (part, before) = (0, 0)
        var next = ranks[...]
        while let first = next.first {
            while first.rank >= before + counts[part] {
                before += counts[part]
                part += 1
            }
            let inside = next.prefix { $0.rank < before + counts[part] }
            next = next.dropFirst(inside.count)
            let start = Int64(bitPattern: UInt64(bitPattern: low) &+ UInt64(part) << shift)
            if shift == 0 {
                for rank in inside { found[rank.index] = start }
            } else {
                let width = min(1 << shift - 1, UInt64(bitPattern: high) &- UInt64(bitPattern: start))
                let end = Int64(bitPattern: UInt64(bitPattern: start) &+ width)
                narrow(start, end, inside.map { ($0.index, $0.rank - before) }, &found)
            }
        }
    }

    private func histogram(_ low: Int64, _ span: UInt64, _ shift: UInt64) -> [Int] {
        var counts = [Int](repeating: 0, count: Int(span >> shift) + 1)
        counts.withUnsafeMutableBufferPointer { counts in
            for index in 0..<count {
                let distance = UInt64(bitPattern: values[index]) &- UInt64(bitPattern: low)
                if distance <= span { counts[Int(distance >> shift)] += 1 }
            }
        }
        return counts
    }
}
