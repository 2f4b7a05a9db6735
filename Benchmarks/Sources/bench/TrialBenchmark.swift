import Foundation

/// What a trial costs beyond its workload and its fault: making the lab, starting the server, replaying, checking,
/// taking everything down again.
enum TrialBenchmark {
    private static let load = 4.0

    private static let redis = """
        suite: trial-cost
        workload: {agents: 200, rate: 10000, duration: 4s, payload: {min: 200, max: 2000}, producers: 2}
        configurations:
          - {name: everysec, system: redis-standalone, settings: {appendonly: "yes", appendfsync: everysec}}
        faults: [none, primary-kill, power-loss]
        trials: 3

        """

    /// The first trial starts the cluster; the others find it warm.
    private static let kafka = """
        suite: trial-cost-kafka
        workload: {agents: 200, rate: 2000, duration: 4s, payload: {min: 200, max: 2000}, producers: 2}
        configurations:
          - {name: acks all, system: kafka, settings: {acks: all, min.insync.replicas: 2}}
        faults: [none]
        trials: 4

        """

    private struct Summary: Decodable {
        struct Cell: Decodable {
            struct Trial: Decodable {
                var status: String
                var reason: String?
                var seconds: Double?
            }
            var fault: String
            var trials: [Trial]
        }
        var cells: [Cell]
    }

    static func run(folder: String) throws {
        for cell in try cells(of: redis, folder) {
            try report("trial: cost beyond workload and fault, \(cell.fault)", cell.trials)
        }
        if ProcessInfo.processInfo.environment["KAFKA_HOME"] == nil {
            return FileHandle.standardError.write(Data("bench: no Kafka: KAFKA_HOME is not set\n".utf8))
        }
        for cell in try cells(of: kafka, folder) {
            try report("trial: cost beyond workload, kafka with its start", Array(cell.trials.prefix(1)))
            try report("trial: cost beyond workload, kafka warm", Array(cell.trials.dropFirst()))
        }
    }

    private static func cells(of suite: String, _ folder: String) throws -> [Summary.Cell] {
        let path = "\(folder)/trial-cost.yml"
        let out = "\(folder)/trial-cost"
        try suite.write(toFile: path, atomically: true, encoding: .utf8)
        defer {
            try? FileManager.default.removeItem(atPath: path)
            try? FileManager.default.removeItem(atPath: out)
        }
        let harness = Process()
        harness.executableURL = URL(fileURLWithPath: executable)
        harness.arguments = ["run", path, "--out", out, "--quiet"]
        harness.standardOutput = FileHandle.nullDevice
        try harness.run()
        harness.waitUntilExit()
        let data = try Data(contentsOf: URL(fileURLWithPath: out + "/summary.json"))
        return try JSONDecoder().decode(Summary.self, from: data).cells
    }

    /// Each fault's timeline fits into the load, so that what a trial takes beyond `load` is its cost.
    private static func report(_ figure: String, _ trials: [Summary.Cell.Trial]) throws {
        let costs = trials.filter { $0.status == "valid" }.compactMap { $0.seconds.map { $0 - load } }.sorted()
        guard !costs.isEmpty else {
            throw BenchmarkError("no valid trial for \(figure): \(trials.first?.reason ?? "")")
        }
        Figure(
            figure: "\(figure), median of \(costs.count)", value: costs[costs.count / 2], unit: "s", peer: nil
        ).print()
    }

    /// The release build of the package that this one stands in.
    private static var executable: String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(
            path: "../../../.build/release/holdfast"
        ).standardizedFileURL.path
    }
}

struct BenchmarkError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
