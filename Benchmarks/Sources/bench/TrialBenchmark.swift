import Foundation

/// What a trial costs beyond its workload and its fault: making the lab, starting the server, replaying, checking,
/// taking everything down again.
enum TrialBenchmark {
    private static let load = 4.0

    private static let suite = """
        suite: trial-cost
        workload: {agents: 200, rate: 10000, duration: 4s, payload: {min: 200, max: 2000}, producers: 2}
        configurations:
          - {name: everysec, system: redis-standalone, settings: {appendonly: "yes", appendfsync: everysec}}
        faults: [none, primary-kill, power-loss]
        trials: 3

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

    /// Each fault's timeline fits into the load, so that what a trial takes beyond `load` is its cost.
    static func run(folder: String) throws {
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
        for cell in try JSONDecoder().decode(Summary.self, from: data).cells {
            let costs = cell.trials.filter { $0.status == "valid" }.compactMap { $0.seconds.map { $0 - load } }.sorted()
            guard !costs.isEmpty else {
                throw BenchmarkError("no valid trial of \(cell.fault): \(cell.trials.first?.reason ?? "")")
            }
            Figure(
                figure: "trial: cost beyond workload and fault, \(cell.fault), median of \(costs.count)",
                value: costs[costs.count / 2], unit: "s", peer: nil
            ).print()
        }
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
