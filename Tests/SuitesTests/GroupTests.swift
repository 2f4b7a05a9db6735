import Testing
import Workload

@testable import Suites

/// What a suite says of consumer groups.
@Suite struct GroupTests {
    private static func groups(_ text: String, system: String = "redis-standalone") throws -> [GroupSettings] {
        let suite = try suite(
            """
            suite: s
            groups: [\(text)]
            configurations: [{name: c, system: \(system)}]
            faults: [none]
            """)
        return suite.cells[0].groups
    }

    @Test func everyKeyIsRead() throws {
        let redis = try Self.groups(
            "{name: a, consumers: 5, processes: 2, ack: before-processing, processing: 5ms, batch: 7, block: 20ms, "
                + "claim: never, start: end}")[0]
        #expect((redis.consumers, redis.processes, redis.batch) == (5, 2, 7))
        #expect((redis.processing, redis.block, redis.claim) == (5_000_000, 20_000_000, nil))
        #expect(redis.ack == .beforeProcessing && redis.start == .end)
        #expect((redis.consumers(ofProcess: 0), redis.consumers(ofProcess: 1)) == (3, 2))
        let kafka = try Self.groups(
            "{name: b, assignor: cooperative-sticky, static: true, session-timeout: 7s, poll-timeout: 8s, ack: auto, "
                + "auto-commit-interval: 500ms, isolation: read_uncommitted, protocol: consumer}", system: "kafka")[0]
        #expect(kafka.assignor == .cooperativeSticky && kafka.isStatic && kafka.membership == .consumer)
        #expect((kafka.sessionTimeout, kafka.pollTimeout) == (7_000_000_000, 8_000_000_000))
        #expect(kafka.autoCommitInterval == 500_000_000 && kafka.isolation == .readUncommitted)
        #expect((kafka.consumers, kafka.processes) == (1, 1))
        #expect(try Self.groups("{name: c, dead-letter: {after: 5}}")[0].deadLetterAfter == 5)
    }

    @Test(arguments: [
        ("redis-standalone", "{name: g, assignor: range}", "means nothing for the groups of redis-standalone"),
        ("redis-standalone", "{name: g, ack: auto}", "\"auto\" means nothing for redis-standalone"),
        ("kafka", "{name: g, claim: 1s}", "means nothing for the groups of kafka"),
        ("kafka", "{name: g, ack: none}", "\"none\" means nothing for kafka"),
        ("kafka", "{name: g, auto-commit-interval: 1s}", "write ack: auto"),
        ("kafka", "{name: g, poll-timeout: 2s}", "is shorter than the session's"),
        ("redis-standalone", "{name: g}, {name: g}", "another group is called \"g\""),
        ("redis-standalone", "{name: a b}", "cannot name a group everywhere"),
        ("redis-standalone", "{name: g, consumers: 2, processes: 3}", "3 processes share 2 consumers"),
        ("redis-standalone", "{name: g, ack: none, dead-letter: {after: 5}}", "is handed nothing again"),
        ("redis-standalone", "{name: g, acks: none}", "did you mean \"ack\"?"),
    ])
    func whatMeansNothingIsRefused(system: String, text: String, words: String) {
        let shown = refusal { try Self.groups(text, system: system) }
        #expect(shown.contains(words), "\(shown)")
    }

    @Test func aConfigurationsOwnGroupsTakeThePlaceOfTheSuites() throws {
        let suite = try suite(
            """
            suite: s
            groups: [{name: a}]
            workload: {poison: 0.5%}
            configurations:
              - {name: c, system: redis-standalone, groups: [{name: b}, {name: c}]}
              - {name: d, system: redis-standalone, groups: []}
              - {name: e, system: redis-standalone}
            faults: [none]
            """)
        #expect(suite.cells.map { $0.groups.map(\.name) } == [["b", "c"], [], ["a"]])
        #expect(suite.cells[0].workload.poison == 0.005)
    }

    @Test(arguments: [
        ("{at: 10%, do: kill, node: consumer}", "there is no consumer: the groups have 0 processes", ""),
        ("{at: 10%, do: kill, node: consumer 4}", "there is no consumer 4: the groups have 3 processes", "x"),
        ("{at: 10%, do: start, worker: consumer y}", "there is no group \"y\"", "x"),
        ("{wait: holding, within: 1s}", "there is no group to wait for", ""),
        ("{wait: caught-up, within: 1s}", "there is no group to wait for", ""),
    ])
    func aFaultOnConsumersNeedsThem(step: String, words: String, group: String) throws {
        let faults = try FaultFolder(["f": "applies-to: [redis-standalone]\ntimeline: [\(step)]"])
        let groups = group.isEmpty ? "" : "{name: \(group), consumers: 3}"
        let shown = refusal {
            try suite(
                """
                suite: s
                groups: [\(groups)]
                configurations: [{name: c, system: redis-standalone}]
                faults: [f]
                """, faults: [faults.path])
        }
        #expect(shown.contains(words), "\(shown)")
    }
}
