import Checker
import Foundation
import Report
import Testing

struct BaselineTests {
    /// A run of one cell, a trial for each value.
    private func run(
        _ losses: [Int], p99: [Int64]? = nil, gap: [Int64]? = nil, configuration: String = "always",
        fault: String = "power-loss"
    ) -> Summary {
        var summary = Summary()
        (summary.suite, summary.started) = ("nightly", "2026-01-15T02:00:00Z")
        summary.cells = [
            Fixture.cell(
                configuration, fault,
                losses.enumerated().map { index, lost in
                    Fixture.trial(
                        index + 1, in: "\(configuration)/\(fault)",
                        verdict: Fixture.verdict(lost: lost, window: Int64(lost) * 1_000_000) {
                            $0.latency.ack.p99 = p99?[index] ?? 2_000_000
                            $0.availability.longestGapNanoseconds = gap?[index] ?? 3_000_000
                        })
                })
        ]
        summary.judge()
        return summary
    }

    private func compared(_ run: Summary, with earlier: Summary) throws -> (summary: Summary, baseline: Baseline) {
        var run = run
        run.compare(with: earlier)
        return (run, try #require(run.baseline))
    }

    @Test func aRegressionIsWorseAndBreaksTheRun() throws {
        let (run, baseline) = try compared(
            run([900, 1000, 800, 950, 700]), with: run([0, 0, 0, 0, 0]))
        #expect(Set(baseline.worse.map(\.figure)) == ["lost", "loss.window"])
        #expect(baseline.better.isEmpty && run.exit == 1)
        let change = try #require(baseline.worse.first)
        #expect(change.before == 0 && change.after == 900 && change.trialsBefore == 5)
        #expect(change.probability == 1.0 / 252)
    }

    @Test func theOtherWayAboutIsBetter() throws {
        let (run, baseline) = try compared(run([0, 0, 0, 0, 0]), with: run([900, 1000, 800, 950, 700]))
        #expect(Set(baseline.better.map(\.figure)) == ["lost", "loss.window"] && baseline.worse.isEmpty)
        #expect(run.exit == 0)
    }

    /// What differs from trial to trial differs from run to run, too.
    @Test func aRepeatIsNotWorse() throws {
        var noise: UInt64 = 11
        func values() -> [Int64] {
            (0..<5).map { _ in
                noise = noise &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return 1_000_000 + Int64(noise >> 44)
            }
        }
        var alarms = 0
        for _ in 0..<100 {
            let losses = values().map { Int($0 / 10_000) }
            let earlier = run(values().map { Int($0 / 10_000) }, p99: values(), gap: values())
            let (run, _) = try compared(run(losses, p99: values(), gap: values()), with: earlier)
            if run.baseline?.worse.isEmpty == false { alarms += 1 }
        }
        // One in twenty, and one in a hundred, are what may be expected.
        #expect(alarms <= 8, "\(alarms)")
    }

    /// A report that is made again without a baseline says nothing of the one before, nor exits by it.
    @Test func aBaselineIsOfOneReportAlone() throws {
        let (worse, _) = try compared(run([900, 1000, 800, 950, 700]), with: run([0, 0, 0, 0, 0]))
        #expect(worse.exit == 1)
        let folder = FileManager.default.temporaryDirectory.path + "/baseline-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Reporter.write(worse, to: folder)
        let again = try Reporter.load(directories: [folder], output: folder)
        #expect(again.baseline == nil && again.exit == 0)
    }

    /// However sure it is.
    @Test func aChangeOfNoConsequenceIsNone() throws {
        let (run, _) = try compared(
            run([0, 0, 0, 0, 0, 0], p99: [105, 106, 107, 108, 109, 110]),
            with: run([0, 0, 0, 0, 0, 0], p99: [99, 100, 101, 102, 103, 104]))
        #expect(run.baseline?.changes.isEmpty == true)
    }

    @Test func tooFewTrialsNewCellsAndGoneOnesAreNamed() throws {
        var earlier = run([0, 0])
        earlier.cells += run([0, 0, 0], fault: "old").cells
        var now = run([900, 900])
        now.cells += run([0, 0, 0], fault: "new").cells
        let (run, baseline) = try compared(now, with: earlier)
        #expect(baseline.tooFew == ["always × power-loss"] && baseline.changes.isEmpty && run.exit == 0)
        #expect(baseline.new == ["always × new"] && baseline.gone == ["always × old"])
        let back = try JSONDecoder().decode(Summary.self, from: JSONEncoder().encode(run))
        #expect(back == run)
    }
}
