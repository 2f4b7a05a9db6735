import Report
import Suites
import Testing

struct ClaimTests {
    /// A suite with one claim, whose fields follow id, says and source.
    private func claiming(_ rest: String) -> String {
        small("claims: [{id: a, says: it is so, source: somebody, \(rest)}]")
    }

    @Test func aClaimSaysWhatIsMeasuredWhereAndWhatItMayBe() throws {
        let read = try suite(
            claiming(
                "claimed: 0.2–0.5 ms, figure: latency.ack.p50, times: 20, of: {configuration: \"*\", fault: none}, "
                    + "holds: {min: 4ms, max: 10ms}, "
                    + "only-if: {when: it is quick, of: {configuration: always}, holds: {max: 1s}}"))
        let claim = try #require(read.claims.first)
        #expect(claim.claimed == "0.2–0.5 ms" && claim.source == "somebody" && claim.untestable == nil)
        let measure = try #require(claim.measure)
        #expect(measure.figure.name == "latency.ack.p50" && measure.times == 20 && measure.against == nil)
        #expect(measure.of.matches(configuration: "always", fault: "none", description: nil))
        #expect(!measure.of.matches(configuration: "always", fault: "primary-kill", description: nil))
        #expect(measure.holds.max?.description == "10ms" && measure.holds.min?.description == "4ms")
        #expect(claim.onlyIf?.when == "it is quick" && claim.onlyIf?.holds?.max?.description == "1s")
        let share = try suite(
            claiming(
                "figure: rate.achieved, of: {configuration: always}, against: {configuration: everysec}, "
                    + "holds: {max: 40%}"))
        #expect(share.claims.first?.measure?.against?.configuration.pattern == "everysec")
        #expect(try suite(claiming("untestable: takes months")).claims.first?.measure == nil)
        #expect(try suite(small()).claims.isEmpty)
    }

    @Test(arguments: [
        ("finding: lost", "claims[0].of: is missing, and a claim with a figure needs it; add it, such as"),
        (
            "finding: lost, of: {fault: none}",
            "claims[0].holds: is missing, and a claim with a figure needs it; add it,"
        ),
        ("claimed: much", "claims[0]: nothing measures it; add figure, of and holds, or untestable with the reason"),
        ("of: {fault: none}, untestable: no", "claims[0].of: has no figure that it is about; add figure: or finding:,"),
        (
            "finding: lots, of: {fault: none}, holds: {max: 0}",
            "claims[0].finding: there is no finding `lots`; did you mean `lost`?"
        ),
        (
            "finding: lost, figure: loss.window, of: {fault: none}, holds: {max: 0}",
            "claims[0].figure: stands beside finding; a claim is of one figure: write two claims"
        ),
        (
            "finding: lost, of: {configuration: alwas}, holds: {max: 0}",
            "claims[0].of.configuration: no configuration fits \"alwas\", so the claim judges nothing; did you mean \"always\"?"
        ),
        (
            "finding: lost, of: {fault: power-loss}, holds: {max: 0}",
            "claims[0].of.fault: no fault of \"*\" fits \"power-loss\", so the claim judges nothing; known here: none,"
        ),
        (
            "finding: lost, of: {fault: none, description: R01}, holds: {max: 0}",
            "claims[0].of: no cell of these is described as \"R01\", so the claim judges nothing"
        ),
        (
            "finding: lost, of: {fault: none}, holds: {max: 0}, only-if: {when: so, of: {configuration: never}}",
            "claims[0].only-if.of.configuration: no configuration fits \"never\", so the claim judges nothing"
        ),
        (
            "finding: lost, of: {fault: none}, holds: {max: 0}, only-if: {of: {configuration: always}}",
            "claims[0].only-if.when: is missing, and only-if needs it; add it, such as what follows"
        ),
        (
            "finding: lost, of: {fault: none}, holds: {max: 1s}",
            "claims[0].holds: `lost` is a count, `max: 1s` a time; write a whole number, such as `max: 0`"
        ),
        (
            "finding: lost, of: {fault: none}, holds: {max: 5%}",
            "claims[0].holds: `max: 5%` is a share of nothing; add `against`, the cells that it is a share of"
        ),
        (
            "finding: lost, of: {fault: none}, holds: {max: x%}",
            "claims[0].holds.max: `x%` is no share; write a number and a percent sign, such as `40%`"
        ),
        ("finding: lost, of: {fault: none}, holds: {}", "claims[0].holds: `holds` has no bound; add `max` or `min`"),
        (
            "finding: lost, of: {fault: none}, holds: {min: 2, max: 1}",
            "claims[0].holds: `max: 1` is below `min: 2`; no value can satisfy both: raise `max`"
        ),
        (
            "finding: lost, off: {fault: none}, holds: {max: 0}",
            "claims[0].off: is no field of a claim; did you mean \"of\"?"
        ),
    ])
    func whatJudgesNothingIsRefusedAtItsPlace(fields: String, text: String) {
        let refused = refusal(of: claiming(fields))
        #expect(refused.hasPrefix("6:") && refused.contains(text), "\(refused)")
    }

    @Test func idsArePlainAndOfOneClaim() {
        func two(_ first: String, _ second: String) -> String {
            small(
                "claims: [{id: \(first), says: s, source: t, untestable: u}, {id: \(second), says: s, source: t, untestable: u}]"
            )
        }
        #expect(refusal(of: two("a", "a")).contains("claims[1]: another claim has the id \"a\"; rename one"))
        #expect(refusal(of: two("a", "B c")).contains("claims[1].id: \"B c\" is no id; write small letters"))
    }

    /// What is commonly said of the two, each with who says it, and nothing that only sounds measured.
    @Test func theShippedClaimsAreAllThere() throws {
        let suite = try Suite.load("\(packageRoot)/suites/claims.yml", ownFaults: [])
        let ids = Set(suite.claims.map(\.id))
        for id in [
            "redis-p50", "redis-fan-out-p99", "redis-throughput", "redis-everysec", "redis-always-cost",
            "redis-failover",
            "redis-min-replicas", "kafka-p50", "kafka-p99", "kafka-on-disk", "kafka-replicated", "kafka-controller",
            "kafka-rebalance", "kafka-transactions", "kafka-replay", "kafka-20-steps", "redis-20-steps",
        ] {
            #expect(ids.contains(id))
        }
        #expect(suite.claims.allSatisfy { !$0.source.isEmpty && ($0.claimed ?? "") != "" })
        // Before anything was run, nothing holds.
        #expect(suite.claims.allSatisfy { [.notMeasured, .untestable].contains($0.judged(over: []).verdict) })
    }
}
