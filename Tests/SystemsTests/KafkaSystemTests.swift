import Foundation
import Labs
import Platform
import Testing

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

/// Named by the environment, it must work; else there may be none.
let hasKafka = getenv(KafkaHome.variable) != nil || (try? KafkaHome.find(nil)) != nil

let withKafka = ConditionTrait.enabled("needs a Kafka: set KAFKA_HOME, or `make kafka`") { hasKafka }

/// From outside: this test program runs itself in the namespaces lab.
@Suite(.serialized, .timeLimit(.minutes(5)), withKafka, .enabled(if: !Relaunch.isInside))
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
            #expect(notes.split(separator: "\n").sorted() == ["fail-over"])
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
    @Test func aKilledLeaderIsFollowedByAnotherAndComesBack() throws {
        let bench = try KafkaBench(ownFilesystems: true) {
            $0.broker = [.init(name: "replica.fetch.wait.max.ms", value: "90")]
            $0.topic = [.init(name: "min.insync.replicas", value: "2")]
        }
        defer { bench.close() }
        let system = bench.system
        try system.start(in: bench.lab, patience: bench.patience)
        #expect(system.isConverged())
        #expect(system.streams == ["holdfast-r-events-0", "holdfast-r-events-1", "holdfast-r-events-2"])
        let primary = try #require(try system.resolve(NodeWord("primary")).first)
        #expect(system.leader === primary && system.answers(primary))
        #expect(try system.resolve(NodeWord("replicas")).count == 2)
        try primary.kill()
        #expect(try bench.until { system.leader.map { $0 !== primary && system.answers($0) } ?? false })
        #expect(system.isOutOfSync(primary) && !system.answers(primary) && !system.isConverged())
        #expect(try system.restart(primary, patience: bench.patience).answered)
        #expect(try bench.until { system.isConverged() })
        #expect(!system.isOutOfSync(primary))
        try Evidence.note("fail-over")
    }
}
