import Platform
import TestSupport
import Testing

/// Whole trials with consumer groups: what a killed, stopped or careless consumer does to events that the broker kept.
@Suite(
    .serialized, .enabled(if: Holdfast.runsTrials, "needs root of the machine and a redis-server"),
    .timeLimit(.minutes(5)))
struct GroupTrialTests {
    private static func suite(_ configurations: String) -> String {
        """
        suite: groups
        workload: {agents: 20, rate: 300, duration: 3s, payload: 100, producers: 1}
        seed: 5
        configurations:
        \(configurations)

        """
    }

    private static func redis(_ name: String, _ group: String, _ fault: String, _ more: String = "") -> String {
        """
          - name: \(name)
            system: redis-standalone
            settings: {appendonly: yes, appendfsync: everysec, save: ""\(more)}
            groups: [{name: g, \(group)}]
            faults: [\(fault)]

        """
    }

    /// A crash shows what each kind of acknowledgement is worth.
    @Test func killedWithEventsInHand() async throws {
        let busy = "consumers: 2, processing: 4ms, batch: 50"
        let run = try await Scenario(
            Self.suite(
                Self.redis("after", "\(busy), claim: 500ms", "consumer-kill")
                    + Self.redis("never claimed", "\(busy), claim: never", "consumer-kill")
                    + Self.redis("before", "\(busy), ack: before-processing, claim: 500ms", "consumer-kill")
                    + Self.redis("none", "\(busy), ack: none", "consumer-kill")))
        #expect(run.result.status == .exited(0), "\(run.result.output)")
        func figure(_ cell: String, _ name: String) throws -> Int64 {
            try run.figure(cell, "consumer-kill", "groups.g.\(name)")
        }
        for cell in ["after", "never claimed", "before", "none"] {
            #expect(try run.figure(cell, "consumer-kill", "log.lost") == 0)
            #expect(try run.figure(cell, "consumer-kill", "events.acked") > 500)
            #expect(try figure(cell, "deliveries") >= run.figure(cell, "consumer-kill", "events.acked"))
            #expect(try figure(cell, "undelivered.skipped") == 0 && figure(cell, "vanished") == 0)
            #expect(try run.actions(cell, "consumer-kill") == ["kill"])
        }
        #expect(try figure("after", "redelivered.unacked") > 0 && figure("after", "redelivered.unacked") <= 50)
        // Whoever restores an agent gets the same from the beginning and from a snapshot.
        let restoration = try #require(try run.folder.trial("none", "consumer-kill")["restoration"])
        #expect(restoration["same"] == .bool(true))
        #expect(
            restoration["from_start.entries"]?.integer == (try run.figure("none", "consumer-kill", "log.entries")))
        #expect(try #require(restoration["from_start.events"]?.integer) > 5)
        #expect(try figure("after", "unprocessed") == 0 && figure("after", "stuck") == 0)
        #expect(try figure("never claimed", "stuck") > 0 && figure("never claimed", "redelivered.unacked") == 0)
        #expect(try figure("before", "unprocessed") > 0 && figure("before", "stuck") == 0)
        #expect(try figure("none", "unprocessed") > 0 && figure("none", "redelivered.unacked") == 0)
    }

    /// A zombie's events were worked on by another; poison ends among the dead letters; what the bound cut is gone.
    @Test func stoppedPoisonedAndLeftBehind() async throws {
        let run = try await Scenario(
            Self.suite(
                Self.redis(
                    "zombie", "consumers: 2, processing: 4ms, batch: 50, claim: 500ms",
                    "{fault: consumer-pause, with: {pause: 2500ms}}")
                    + Self.redis("poison", "consumers: 2, claim: 200ms, dead-letter: {after: 3}", "none")
                    .replacing("    groups:", with: "    workload: {poison: 2%}\n    groups:")
                    + Self.redis(
                        "bounded", "batch: 20", "{fault: consumer-behind, with: {events: 400}}", ", maxlen: 100")))
        #expect(run.result.status == .exited(0), "\(run.result.output)")
        #expect(try run.figure("zombie", "consumer-pause", "groups.g.redelivered.unacked") > 0)
        #expect(try run.figure("zombie", "consumer-pause", "groups.g.stuck") == 0)
        #expect(try run.actions("zombie", "consumer-pause") == ["pause", "resume"])

        let poison = try run.figure("poison", "none", "groups.g.dead_letters.poison")
        #expect(poison > 0)
        #expect(try run.figure("poison", "none", "groups.g.dead_letters.moved") == poison)
        #expect(try run.figure("poison", "none", "groups.g.dead_letters.missing") == 0)
        #expect(try run.figure("poison", "none", "groups.g.stuck") == 0)
        #expect(try run.figure("poison", "none", "groups.g.redelivered.unacked") == 2 * poison)
        #expect(try run.figure("poison", "none", "logs.dead-g.entries") == poison)

        #expect(try run.figure("bounded", "consumer-behind", "log.lost") == 0)
        #expect(try run.figure("bounded", "consumer-behind", "log.expired") > 0)
        #expect(try run.figure("bounded", "consumer-behind", "groups.g.expired_unseen") > 0)
    }
}
