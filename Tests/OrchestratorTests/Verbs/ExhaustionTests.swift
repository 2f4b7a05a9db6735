import Platform
import TestSupport
import Testing

/// Servers that run out of something: disk, memory, fsyncs.
@Suite(
    .serialized, .enabled(if: Holdfast.runsTrials, "needs root of the machine and redis-server"),
    .timeLimit(.minutes(10)))
struct ExhaustionTests {
    @Test func eachShowsWhatItIsKnownFor() async throws {
        let run = try await Scenario(
            """
            suite: scenario
            workload: {agents: 8, rate: 400, duration: 1500ms, payload: {min: 50, max: 400}, producers: 1}
            seed: 7
            trials: 1
            configurations:
              - name: everysec
                system: redis-standalone
                settings: {appendonly: yes, appendfsync: everysec, save: ""}
                faults:
                  - {fault: disk-full-kill, with: {full: 500ms}}
                  - {fault: memory-full, with: {full: 700ms}}
              - name: rewrite
                system: redis-standalone
                settings: {appendonly: yes, appendfsync: everysec, save: "", no-appendfsync-on-rewrite: yes}
                faults: [{fault: rewrite-power-loss, with: {rewriting: 1500ms}}]

            """)
        #expect(run.result.status == .exited(0), "\(run.result.output)")
        // What was answered in the turn whose write failed: an event of each agent at the most.
        #expect(try run.lost("everysec", "disk-full-kill").lost <= 8)
        #expect(try run.actions("everysec", "disk-full-kill") == ["fill-disk", "kill", "restart"])
        #expect(try refusals(run, "disk-full-kill", "MISCONF") > 0)

        #expect(try run.lost("everysec", "memory-full").lost == 0)
        #expect(try refusals(run, "memory-full", "OOM") > 100)

        // No fsync for as long as the rewrite took.
        #expect(try run.lost("rewrite", "rewrite-power-loss").lost > 400)
        let window = try run.folder.trial("rewrite", "rewrite-power-loss")["verdict.loss.window_ns"]?.integer
        #expect(try #require(window) >= 1_400_000_000)
    }

    private func refusals(_ run: Scenario, _ fault: String, _ error: String) throws -> Int {
        try run.history("everysec", fault).of("outcome").count {
            $0["result"]?.string == "failed" && $0["error"]?.string?.contains(error) == true
        }
    }
}
