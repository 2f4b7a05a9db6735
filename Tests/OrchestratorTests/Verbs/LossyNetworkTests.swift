import Checker
import Labs
import Platform
import Report
import TestSupport
import Testing

/// Packets that get lost, or come late.
@Suite(
    .serialized, .enabled(if: Holdfast.runsTrials, "needs root of the machine and redis-server"),
    .timeLimit(.minutes(10)))
struct LossyNetworkTests {
    private static func fault(_ step: String) -> [String: String] {
        ["network": "timeline:\n  - {at: 30%, do: \(step)}\n  - {after: 300ms, do: heal}"]
    }

    private static let plain = "  - {name: plain, system: redis-replicated, faults: [network]}"
    private static let small = "{agents: 8, rate: 400, duration: 1s, payload: 200, producers: 1}"

    @Test func aShareOfThePacketsIsLost() async throws {
        let audit = try await Audit(
            configurations: Self.plain, faults: Self.fault("drop, node: primary, share: 20%, towards: peers"),
            workload: Self.small)
        let (trial, verdict) = (try audit.trial("plain"), try audit.verdict("plain"))
        #expect(trial.actions == ["drop"])
        let effects = trial.effects(of: "drop")
        #expect(
            effects.count == 1 && effects[0].contains(" knocks lost; ") && !effects[0].contains(": 0 of "), "\(effects)"
        )
        #expect(trial.faults.last { $0.phase == "end" }?.detail == "all of 100 knocks are answered")
        // What is lost on the way is sent again.
        #expect(verdict.log.lost == 0)
    }

    @Test func aLossThatIsNoneIsNone() async throws {
        let audit = try await Audit(
            configurations: Self.plain, faults: Self.fault("drop, node: primary, share: 20%"), workload: Self.small,
            lying: "iptables")
        let trial = try audit.trial("plain")
        #expect(trial.status == .invalid && audit.exit == .exited(3))
        #expect(trial.reason?.contains("none is lost towards") == true, "\(trial.reason ?? audit.said)")
        #expect(trial.reason?.contains("fault-without-effect") == true, "\(trial.reason ?? "")")
    }

    @Test func packetsComeLateWhereTheKernelCanHoldThemBack() async throws {
        let audit = try await Audit(
            configurations: Self.plain, faults: Self.fault("delay, node: primary, by: 50ms, towards: peers"),
            workload: Self.small)
        let trial = try audit.trial("plain")
        if Doctor.probe(.netem).ok {
            #expect(trial.status == .valid && trial.actions == ["delay"], "\(trial.reason ?? "")")
            #expect(trial.effects(of: "delay").first?.contains(" before") == true)
        } else {
            #expect(trial.status == .skipped)
            #expect(trial.reason?.hasPrefix("delay needs netem: ") == true, "\(trial.reason ?? "")")
            #expect(audit.exit == .exited(3))
        }
    }

    @Test func aDelayThatIsNoneIsNone() async throws {
        let audit = try await Audit(
            configurations: Self.plain, faults: Self.fault("delay, node: primary, by: 50ms, towards: peers"),
            workload: Self.small, lying: "tc")
        let trial = try audit.trial("plain")
        #expect(trial.status == .invalid && audit.exit == .exited(3))
        #expect(trial.reason?.contains("ms, not 50ms") == true, "\(trial.reason ?? audit.said)")
        #expect(trial.reason?.contains("fault-without-effect") == true, "\(trial.reason ?? "")")
    }
}
