import Documents
import History
import Labs
import Platform
import Testing
import Workers
import Workload

@testable import Systems

/// What a Kafka in a lab says of its groups: one broker, transactions, so that markers stand at the ends.
@Suite(.serialized, .timeLimit(.minutes(2)), .enabled(if: kafkaIsThere, kafkaIsMissing))
struct KafkaGroupSystemTests {
    private static func groups() -> [GroupSettings] {
        var (audit, billing) = (GroupSettings(name: "audit"), GroupSettings(name: "billing"))
        (audit.sessionTimeout, audit.deadLetterAfter) = (3_000_000_000, 2)
        (billing.isolation, billing.ack) = (.readUncommitted, .beforeProcessing)
        return [audit, billing]
    }

    @Test func groupsAreWatchedFromTheirStartToTheirEnds() async throws {
        try await onThread {
            let lab = try LocalLab()
            var settings = KafkaSettings()
            (settings.brokers, settings.replicationFactor, settings.combined) = (1, 1, true)
            settings.transactions = KafkaSettings.Transactions(events: 10, abort: .percent(0))
            let system = KafkaSystem(
                settings,
                TrialSetting(
                    run: KafkaRig.run, agents: 3, logDirectory: lab.logDirectory, expectedBytes: 1 << 20,
                    ownFilesystems: false, groups: Self.groups()))
            try system.start(in: lab, patience: TestPatience())
            let cluster = try #require(system.cluster)
            let (audit, billing) = (Self.groups()[0], Self.groups()[1])
            #expect(system.deadStreams(of: audit) == ["holdfast-\(KafkaRig.run)-dead-audit-0"])
            #expect(system.deadStreams(of: billing).isEmpty)
            #expect(try system.resolve(NodeWord("coordinator")).map(\.name) == ["broker-1"])
            #expect(try system.backlog(of: audit).isEmpty && system.backlog(of: billing).isEmpty)

            let writer = try KafkaRig(
                cluster.brokers.map(\.address), streams: system.streams,
                settings: ["holdfast.transaction.events": "10", "holdfast.transaction.abort": "0.3"])
            let written = try writer.publish(100)
            try writer.finish()
            let committed = Set(writer.ended.filter { $0.state == .committed }.map(\.number))
            let visible = written.count { committed.contains($0.transaction) }
            try #require(visible > 10 && visible < 100)
            try Self.noneWasRead(system, audit, visible)
            try Self.oneGroupReads(system, audit, visible)
            #expect(try TestPatience().wait(upTo: 10) { (try? system.backlog(of: audit).isEmpty) ?? false })
            #expect(try !system.backlog(of: billing).isEmpty)
            try Self.endsAreSaid(system)
            try Self.aSectionIsRead(system, visible)
        }
    }

    /// Markers and what was aborted count once it is seen that nothing moves.
    private static func noneWasRead(_ system: KafkaSystem, _ group: GroupSettings, _ visible: Int) throws {
        var said = Backlog(unread: 0, pending: 0)
        let came = try TestPatience().wait(upTo: 10) {
            said = (try? system.backlog(of: group)) ?? said
            return said == Backlog(unread: Int64(visible), pending: 0)
        }
        #expect(came, "\(said), not \(visible)")
    }

    private static func oneGroupReads(_ system: KafkaSystem, _ group: GroupSettings, _ visible: Int) throws {
        let (client, name) = system.subscription(of: group)
        #expect(name == "holdfast-\(KafkaRig.run)-audit")
        let dead = system.deadStreams(of: group)
        let rig = try KafkaReadingRig(
            ConsumerOrders(
                worker: "reading", number: 1, run: KafkaRig.run, group: group, groupName: name, consumers: ["audit-1"],
                client: client, poison: Poison(share: 1, seed: 1),
                deadLetters: ConsumerOrders.DeadLetters(streams: dead, log: 1), historyPath: "", holdingPath: ""))
        try rig.wait("nothing is handed over") { !$0.handed.isEmpty }
        rig.move(0)
        try rig.wait("not all is handed over") { rig in
            rig.finish { $0 != 0 || !rig.moves.isEmpty }
            return rig.handed.count == visible && rig.inHand.isEmpty
        }
        #expect(rig.moves.map(\.outcome) == [.acked])
        try rig.leave()
    }

    private static func endsAreSaid(_ system: KafkaSystem) throws {
        let ends = try system.groupEnds(patience: TestPatience())
        #expect(
            ends.map { "\($0.group.text) \($0.stream.text)" }
                == ["audit", "billing"].flatMap { group in system.streams.map { "\(group) \($0)" } })
        #expect(ends.allSatisfy(\.pending.isEmpty) && ends[3...].allSatisfy { $0.passed == nil })
        for (stream, end) in zip(0..., ends[..<3]) {
            var last: Position?
            _ = try system.read(stream: stream, from: nil, patience: TestPatience()) { position, _ in last = position }
            #expect(last != nil && end.passed == last)
        }
    }

    private static func aSectionIsRead(_ system: KafkaSystem, _ visible: Int) throws {
        var all: [Int64] = []
        var places: [Position] = []
        for stream in 0..<3 {
            let count = try system.read(stream: stream, from: nil, patience: TestPatience()) { place, event in
                if stream == 0 {
                    places.append(place)
                    all.append(event?.seq ?? -1)
                }
            }
            #expect(count > 0)
        }
        var rest: [Int64] = []
        let count = try system.read(stream: 0, from: places[2], patience: TestPatience()) { rest.append($1?.seq ?? -1) }
        #expect(rest == Array(all[3...]) && count == rest.count)
        #expect(try system.read(stream: 0, from: places.last, patience: TestPatience()) { _, _ in } == 0)
    }

    @Test func theNewProtocolAsksForANewLibrary() {
        var group = GroupSettings(name: "new")
        let kafka = ConfiguredKafka(settings: KafkaSettings())
        #expect(kafka.lack(for: [group]) == nil)
        group.membership = .consumer
        let lack = kafka.lack(for: [GroupSettings(name: "old"), group])
        #expect(
            lack?.contains("the group new needs librdkafka 2.12 or later, and 2.0.2 is loaded")
                ?? (KafkaLibrary.number >= 0x020C_0000))
    }

    @Test(arguments: [
        ("retention.ms", "1000", true), ("retention.ms", "-1", false), ("segment.bytes", "1048576", false),
    ])
    func retentionIsWhatASuiteSays(_ name: String, _ value: String, _ retains: Bool) {
        var settings = KafkaSettings()
        settings.topic = [.init(name: name, value: value)]
        #expect(ConfiguredKafka(settings: settings).retains == retains)
    }
}
