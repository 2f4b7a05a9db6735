import Foundation
import Labs
import Platform
import Testing
import Workers

@testable import Systems

private enum Evidence {
    static let variable = "HOLDFAST_TEST_KAFKA"

    static var path: String? { getenv(variable).map { String(cString: $0) } }

    /// Each test inside says that it ran: a filter that matches nothing would pass as well.
    static func note(_ test: String) throws {
        let path = try #require(path)
        try Files.write((Files.read(path, limit: 1 << 16) ?? "") + test + "\n", to: path)
    }
}

/// From outside: this test program runs itself in the namespaces lab.
@Suite(
    .serialized, .timeLimit(.minutes(5)), .enabled(if: kafkaIsThere, kafkaIsMissing), .enabled(if: !Relaunch.isInside))
struct KafkaSystemTests {
    @Test(.enabled("needs root of the machine: loop devices and mounts") { Privileges.isFullRoot })
    func clustersRunInTheNamespacesLab() async throws {
        try await onThread {
            let folder = "/var/tmp/holdfast-kafka.\(UUID().uuidString.prefix(8))"
            try Files.makeFolders(folder)
            defer { try? Files.removeTree(folder) }
            setenv(Evidence.variable, "\(folder)/notes", 1)
            defer { unsetenv(Evidence.variable) }
            let program = Files.resolved("/proc/self/exe") ?? CommandLine.arguments[0]
            let arguments = [program, "--testing-library", "swift-testing", "--filter", "InsideKafka"]
            #expect(try Relaunch.enter(arguments: arguments, protecting: [folder]) == 0)
            let notes = Files.read("\(folder)/notes", limit: 1 << 16) ?? ""
            #expect(
                notes.split(separator: "\n").sorted() == [
                    "cut", "fail-over", "one cluster", "power loss", "refused", "reused",
                ])
        }
    }
}

/// A cluster under test, in a lab of its own.
struct KafkaBench {
    let folder: String
    let lab: NamespacesLab
    let system: KafkaSystem
    let patience = TestPatience()

    init(
        run: String = "r", ownFilesystems: Bool = false, _ change: (inout KafkaSettings) -> Void = { _ in }
    ) throws {
        folder = "/var/tmp/holdfast-kafka.\(UUID().uuidString.prefix(8))"
        try Files.makeFolders(folder)
        lab = try NamespacesLab(directory: folder)
        var settings = KafkaSettings()
        change(&settings)
        system = KafkaSystem(
            settings,
            TrialSetting(
                run: run, agents: 4, logDirectory: "\(folder)/logs", expectedBytes: 1 << 20,
                ownFilesystems: ownFilesystems))
    }

    func close() {
        #expect(lab.close() == [])
        try? Files.removeTree(folder)
    }

    func until(_ seconds: Double = 30, _ condition: () -> Bool) throws -> Bool {
        try patience.wait(upTo: seconds, until: condition)
    }
}

/// Run inside namespaces of its own, by `KafkaSystemTests`.
@Suite(.serialized, .enabled(if: Relaunch.isInside && Evidence.path != nil), .timeLimit(.minutes(4)))
struct InsideKafka {
    /// One cluster for all of it: a start takes seconds.
    @Test func aClusterIsWatchedThroughFaultsAndServesAnotherTrial() throws {
        let bench = try KafkaBench(ownFilesystems: true) {
            $0.broker = [.init(name: "replica.fetch.wait.max.ms", value: "090")]
            $0.topic = [.init(name: "min.insync.replicas", value: "2")]
        }
        defer { bench.close() }
        try bench.system.start(in: bench.lab, patience: bench.patience)
        try findsNodesByTheirRoles(bench)
        try aKilledLeaderIsFollowedByAnother(bench)
        try aLeaderThatIsCutOffIsNotAsked(bench)
        try allLosePowerAndComeBack(bench)
        try theClusterServesAnotherTrial(bench)
    }

