import Testing

@testable import Workload

/// Which events no consumer can process: by seed, and about as many as were asked for.
@Suite struct PoisonTests {
    @Test(arguments: [0.0, 0.001, 0.01, 0.5, 1.0])
    func aboutAsManyAsAskedFor(share: Double) {
        let poison = Poison(share: share, seed: 7)
        let count = (0..<200).reduce(0) { sum, agent in
            sum + (0..<500).count { poison.isIn(agent: Int64(agent), seq: Int64($0)) }
        }
        // Five standard deviations of so many draws.
        let spread = 5 * (100_000 * share * (1 - share)).squareRoot()
        #expect(abs(Double(count) - 100_000 * share) <= spread)
    }

    @Test func theSameSeedMeansTheSameEvents() {
        func drawn(_ seed: UInt64) -> [Int64] {
            (0..<2_000).filter { Poison(share: 0.01, seed: seed).isIn(agent: 3, seq: $0) }
        }
        #expect(drawn(1) == drawn(1) && drawn(1) != drawn(2) && !drawn(1).isEmpty)
    }
}
