import Checker
import Foundation
import Platform
import Report
import TestSupport
import Testing

/// A run of a system with faults of the test's own, and what came of it.
struct Audit {
    let exit: Platform.ExitStatus
    let said: String
    private let summary: Summary?

    static let small = "{agents: 10, rate: 1000, duration: 2s, payload: 200, producers: 1}"

    /// - Parameters:
    ///   - configurations: as a suite's list has them, two columns in.
    ///   - faults: of each fault's file, by name, what stands behind its head.
    ///   - system: which the faults are said to apply to.
    ///   - lying: a program of the machine that does nothing for this run, and says that all went well.
    init(
        configurations: String, faults: [String: String], system: String = "redis-replicated",
        workload: String = small, lying: String? = nil
    ) async throws {
        let place = try Workplace()
        try Files.makeFolders("\(place.path)/faults")
        for (name, text) in faults {
            let head = "fault: \(name)\nabout: Of a test.\napplies-to: [\(system)]\n"
            _ = try place.file("faults/\(name).yml", head + text + "\n")
        }
        let suite = try place.file(
            "suite.yml", "suite: test\nworkload: \(workload)\nconfigurations:\n\(configurations)\ntrials: 1\nseed: 1\n")
        var command = [Holdfast.path, "run", suite, "--out", place.out, "--no-skips"]
        if let lying {
            let (tool, liar) = (try #require(Tool.locate(lying)), try #require(Tool.locate("true")))
            let script = "mount --bind \(liar) \(tool) && exec \"$@\""
            command = ["unshare", "--mount", "--propagation", "private", "sh", "-c", script, "sh"] + command
        }
        let result = try await Holdfast.takingTurns {
            try Tool.run(command[0], Array(command.dropFirst()), deadline: .seconds(240))
        }
        exit = result.status
        said = result.output + result.errors
        let text = RunFolder(place.out).text("summary.json")
        summary = text.isEmpty ? nil : try Summary.decoded(from: Data(text.utf8), path: "summary.json")
    }

    func trial(_ configuration: String) throws -> Summary.Trial {
        let cell = try #require(summary?.cells.first { $0.configuration == configuration }, "\(said)")
        return try #require(cell.trials.first)
    }

    func verdict(_ configuration: String) throws -> Verdict {
        let trial = try trial(configuration)
        #expect(trial.status == .valid, "\(trial.reason ?? said)")
        return try #require(trial.verdict)
    }
}

extension Summary.Trial {
    /// What was seen of each action of this kind, in the order of time.
    func effects(of action: String) -> [String] {
        faults.filter { $0.action == action && $0.phase == "effect" }.map { "\($0.node ?? ""): \($0.detail ?? "")" }
    }
}
