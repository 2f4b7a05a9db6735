import Checker
import History
import Testing

@testable import Report

/// What is said of groups that have to keep up with more and more.
struct KeepingUpTests {
    /// - Parameter behind: events that one of two groups never had.
    private func summary(_ rates: [(rate: Double, behind: Int, catchUp: Int64?, saturated: Bool)]) -> Summary {
        var summary = Summary()
        for (rate, behind, catchUp, saturated) in rates {
            let name = "redis, \(Int(rate))/s"
            var verdict = Fixture.verdict(lost: 0, window: 0)
            for (index, group) in ["executor", "billing"].enumerated() {
                var figures = Verdict.GroupFigures()
                figures.catchUpNanoseconds = catchUp
                if index == 1 { figures.undelivered.behind = behind }
                verdict.groups[Name(group)] = figures
            }
            var trial = Fixture.trial(1, in: "r/none", verdict: verdict)
            (trial.rate.target, trial.rate.saturated) = (rate, saturated)
            summary.configurations.append(
                .init(
                    name: name, system: "redis-standalone", settings: ["appendonly": "yes"], ack: "reply",
                    retries: "none", promise: ""))
            summary.cells.append(Fixture.cell(name, "none", [trial]))
        }
        summary.judge()
        return summary
    }

    private func said(_ rates: [(rate: Double, behind: Int, catchUp: Int64?, saturated: Bool)]) -> [String] {
        KeepingUp.sentences(of: RunDigest(summary(rates)))
    }

    @Test func theHighestRateBelowTheFirstThatFails() {
        #expect(
            said([(2000, 0, 0, false), (4000, 0, 900_000_000, false), (6000, 1, nil, false), (8000, 0, 0, false)]) == [
                "The highest rate at which all 2 groups keep up is 4,000/s (redis, 4000/s); at 6,000/s (redis, 6000/s) "
                    + "not all do."
            ])
        #expect(
            said([(4000, 0, 0, false), (2000, 0, 0, false)])
                == ["The highest rate at which all 2 groups keep up is 4,000/s (redis, 4000/s), the highest tried."])
    }

    @Test func whoIsLateBehindOrNotServedDoesNotKeepUp() {
        let sound = (rate: 9000.0, behind: 0, catchUp: Int64?.some(0), saturated: false)
        for bad in [(1, Int64?.some(0), false), (0, nil, false), (0, 1_000_000_001, false), (0, 0, true)] {
            let texts = said([(2000, bad.0, bad.1, bad.2), sound])
            #expect(texts == ["Not even at 2,000/s (redis, 2000/s) does every group keep up."])
        }
        // One rate alone is no question of rates.
        #expect(said([sound]).isEmpty)
    }
}
