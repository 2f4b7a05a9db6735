import Foundation
import Platform
import Testing

@testable import Systems

struct KafkaPropertiesTests {
    private func properties(
        _ role: KafkaProperties.Role, _ broker: [(String, String)] = [], address: String = "198.18.0.11"
    ) -> [String] {
        var settings = KafkaSettings()
        settings.brokers = 2
        settings.broker = broker.map { .init(name: $0.0, value: $0.1) }
        let properties = KafkaProperties(
            settings, role: role, id: 7, address: address, voters: [(101, "a"), (102, "b")], dataDirectory: "/d/e f")
        return properties.text.split(separator: "\n").map(String.init)
    }

    @Test func eachRoleListensWhereItMust() {
        let broker = properties(.broker)
        #expect(broker.contains("node.id=7") && broker.contains("process.roles=broker"))
        #expect(broker.contains("listeners=PLAINTEXT://0.0.0.0:9092"))
        #expect(broker.contains("advertised.listeners=PLAINTEXT://198.18.0.11:9092"))
        #expect(broker.contains("controller.quorum.voters=101@a:9093,102@b:9093"))
        #expect(broker.contains("log.dirs=/d/e f"))
        #expect(properties(.controller).contains("listeners=CONTROLLER://0.0.0.0:9093"))
        let both = properties(.both, address: "127.0.0.5")
        #expect(both.contains("listeners=PLAINTEXT://127.0.0.5:9092,CONTROLLER://127.0.0.5:9093"))
        // No more copies of Kafka's own topics than there are brokers.
        #expect(both.contains("offsets.topic.replication.factor=2"))
    }

    @Test func aSuiteOverridesWhatIsUsual() {
        let lines = properties(.broker, [("broker.session.timeout.ms", "9000"), ("x", " a\\b=ü#")])
        #expect(lines.filter { $0.hasPrefix("broker.session.timeout.ms") } == ["broker.session.timeout.ms=9000"])
        #expect(lines.last == "x=\\ a\\\\b=\\u00fc#")
    }

    @Test(
        arguments: [
            ("1", "1", true), ("010", "10", true), ("0.50", "0.5", true), ("TRUE", "true", true),
            ("a, b", "a,b", true), ("1", "2", false), ("true", "false", false), ("a", "A", false), ("", "a", false),
        ])
    func valuesAgreeAsKafkaWritesThem(_ wanted: String, _ found: String, _ agrees: Bool) {
        #expect(KafkaProperties.agrees(wanted, found) == agrees)
    }

    @Test func whatIsNotInForceIsRefused() throws {
        let answer = KafkaConfigsRequest.Answer(
            error: 0, message: nil,
            entries: [
                .init(name: "a", value: "1", isSensitive: false, isUnknown: false),
                .init(name: "b", value: nil, isSensitive: true, isUnknown: true),
                .init(name: "c", value: nil, isSensitive: true, isUnknown: false),
            ])
        func verify(_ wanted: [(String, String)], tolerating: Bool = false) throws {
            try KafkaCluster.verify(
                wanted.map { .init(name: $0.0, value: $0.1) }, in: answer, of: "broker-1",
                toleratingUnknown: tolerating)
        }
        // The last of one name holds; a secret cannot be compared.
        try verify([("a", "2"), ("a", "1"), ("c", "x")])
        try verify([("b", "1"), ("d", "1")], tolerating: true)
        for wrong in [("a", "2"), ("b", "1"), ("d", "1")] {
            let error = #expect(throws: SystemError.self) { try verify([wrong]) }
            #expect(error?.code == .setting && error?.message.contains("broker-1: `\(wrong.0)` was set to") == true)
        }
        #expect(throws: SystemError.self) { try verify([("a", "2")], tolerating: true) }
    }
}

struct KafkaFormatTests {
    @Test func idsAreSixteenBytesAsKafkaWritesThem() {
        let ids = (0..<200).map { _ in KafkaFormat.freshID() }
        #expect(Set(ids).count == 200)
        for id in ids {
            let base64 = id.replacingOccurrences(of: "-", with: "+").replacingOccurrences(of: "_", with: "/") + "=="
            let bytes = Data(base64Encoded: base64)
            #expect(bytes?.count == 16 && bytes?.base64EncodedString() == base64, "\(id)")
            #expect(!id.hasPrefix("-"))
        }
    }
}

struct KafkaNodeLogTests {
    /// A process goes on writing the file that it opened, whatever becomes of the name.
    @Test func eachTrialHasWhatWasSaidDuringIt() throws {
        let folder = "\(NSTemporaryDirectory())holdfast-log.\(UUID().uuidString.prefix(8))"
        defer { try? Files.removeTree(folder) }
        for name in ["1", "2", "3"] { try Files.makeFolders("\(folder)/\(name)") }
        func kept(_ trial: Int) -> String? { Files.read("\(folder)/\(trial)/n.log", limit: 1 << 20) }
        var log = KafkaNodeLog(folder: "\(folder)/1", name: "n")
        try Files.write("", to: "\(folder)/1/n.log")
        let process = try #require(FileHandle(forWritingAtPath: "\(folder)/1/n.log"))
        func say(_ text: String) { process.write(Data(text.utf8)) }
        say("one\n")
        try log.move(to: "\(folder)/2", name: "n")
        say("two\n")
        #expect(kept(1) == "one\n")
        try log.collect()
        say("too\n")
        try log.collect()
        #expect(kept(2) == "two\ntoo\n")
        say("late\n")
        try log.move(to: "\(folder)/3", name: "n")
        #expect(kept(2) == "two\ntoo\nlate\n")
        say("last\n")
        // Another process writes the trial's own file.
        try log.startAnew()
        #expect(kept(3) == "last\n" && log.path == "\(folder)/3/n.log")
        say("nobody hears this\n")
        try log.collect()
        #expect(kept(1) == "one\n" && kept(2) == "two\ntoo\nlate\n" && kept(3) == "last\n")
    }
}
