import Glibc
import Platform
import TestSupport
import Testing

/// Faults that strike Holdfast's own producers, and what they may and may not do to a history.
@Suite(
    .serialized, .enabled(if: Holdfast.runsTrials, "needs root of the machine and redis-server"),
    .timeLimit(.minutes(10)))
struct ProducerFaultTests {
    /// A workload of its own, and the faults of this suite.
    private static func suite(_ retries: String, _ faults: [String]) -> String {
        """
        suite: producers
        workload: {agents: 20, rate: 1000, duration: 2s, payload: {min: 50, max: 400}, producers: 2}
        faults: [\(faults.joined(separator: ", "))]
        seed: 7
        configurations:
          - {name: r, system: redis-standalone, retries: \(retries), settings: {appendonly: yes, save: ""}}

        """
    }

    private static func fault(_ place: Workplace, _ name: String, _ timeline: String) throws -> String {
        try place.file(
            "\(name).yml",
            "fault: \(name)\nabout: One of this test.\napplies-to: [redis-standalone]\ntimeline:\n\(timeline)\n")
    }

    /// Every event of the plan up to the last one was begun, once or more often, and none is missing from the log.
    private func expectWhole(_ run: Scenario, _ fault: String) throws -> Lines {
        let trial = try run.folder.trial("r", fault)
        #expect(trial["status"]?.string == "valid", "\(trial["reason"]?.string ?? "")")
        let history = try run.history("r", fault)
        #expect(history.of("gap").isEmpty)
        #expect(try run.lost("r", fault).lost == 0)
        let verdict = try #require(trial["verdict"])
        #expect(verdict["log.duplicated.unexplained"]?.integer == 0)
        #expect(verdict["log.reordered.unexplained"]?.integer == 0)
        var seqs: [Int64: Set<Int64>] = [:]
        for attempt in history.of("attempt") {
            seqs[attempt["agent"]?.integer ?? -1, default: []].insert(attempt["seq"]?.integer ?? -1)
        }
        #expect(seqs.count == 20)
        for (agent, seqs) in seqs { #expect(seqs == Set(0..<Int64(seqs.count)), "agent \(agent)") }
        return history
    }

    @Test func anotherProcessGoesOnInTheKilledOnesPlace() async throws {
        let place = try Workplace()
        // While the server stands still, every agent of the first producer waits for an answer.
        let killed = try Self.fault(
            place, "killed",
            """
              - {at: 500ms, do: pause, node: primary}
              - {after: 300ms, do: kill, node: producer 1}
              - {do: resume, node: primary}
              - {do: restart, node: producer 1}
              - {after: 800ms, do: kill, node: producer 1}
              - {do: restart, node: same}
            """)
        let run = try await Scenario(Self.suite("none", [killed]))
        #expect(run.result.status == .exited(0), "\(run.result.output)")
        let history = try expectWhole(run, "killed")
        #expect(try run.actions("r", "killed") == ["pause", "kill", "resume", "restart", "kill", "restart"])
        // The second's tries and the third's are told from the first's, and all of them have agents of producer 1 only.
        let attempts = history.of("attempt")
        let generations = Dictionary(grouping: attempts) { ($0["try"]?.integer ?? 0) / 1_000_000 }
        #expect(Set(generations.keys) == [0, 1, 2])
        let agents = Set((generations[1] ?? []).map { ($0["agent"]?.integer ?? -1) % 2 })
        #expect(agents == [0], "\(agents)")
        // Who had no word of an acknowledgement on the disk tried again: each such event, and first of its agent.
        let outcomes = Set(history.of("outcome").filter { $0["result"]?.string == "acked" }.map(Self.tryOf))
        let open = Set((generations[0] ?? []).filter { !outcomes.contains(Self.tryOf($0)) }.map(Lines.event))
        let again = Set((generations[1] ?? []).map(Lines.event)).intersection((generations[0] ?? []).map(Lines.event))
        #expect(again == open && open.count >= 10, "\(open.count)")
        // The server had served what nobody heard of.
        let copies = try run.folder.trial("r", "killed")["verdict.log.duplicated.retried"]?.integer
        #expect(try #require(copies) >= 10)
        let rate = try run.folder.trial("r", "killed")["rate.achieved"]
        guard case .number(let achieved)? = rate, (900...1100).contains(achieved) else {
            Issue.record("the rate achieved is \(rate.map { "\($0)" } ?? "missing")")
            return
        }
    }

    private static func tryOf(_ line: JSONValue) -> String { "\(Lines.event(line))/\(line["try"]?.integer ?? 0)" }

    @Test func onlyWhatAFaultDidIsExcused() async throws {
        let place = try Workplace()
        let paused = try Self.fault(
            place, "paused",
            "  - {at: 500ms, do: pause, node: producer 2}\n  - {after: 1500ms, do: resume, node: same}")
        let down = try Self.fault(place, "down", "  - {at: 1s, do: kill, node: producer}")
        let stays = try Self.fault(place, "stays", "  - {at: 1s, do: pause, node: [producer 1, producer 2]}")
        let twice = try Self.fault(
            place, "twice", "  - {at: 1s, do: terminate, node: producer 1}\n  - {do: kill, node: same}")
        let run = try await Scenario(Self.suite("none", [paused, down, stays, twice]))
        #expect(run.result.status == .exited(3), "\(run.result.output)")
        _ = try expectWhole(run, "paused")
        let gap = try run.folder.trial("r", "paused")["verdict.latency.ack.max"]?.integer
        #expect(try #require(gap) > 1_400_000_000)
        // Nobody takes the killed one's place: its agents end, and that is nobody's fault.
        let history = try expectWhole(run, "down")
        #expect(try run.actions("r", "down") == ["kill"])
        #expect(history.of("fault").last?["detail"]?.string == "stays down: the load is over")
        // Both end in good order although nothing resumed them.
        _ = try expectWhole(run, "stays")
        #expect(try run.folder.trial("r", "stays")["rate.saturated"] == .bool(false))
        let invalid = try run.folder.trial("r", "twice")
        #expect(invalid["status"]?.string == "invalid")
        #expect(invalid["reason"]?.string?.contains("has no process to kill") == true)
    }

    /// A signal from outside is no fault: what such a producer missed makes the trial invalid.
    @Test(arguments: [SIGKILL, SIGSTOP])
    func whatNobodyPlannedIsNotExcused(signal: Int32) async throws {
        let run = try await Scenario(
            Self.suite("none", ["none"]),
            during: { folder, traces in
                let worker = try #require(Traces.processes(with: "worker produce \(folder.path)/").first)
                #expect(eventually { folder.log.contains("  load") })
                let (from, until) = (MonotonicClock.now() + 300_000_000, MonotonicClock.now() + 2_000_000_000)
                MonotonicClock.sleep(until: from)
                Glibc.kill(worker, signal)
                MonotonicClock.sleep(until: until)
                Glibc.kill(worker, SIGCONT)
            })
        #expect(run.result.status == .exited(3), "\(run.result.output)")
        let reason = try run.folder.trial("r", "none")["reason"]?.string ?? ""
        #expect(reason.contains(signal == SIGKILL ? "see logs/producer-" : "behind schedule"), "\(reason)")
    }

    /// Without transactions nothing fences the first: both write, and each copy has a try that explains it.
    @Test func aZombieWritesOnWhereNothingFencesIt() async throws {
        let run = try await Scenario(Self.suite("none", ["{fault: producer-zombie, with: {alone: 500ms}}"]))
        #expect(run.result.status == .exited(0), "\(run.result.output)")
        let history = try expectWhole(run, "producer-zombie")
        #expect(try run.actions("r", "producer-zombie") == ["pause", "start", "resume"])
        let names = history.of("fault").compactMap { $0["node"]?.string }
        #expect(Set(names) == ["producer-1", "producer-1.2"])
        let copies = try run.folder.trial("r", "producer-zombie")["verdict.log.duplicated.retried"]?.integer
        #expect(try #require(copies) > 100)
    }
}
