import Testing

@testable import Report

struct StatisticsTests {
    /// Published values of Wilson's interval (Newcombe 1998 gives the first, for 81 of 263 and 15 of 148).
    @Test(arguments: [
        (81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611), (1, 29, 0.0061, 0.1718),
        (20, 20, 0.8389, 1),
    ])
    func wilson(count: Int, trials: Int, lower: Double, upper: Double) {
        let interval = WilsonInterval(count, of: trials)
        #expect(abs(interval.lower - lower) < 0.00006 && abs(interval.upper - upper) < 0.00006, "\(interval)")
    }

    @Test func ranksOfSmallSamplesAreExact() {
        #expect(RankSum.probability(that: [4, 5, 6], exceeds: [1, 2, 3]) == 1.0 / 20)
        #expect(RankSum.probability(that: [1, 2, 3], exceeds: [4, 5, 6]) == 1)
        // Of the six ways to choose two of 0, 1, 1, 1, three rank as high as two ones do.
        #expect(RankSum.probability(that: [1, 1], exceeds: [0, 1]) == 0.5)
        #expect(RankSum.probability(that: [.infinity, 8], exceeds: [1, 2]) == 1.0 / 6)
        #expect(RankSum.probability(that: [], exceeds: [1]) == 1)
        #expect(RankSum.smallestProbability(5, 5) == 1.0 / 252)
        #expect(RankSum.probability(that: [7, 7, 7], exceeds: [7, 7]) == 1)
    }

    /// By every way to divide the values.
    @Test func ranksAgreeWithCountingAllDivisions() {
        var state: UInt64 = 7
        func next(_ below: UInt64) -> Double {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double((state >> 33) % below)
        }
        for _ in 0..<40 {
            let (first, second) = ((0..<4).map { _ in next(6) }, (0..<5).map { _ in next(6) })
            let all = first + second
            func rank(_ value: Double) -> Double {
                Double(all.count { $0 < value }) + Double(all.count { $0 == value } + 1) / 2
            }
            let sum = first.map(rank).reduce(0, +)
            var (ways, high) = (0, 0)
            for mask in 0..<(1 << all.count) where mask.nonzeroBitCount == first.count {
                ways += 1
                let chosen = all.indices.filter { mask & (1 << $0) != 0 }.map { rank(all[$0]) }.reduce(0, +)
                if chosen >= sum { high += 1 }
            }
            #expect(abs(RankSum.probability(that: first, exceeds: second) - Double(high) / Double(ways)) < 1e-12)
        }
    }

    /// Sixty values are counted out, sixty-one are not.
    @Test func manyValuesAreApproximatedWell() {
        for shift in [0.0, 4, 9] {
            let before = (0..<30).map { Double(($0 * 17) % 31) }
            let after = (0..<30).map { Double(($0 * 23) % 29) + shift }
            let exact = RankSum.probability(that: after, exceeds: before)
            let more = RankSum.probability(that: after, exceeds: before + [15])
            #expect(abs(exact - more) < 0.02 + exact * 0.2, "\(exact) \(more)")
        }
    }

    @Test func falseDiscoveriesAreBounded() {
        #expect(FalseDiscoveries.threshold([0.01, 0.04, 0.03, 0.5], share: 0.05) == 0.01)
        #expect(FalseDiscoveries.threshold([0.01, 0.02, 0.03, 0.04], share: 0.05) == 0.04)
        #expect(FalseDiscoveries.threshold([0.3, 0.9], share: 0.05) == nil)
        #expect(FalseDiscoveries.threshold([], share: 0.05) == nil)
    }
}
