import Suites
import Systems
import Testing
import Workload

/// What a suite can say of the hybrid, and what is refused.
struct HybridTests {
    private static func text(_ rest: String, faults: String = "[none]") -> String {
        """
        suite: small
        configurations:
          - name: tiers
            system: hybrid
            \(rest.replacing("\n", with: "\n    "))
        faults: \(faults)
        """
    }

    private static let hot = "hot: {system: redis-replicated, ack: wait 1}"

    @Test(arguments: [
        (
            "cold: {}",
            "3:5: configurations[0].hot: is missing, and a hybrid needs it; add it, such as hot: {system: redis-replicated}"
        ),
        (
            "hot: {system: kafka}",
            "5:19: configurations[0].hot.system: `kafka` is no hot tier: its groups take over nothing that idles; "
                + "name a Redis system, such as redis-replicated"
        ),
        (
            "hot: {system: hybrid}",
            "5:19: configurations[0].hot.system: `hybrid` is no hot tier: its groups take over nothing that idles; "
                + "name a Redis system, such as redis-replicated"
        ),
        (
            "\(hot)\nsettings: {appendonly: yes}",
            "6:15: configurations[0].settings: `settings` is one tier's or the other's; write it under `hot` or under `cold`"
        ),
        (
            "\(hot)\ncold: {acks: all}",
            "6:12: configurations[0].cold.acks: is no field of a cold tier; known here: settings, retries"
        ),
        (
            "\(hot)\ncold: {settings: {acks: some}}",
            "6:29: configurations[0].cold.settings.acks: \"some\" is no number of acknowledgements; 0, 1 or all"
        ),
        (
            "hot: {system: redis-replicated, settings: {access: secured}}",
            "5:56: configurations[0].hot.settings.access: a hybrid's tiers let everybody in: Holdfast comes to one secured "
                + "system at a time; `access: open`, or try each tier by itself"
        ),
        (
            "\(hot)\ncold: {settings: {access: secured}}",
            "6:31: configurations[0].cold.settings.access: a hybrid's tiers let everybody in: Holdfast comes to one secured "
                + "system at a time; `access: open`, or try each tier by itself"
        ),
        (
            "\(hot)\nbridge: {ack: after}",
            "6:19: configurations[0].bridge.ack: \"after\" is not known; known here: after-kafka, before-kafka"
        ),
        (
            "\(hot)\nbridge: {count: 0}",
            "6:21: configurations[0].bridge.count: \"0\" is out of range; write a whole number from 1 to 100"
        ),
        (
            "\(hot)\nbridge: {kinds: [memory-read, audit]}",
            "6:35: configurations[0].bridge.kinds[1]: \"audit\" is not known; known here: tool-call, tool-result, "
                + "memory-write, memory-read, state-transition, task-completion"
        ),
        (
            "\(hot)\nbridge: {transactions: true, ack: before-kafka}",
            "6:13: configurations[0].bridge: a bridge that tells the hot tier before Kafka has nothing left to commit "
                + "together with; write ack: after-kafka, or leave transactions out"
        ),
        (
            "hot: {system: redis-standalone, settings: {streams: agent}}\nbridge: {transactions: true}",
            "6:13: configurations[0].bridge: 200 streams would need as many transactional clients in one bridge; "
                + "give the hot tier at most 32 streams, or write streams: shared"
        ),
        (
            "\(hot)\ncold: {retries: none}\nbridge: {transactions: true}",
            "6:11: configurations[0].cold: transactions need an idempotent producer and every in-sync replica; "
                + "leave `retries` out, and write acks: all, or leave bridge.transactions out"
        ),
        (
            "\(hot)\nbridge: {command: [carry], ack: after-kafka}",
            "6:37: configurations[0].bridge.ack: `ack` is the command's own business: Holdfast sees what it did in the two "
                + "logs alone; leave it out, or give it as a word of the command"
        ),
        (
            "\(hot)\nbridge: {transactions: false, command: [carry]}",
            "6:28: configurations[0].bridge.transactions: `transactions` is the command's own business: Holdfast sees what "
                + "it did in the two logs alone; leave it out, or give it as a word of the command"
        ),
        (
            "\(hot)\nbridge: {command: []}",
            "6:23: configurations[0].bridge.command: is empty; write the program and its arguments, word by word"
        ),
        (
            "\(hot)\nproducer: {command: [write]}",
            "6:25: configurations[0].producer.command: a hybrid's producers write to both tiers, and a client under audit "
                + "knows one; leave it out"
        ),
        (
            "\(hot)\nbridge: {claims: 2s}",
            "6:14: configurations[0].bridge.claims: is no field of a bridge; did you mean \"claim\"? Known here: count, ack, "
                + "streams, batch, claim, kinds, transactions, command"
        ),
        (
            "\(hot)\ngroups: [{name: bridge}]",
            "6:21: configurations[0].groups[0].name: \"bridge\" is the group of the bridges themselves; rename this one"
        ),
    ])
    func aMistakeIsNamed(rest: String, said: String) {
        #expect(refusal(of: Self.text(rest)) == said)
    }

    /// The fields of the hybrid are nobody else's.
    @Test func othersHaveNoTiers() {
        let text = Self.text("bridge: {count: 2}").replacing("system: hybrid", with: "system: kafka")
        #expect(
            refusal(of: text).hasPrefix("5:5: configurations[0].bridge: is no field of a configuration; known here: "))
    }

    @Test func bridgesAreThereToBeNamed() throws {
        let kill = "[{fault: bridge-kill, with: {victim: bridge 3}}]"
        #expect(
            refusal(of: Self.text("\(Self.hot)\nbridge: {count: 2}", faults: kill)).contains(
                "there is no bridge 3: the configuration has 2; set bridge.count to 3 or more, or name another"))
        let suite = try suite(
            Self.text(
                "\(Self.hot)\nbridge: {count: 3, kinds: [audit, tool-call]}".replacing("audit, ", with: ""),
                faults: kill))
        let bridge = try #require(suite.cells.first?.configured.bridge)
        #expect(
            bridge.count == 3 && bridge.kinds == [.toolCall] && bridge.ack == .afterKafka && bridge.streams == .owned)
        #expect(suite.cells.first?.configured.acknowledgement == "wait 1 1000")
        #expect(suite.cells.first?.configured.retries == Retries.none)
        #expect(suite.cells.first?.workload.additionalKinds == [.agentLifecycle, .audit])
    }
}
