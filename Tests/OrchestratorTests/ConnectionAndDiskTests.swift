import Glibc
import Platform
import TestSupport
import Testing

/// Connections that are reset and disks that are full, on a real server.
@Suite(
    .serialized, .enabled(if: Holdfast.runsTrials, "needs root of the machine and redis-server"),
    .timeLimit(.minutes(10)))
struct ConnectionAndDiskTests {
    private static func suite(_ configurations: [(name: String, retries: String, fsync: String)], _ faults: String)
        -> String
    {
        """
        suite: scenario
        workload: {agents: 8, rate: 400, duration: 1500ms, payload: {min: 50, max: 400}, producers: 1}
        faults: [\(faults)]
        seed: 7
        configurations:

        """
            + configurations.map {
                "  - {name: \($0.name), system: redis-standalone, retries: \($0.retries), "
                    + "settings: {appendonly: yes, appendfsync: \($0.fsync), save: \"\"}}\n"
            }.joined()
    }

    private func details(_ run: Scenario, _ cell: String, _ fault: String, _ action: String) throws -> [String] {
        try run.history(cell, fault).of("fault").filter {
            $0["action"]?.string == action && $0["phase"]?.string == "effect"
        }.compactMap { $0["detail"]?.string }
    }

    /// What was done and never confirmed is unknown; whoever tries it again until it is confirmed has it twice.
    @Test func answersThatAreLostAreWritesNobodyWasToldOf() async throws {
        let place = try Workplace()
        let bare = try place.file(
            "bare.yml",
            """
            fault: bare
            about: Connections are reset, and nothing is lost before.
            applies-to: [redis-standalone]
            timeline:
              - {at: 20%, do: reset, node: primary, from: clients, times: 2, every: 100ms}
            """)
        let run = try await Scenario(
            Self.suite(
                [("again", "until-acked", "everysec"), ("once", "none", "everysec")],
                "{fault: connection-cut, with: {rounds: 2, every: 800ms}}, \(bare)"))
        #expect(run.result.status == .exited(0), "\(run.result.output)")
        for cell in ["again", "once"] {
            for fault in ["connection-cut", "bare"] {
                #expect(try run.lost(cell, fault).lost == 0)
                #expect(try run.actions(cell, fault) == ["reset", "reset"])
                #expect(try run.folder.trial(cell, fault)["verdict.log.duplicated.unexplained"]?.integer == 0)
            }
            let effects = try details(run, cell, "connection-cut", "reset")
            #expect(
                effects.allSatisfy { $0.hasPrefix("0 ") == false && $0.contains("of answers dropped") }, "\(effects)")
            #expect(
                try run.history(cell, "connection-cut").of("outcome").contains { $0["result"]?.string == "unknown" })
        }
        let again = try run.folder.trial("again", "connection-cut")
        #expect(try #require(again["verdict.log.duplicated.retried"]?.integer) > 0)
        // Once each, it is in the log all the same.
        let once = try run.folder.trial("once", "connection-cut")
        #expect(once["verdict.log.duplicated.retried"]?.integer == 0)
        #expect(try #require(once["verdict.log.recovered"]?.integer) > 0)
    }

    /// Redis without room refuses writes with everysec, and ends itself with always.
    @Test func aFullDiskIsRefusedOrEndsTheServer() async throws {
        let run = try await Scenario(
            Self.suite(
                [("everysec", "none", "everysec"), ("always", "none", "always")],
                "{fault: disk-full, with: {full: 1500ms}, workload: {duration: 3s}}"))
        #expect(run.result.status == .exited(0), "\(run.result.output)")
        for cell in ["everysec", "always"] { #expect(try run.lost(cell, "disk-full").lost == 0) }
        #expect(try run.actions("everysec", "disk-full") == ["fill-disk"])
        let refused = try run.history("everysec", "disk-full").of("outcome").filter { $0["result"]?.string == "failed" }
        #expect(refused.count > 100 && refused.allSatisfy { $0["error"]?.string?.contains("MISCONF") == true })
        #expect(try run.actions("always", "disk-full") == ["fill-disk", "restart"])
        let ends = try run.history("always", "disk-full").of("fault").filter { $0["phase"]?.string == "end" }
        #expect(ends.last?["detail"]?.string?.contains("had ended itself (process is gone, exited with 1)") == true)
    }

    @Test func aResetThatMeetsNobodyIsNoFault() async throws {
        let place = try Workplace()
        let peers = try place.file(
            "peers.yml",
            """
            fault: peers
            about: A server alone has no peers whose connections could be reset.
            applies-to: [redis-standalone]
            timeline:
              - {at: 20%, do: reset, node: primary, from: peers}
            """)
        let run = try await Scenario(Self.suite([("once", "none", "everysec")], peers))
        #expect(run.result.status == .exited(3), "\(run.result.output)")
        let reason = try run.folder.trial("once", "peers")["reason"]?.string ?? ""
        #expect(reason.contains("nobody is on the other side"), "\(reason)")
    }
}
