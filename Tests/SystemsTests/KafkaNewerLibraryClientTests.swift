import Foundation
import Glibc
import History
import Labs
import Platform
import Testing
import Workers
import Workload

@testable import Systems

/// A newer librdkafka than the distribution's, from a wheel of its Python package: no Python is needed to run it.
struct NewerLibrary {
    static let version = "2.16.0"

    /// The folder that LD_LIBRARY_PATH is to name; nil where it cannot be had.
    private(set) var folder: String?
    private(set) var reason = ""

    /// Kept between runs, in the build's own folder.
    static let found = NewerLibrary()

    private init() {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let folder = root.appending(path: ".build/librdkafka-\(Self.version)").path
        do {
            if access(folder + "/librdkafka.so.1", R_OK) != 0 { try Self.fetch(into: folder) }
            self.folder = folder
        } catch {
            reason = "there is no librdkafka \(Self.version) here, and none can be fetched: \(error)"
        }
    }

    private static func fetch(into folder: String) throws {
        let environment = ProcessInfo.processInfo.environment
        let paths = (environment["PATH"] ?? Tool.path).split(separator: ":")
        guard let python = paths.map({ String($0) + "/python3" }).first(where: { access($0, X_OK) == 0 }) else {
            throw SystemError(.missing, "python3 is missing")
        }
        try Files.makeFolders(folder)
        let wheels = folder + "/wheel"
        try Tool.require(
            python,
            [
                "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--python-version",
                "311", "--only-binary=:all:", "--dest", wheels, "confluent-kafka==2.16.1",
            ], deadline: .seconds(60), environment: environment)
        guard let wheel = try FileManager.default.contentsOfDirectory(atPath: wheels).first else {
            throw SystemError(.missing, "pip has fetched nothing")
        }
        try Tool.require(python, ["-m", "zipfile", "-e", "\(wheels)/\(wheel)", wheels], environment: environment)
        let libraries = wheels + "/confluent_kafka.libs"
        guard
            let library = try FileManager.default.contentsOfDirectory(atPath: libraries).first(where: {
                $0.hasPrefix("librdkafka-")
            })
        else { throw SystemError(.missing, "the wheel has no librdkafka") }
        try #require(symlink("\(libraries)/\(library)", folder + "/librdkafka.so.1") == 0)
    }
}

@Suite(
    .serialized, .timeLimit(.minutes(2)), .enabled(if: kafkaIsThere, kafkaIsMissing),
    .enabled(if: NewerLibrary.found.folder != nil, Comment(rawValue: NewerLibrary.found.reason)))
struct KafkaNewerLibraryClientTests {
    /// Without building anything again: the producers take it from where LD_LIBRARY_PATH says.
    @Test(arguments: [[:], ["holdfast.transaction.events": "20"]])
    func aNewerLibraryTakesThePlaceOfTheDistributions(settings: [String: String]) async throws {
        try await onThread {
            let broker = try KafkaClientBroker.shared()
            let library = try #require(NewerLibrary.found.folder)
            let play = try KafkaPlay(broker, topic: "newer-\(settings.count)", rate: 400, settings: settings)
            setenv("LD_LIBRARY_PATH", library, 1)
            defer { unsetenv("LD_LIBRARY_PATH") }
            let (found, log) = try play.runProcess(nanoseconds: 500_000_000)
            #expect(log.contains("player: librdkafka \(NewerLibrary.version)\n"))
            // The very first transaction of a broker waits for the topic that it is kept in.
            #expect(found.outcomes.count >= 20 && found.outcomes.allSatisfy { $0 == .acked })
            #expect(found.transactions.isEmpty == settings.isEmpty)
            #expect(found.transactions.allSatisfy { $0.state == .committed })
        }
    }
}
