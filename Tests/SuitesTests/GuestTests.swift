import Report
import Testing
import Workload

@testable import Suites

/// What a suite says of clients under audit.
@Suite struct GuestTests {
    private static func text(_ own: String, system: String = "redis-standalone", groups: String = "[{name: g}]")
        -> String
    {
        """
        suite: s
        groups: \(groups)
        faults: [none]
        configurations:
          - {name: c, system: \(system), \(own)}
        """
    }

    private static let command = "consumer: {command: [read, a word]}"

    @Test func theyStandBesideEachOther() throws {
        let both = try suite(Self.text("producer: {command: [write], silence: 5s}, \(Self.command)"))
        #expect(both.cells[0].producer?.command == ["write"])
        #expect(both.cells[0].producer?.silence == 5_000_000_000)
        #expect(both.cells[0].consumer?.command == ["read", "a word"])
        #expect(both.cells[0].consumer?.silence == 20_000_000_000)
        let summary = both.cells[0].configuration.summary
        #expect(summary.settings["consumer"] == "read a word" && summary.settings["producer"] == "write")
        // What it reads is its own affair: transactions of Holdfast's producers, a hybrid's hot tier.
        let transactions = "transactions: {events: 10}, \(Self.command)"
        #expect(try suite(Self.text(transactions, system: "kafka")).cells[0].consumer != nil)
    }

    @Test(arguments: [
        ("", "[]", "there is no group that it could be in; add groups: [{name: …}], or leave it out"),
        (
            "", "[{name: g, dead-letter: {after: 2}}]",
            "group \"g\": a client under audit moves nothing to dead letters; leave the group's dead-letter out, or leave it "
                + "out"
        ),
        ("", "[{name: g, deletes: true}]", "leave the group's deletes out, or leave it out"),
        (
            "", "[{name: g, consumers: 2, processes: 1}]",
            "group \"g\": each consumer under audit is a process of its own; leave the group's processes out, or leave it out"
        ),
        (", results: {executors: 1}", "[]", "answers no dispatches, and reads no results; write results: none"),
        (", workload: {poison: 1%}", "[{name: g}]", "works on whatever it is handed, poison, too; write workload:"),
    ])
    func whatAConsumerCannotDoIsRefused(own: String, groups: String, words: String) {
        let shown = refusal(of: Self.text(Self.command + own, groups: groups))
        #expect(shown.hasPrefix("5:"), "\(shown)")
        #expect(shown.contains("configurations[0].consumer: "), "\(shown)")
        #expect(shown.contains(words), "\(shown)")
    }

    @Test(arguments: [
        ("consumer: {}", "command: is missing"), ("consumer: {command: []}", "command: is empty"),
        ("consumer: {command: [read], silence: 1ms}", "consumer.silence: "),
        ("consumer: {command: [read], log: x}", "log: is no field of a consumer"),
    ])
    func aMistakeIsNamed(own: String, words: String) {
        let shown = refusal(of: Self.text(own))
        #expect(shown.contains(words), "\(shown)")
    }
}