    private func findsNodesByTheirRoles(_ bench: KafkaBench) throws {
        let system = bench.system
        func names(_ word: String, _ number: Int? = nil) throws -> [String] {
            try system.resolve(NodeWord(word, number: number)).map(\.name)
        }
        #expect(try bench.until { system.isConverged() })
        #expect(system.streams == ["holdfast-r-events-0", "holdfast-r-events-1", "holdfast-r-events-2"])
        #expect(system.clientOrders().addresses == [11, 12, 13].map { "198.18.0.\($0):9092" })
        #expect(try names("all") == ["broker-1", "broker-2", "broker-3", "controller-1"])
        #expect(try names("broker", 3) == ["broker-3"] && names("broker-2") == ["broker-2"])
        #expect(try names("controller") == ["controller-1"] && names("controllers") == ["controller-1"])
        // Partitions are led by one broker each; the primary is the leader of the one that holds the most.
        let primary = try system.resolve(NodeWord("primary"))
        #expect(primary.map(\.name) == ["broker-1"] && system.leader === primary.first)
        #expect(try names("replicas") == ["broker-2", "broker-3"] && names("replica", 2) == ["broker-3"])
        let all = try system.resolve(NodeWord("all"))
        #expect(try bench.until { all.allSatisfy { system.answers($0) && !system.isOutOfSync($0) } })
        #expect(try system.port(of: system.resolve(NodeWord("controller"))[0]) == 9093)
        for (word, number) in [("broker", 4), ("replica", 3), ("controller", 2), ("sentinel", nil)] as [(String, Int?)]
        {
            #expect(throws: SystemError.self) { try names(word, number) }
        }
        let said = try system.command(
            try system.resolve(NodeWord("controller"))[0], ["kafka-metadata-quorum.sh", "describe", "--status"])
        #expect(said.contains("LeaderId:               101"), "\(said)")
        let error = #expect(throws: SystemError.self) { try system.command(primary[0], ["sh", "-c", "true"]) }
        #expect(error?.code == .setting)
        try Evidence.note("one cluster")
    }

    private func aKilledLeaderIsFollowedByAnother(_ bench: KafkaBench) throws {
        let system = bench.system
        // Another partition is the busiest from now on.
        let second = try #require(system.cluster?.brokers[1])
        let request = KafkaProduceRequest(
            topic: system.topics.events, partition: 1, value: [1], acks: -1, milliseconds: 5000)
        #expect(try second.call(request, within: 10).error == 0)
        let primary = try #require(try system.resolve(NodeWord("primary")).first)
        #expect(primary.name == "broker-2")
        try primary.kill()
        #expect(try bench.until { system.leader.map { $0 !== primary && system.answers($0) } ?? false })
        #expect(try bench.until { system.isOutOfSync(primary) })
        #expect(!system.answers(primary) && !system.isConverged())
        #expect(try system.restart(primary, patience: bench.patience).answered)
        #expect(try bench.until { system.isConverged() && !system.isOutOfSync(primary) })
        try Evidence.note("fail-over")
    }

    /// It goes on to believe that it leads, and says so to whoever asks it.
    private func aLeaderThatIsCutOffIsNotAsked(_ bench: KafkaBench) throws {
        let system = bench.system
        let primary = try #require(try system.resolve(NodeWord("primary")).first)
        let others = try system.resolve(NodeWord("all")).filter { $0 !== primary }
        func rules(_ flag: String) throws {
            for address in others.map(\.address) {
                for way in [["INPUT", "-s"], ["OUTPUT", "-d"]] {
                    let rule = ["-w", flag, way[0], way[1], address, "-j", "DROP"]
                    #expect(try primary.runInNetwork("iptables", rule).succeeded)
                }
            }
        }
        try rules("-I")
        #expect(try bench.until { system.leader.map { $0 !== primary && system.answers($0) } ?? false })
        let cluster = try #require(system.cluster)
        let old = try cluster.server(of: primary)
        let own = try old.call(KafkaMetadataRequest(topics: [system.topics.events]), within: 5)
        #expect(own.topic(system.topics.events)?.partitions.contains { $0.leader == old.id } == true)
        #expect(try bench.until { system.isOutOfSync(primary) })
        #expect(!system.isConverged())
        #expect(others.filter { $0.name.hasPrefix("broker") }.allSatisfy { !system.isOutOfSync($0) })
        try rules("-D")
        #expect(try bench.until { system.isConverged() })
        try Evidence.note("cut")
    }

