import Foundation

/// Whether values of one sample tend to be larger than those of another: the rank-sum test of Wilcoxon, Mann and
/// Whitney, which asks nothing of how the values are spread and takes ties.
enum RankSum {
    /// Samples of together so many values get the exact probability.
    private static let exactMax = 60

    /// The probability that values drawn from one and the same source rank `after` at least as high as it does here.
    /// Small: those of `after` are larger. 1 if a sample is empty.
    static func probability(that after: [Double], exceeds before: [Double]) -> Double {
        if after.isEmpty || before.isEmpty { return 1 }
        let ranks = doubledRanks(after + before)
        let sum = ranks[..<after.count].reduce(0, +)
        return ranks.count <= exactMax
            ? exact(ranks, choosing: after.count, atLeast: sum) : approximate(ranks, choosing: after.count, sum: sum)
    }

    /// The smallest probability that samples of these sizes can have: how much they could show at all.
    static func smallestProbability(_ first: Int, _ second: Int) -> Double {
        probability(
            that: (0..<first).map { Double(second + $0) }, exceeds: (0..<second).map { Double($0) })
    }

    /// Twice the rank of each value, from 1; equal ones share the middle of theirs, so that all are whole numbers.
    private static func doubledRanks(_ values: [Double]) -> [Int] {
        let order = values.indices.sorted { values[$0] < values[$1] }
        var ranks = [Int](repeating: 0, count: values.count)
        var start = 0
        while start < order.count {
            var end = start
            while end + 1 < order.count, values[order[end + 1]] == values[order[start]] { end += 1 }
            for place in start...end { ranks[order[place]] = start + end + 2 }
            start = end + 1
        }
        return ranks
    }

    /// Of all ways to choose so many of the ranks, the share whose sum is as large.
    private static func exact(_ ranks: [Int], choosing count: Int, atLeast sum: Int) -> Double {
        let most = ranks.reduce(0, +)
        var ways = [[Double]](repeating: [Double](repeating: 0, count: most + 1), count: count + 1)
        ways[0][0] = 1
        for rank in ranks {
            for chosen in stride(from: count - 1, through: 0, by: -1) {
                for total in 0...(most - rank) where ways[chosen][total] > 0 {
                    ways[chosen + 1][total + rank] += ways[chosen][total]
                }
            }
        }
        let all = ways[count].reduce(0, +)
        return ways[count][sum...].reduce(0, +) / all
    }

    /// By the normal distribution, with ties taken into account.
    private static func approximate(_ ranks: [Int], choosing count: Int, sum: Int) -> Double {
        let all = Double(ranks.count)
        let chosen = Double(count)
        let mean = Double(ranks.reduce(0, +)) / all
        let variance = ranks.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / all
        let spread = (chosen * (all - chosen) / (all - 1) * variance).squareRoot()
        if spread == 0 { return 1 }
        // Half a rank less: the distribution has steps.
        return 0.5 * erfc((Double(sum) - 1 - chosen * mean) / spread / 2.0.squareRoot())
    }
}
