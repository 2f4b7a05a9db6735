import Testing
import Workload

@testable import Suites

/// What a suite says of executors.
@Suite struct ResultsTests {
    private static func groups(_ results: String, _ own: String = "", groups: String = "[]") throws -> [GroupSettings] {
        let suite = try suite(
            """
            suite: s
            groups: \(groups)
            results: \(results)
            configurations: [{name: c, system: redis-standalone\(own)}]
            faults: [none]
            """)
        return suite.cells[0].groups
    }

    @Test func executorsAndAgentsAreGroups() throws {
        let groups = try Self.groups("{executors: 3, processing: 5ms}", groups: "[{name: a}]")
        #expect(groups.map(\.name) == ["a", "executors", "agents"])
        #expect(groups.map(\.consumers) == [1, 3, 1])
        #expect(groups.map(\.answers) == [false, true, false])
        #expect(groups.map(\.reads) == [.events, .events, .results])
        #expect(groups.map(\.processing) == [0, 5_000_000, 0])
    }

    @Test func aConfigurationsOwnTakeThePlaceOfTheSuites() throws {
        #expect(try Self.groups("{executors: 3}", ", results: {executors: 1}")[0].consumers == 1)
        #expect(try Self.groups("{executors: 3}", ", results: none") == [])
    }

    @Test(arguments: [
        ("{}", "[]", "executors: is missing"), ("{executors: 0}", "[]", "write a whole number from 1 to 100"),
        ("{executor: 1}", "[]", "executor: is no field of results"),
        ("{executors: 1}", "[{name: agents}]", "the suite has a group \"agents\" already, and results need that name"),
    ])
    func whatCannotBeIsRefused(results: String, groups: String, words: String) {
        let shown = refusal { try Self.groups(results, groups: groups) }
        #expect(shown.contains(words), "\(shown)")
    }
}