    private func allLosePowerAndComeBack(_ bench: KafkaBench) throws {
        let system = bench.system
        let all = try system.resolve(NodeWord("all"))
        for node in all { try node.pause() }
        #expect(system.leader != nil && !system.isConverged() && all.allSatisfy { !system.answers($0) })
        #expect(throws: SystemError.self) { try system.resolve(NodeWord("primary")) }
        for node in all { try node.shutDownFilesystem() }
        for node in all { try node.kill() }
        for node in all { try node.remountFilesystem() }
        // One after the other, as healing does it: a broker without a controller answers nobody.
        guard case .waits(let what) = try system.restart(all[0], patience: bench.patience) else {
            Issue.record("\(all[0].name) does not wait for a controller")
            return
        }
        #expect(what == "controllers, of which 0 of 1 run")
        for node in all.dropFirst().reversed() {
            #expect(try system.restart(node, patience: bench.patience).answered)
        }
        #expect(try bench.until { system.isConverged() })
        try Evidence.note("power loss")
    }

    private func theClusterServesAnotherTrial(_ bench: KafkaBench) throws {
        func trial(_ run: String) throws -> TrialSetting {
            try Files.makeFolders("\(bench.folder)/\(run)")
            return TrialSetting(
                run: run, agents: 5, logDirectory: "\(bench.folder)/\(run)", expectedBytes: 1 << 20,
                ownFilesystems: true)
        }
        var settings = bench.system.settings
        settings.broker.append(.init(name: "num.io.threads", value: "3"))
        #expect(bench.system.renewed(settings, try trial("other")) == nil)

        settings = bench.system.settings
        (settings.partitions, settings.replicationFactor) = (.agent, 2)
        settings.topic = []
        let second = try #require(bench.system.renewed(settings, try trial("s")))
        try second.start(in: bench.lab, patience: bench.patience)
        #expect(second.streams.count == 5 && second.streams[4] == "holdfast-s-events-4")
        let first = try #require(second.cluster?.brokers.first)
        let known = try first.call(KafkaMetadataRequest(topics: nil), within: 5).topics.filter { !$0.isInternal }
        #expect(known.map(\.name).sorted() == ["holdfast-s-events", "holdfast-s-probe"])
        #expect(known.allSatisfy { $0.partitions.allSatisfy { $0.replicas.count == 2 } })

        // Each trial has what was said during it, and goes on having only that.
        second.collectLogs()
        let logs = ["logs", "s"].map { Files.read("\(bench.folder)/\($0)/broker-1.log", limit: 16 << 20) ?? "" }
        #expect(logs[0].contains("holdfast-r-events") && !logs[0].contains("holdfast-s-events"))
        #expect(logs[1].contains("holdfast-s-events") && !logs[1].contains("Kafka version"))
        #expect(Files.read("\(bench.folder)/s/broker-1.properties", limit: 1 << 16)?.contains("node.id=1\n") == true)

        settings.topic = [.init(name: "no.such.thing", value: "1")]
        let third = try #require(second.renewed(settings, try trial("t")))
        let error = #expect(throws: SystemError.self) { try third.start(in: bench.lab, patience: bench.patience) }
        #expect(error?.code == .setting && error?.message.contains("no.such.thing") == true)
        try Evidence.note("reused")
    }

    @Test(arguments: [("no.such.thing", "1"), ("num.io.threads", "0")])
    func whatKafkaDoesNotRunWithIsRefused(_ name: String, _ value: String) throws {
        let bench = try KafkaBench {
            ($0.brokers, $0.replicationFactor, $0.combined) = (1, 1, true)
            $0.broker = [.init(name: name, value: value)]
        }
        defer { bench.close() }
        let error = #expect(throws: SystemError.self) {
            try bench.system.start(in: bench.lab, patience: bench.patience)
        }
        switch name {
        case "no.such.thing":
            #expect(error?.code == .setting)
            #expect(
                error?.message.contains("broker-1: `no.such.thing` was set to 1, and this Kafka has no such") == true)
        default:
            #expect(error?.code == .refused)
            #expect(error?.message.contains("Invalid value 0 for configuration num.io.threads") == true)
        }
        if name == "num.io.threads" { try Evidence.note("refused") }
    }
}
