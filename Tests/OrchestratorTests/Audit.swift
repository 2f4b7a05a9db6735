import Checker
import Foundation
import Platform
import Report
import TestSupport
import Testing

/// A run with configurations and faults of the test's own, and what came of it.
struct Audit {
    let exit: Platform.ExitStatus
    let said: String
    private let summary: Summary?

    /// What the test's own faults are for: whatever there is.
    private static let systems = "redis-standalone, redis-replicated, redis-sentinel, redis-cluster, kafka, hybrid"
    static let small = "{agents: 10, rate: 1000, duration: 2s, payload: 200, producers: 1}"

    /// - Parameters:
    ///   - lab: the docker lab is where there is an engine: on the tests' own host.
    ///   - configurations: as a suite's list has them, two columns in.
    ///   - faults: of each fault's file, by name, what stands behind its head.
    ///   - lying: a program or library of the machine that does nothing for this run, and says that all went well; of `docker` only the order that
    ///     is named behind it (`docker pause`).
    init(
        lab: String = "namespaces", configurations: String, faults: [String: String] = [:], workload: String = small,
        lying: String? = nil
    ) async throws {
        let place = try Workplace()
        try Files.makeFolders("\(place.path)/faults")
        for (name, text) in faults {
            let head = "fault: \(name)\nabout: Of a test.\napplies-to: [\(Self.systems)]\n"
            _ = try place.file("faults/\(name).yml", head + text + "\n")
        }
        let suite = try place.file(
            "suite.yml", "suite: test\nworkload: \(workload)\nconfigurations:\n\(configurations)\ntrials: 1\nseed: 1\n")
        var command = [Holdfast.path, "run", suite, "--lab", lab, "--out", place.out, "--no-skips"]
        if let lying { command = try Self.believing(lying, place) + command }
        let result = try await Holdfast.takingTurns {
            if lab == "docker" {
                let host = try #require(DockerHost.shared)
                return try host.run(command, environment: Holdfast.environment, deadline: .seconds(600))
            }
            return try Tool.run(
                command[0], Array(command.dropFirst()), deadline: .seconds(600), environment: Holdfast.environment)
        }
        exit = result.status
        said = result.output + result.errors
        let text = RunFolder(place.out).text("summary.json")
        summary = text.isEmpty ? nil : try Summary.decoded(from: Data(text.utf8), path: "summary.json")
        #expect(summary?.lab == lab, "\(said)")
    }

    /// The words before a command in whose mount namespace a file lies over the program; nobody else sees anything of it.
    private static func believing(_ liar: String, _ place: Workplace) throws -> [String] {
        let words = liar.split(separator: " ").map(String.init)
        let tool = try #require(Tool.locate(words[0]))
        var standIn = try #require(Tool.locate("true"))
        if words.count > 1 {
            let copy = "\(place.path)/\(words[0])"
            try Tool.require("cp", ["--reflink=auto", tool, copy])
            let test = zip(words.dropFirst(), 1...).map { "[ \"$\($1)\" = \($0) ]" }.joined(separator: " && ")
            standIn = try place.file("liar", "#!/bin/sh\nif \(test); then exit 0; fi\nexec \(copy) \"$@\"\n")
            try Tool.require("chmod", ["755", standIn])
        }
        let script = "mount --bind \(standIn) \(tool) && exec \"$@\""
        return ["unshare", "--mount", "--propagation", "private", "sh", "-c", script, "sh"]
    }

    /// - Parameter fault: may be left out where the configuration has one alone.
    func trial(_ configuration: String, _ fault: String? = nil) throws -> Summary.Trial {
        let cell = try #require(
            summary?.cells.first { $0.configuration == configuration && $0.fault == fault ?? $0.fault }, "\(said)")
        return try #require(cell.trials.first)
    }

    /// Of a trial that was valid: it has acknowledged events, and nothing is wrong with it but what its fault does.
    ///
    /// - Parameter damages: its fault changes what was written.
    func verdict(_ configuration: String, _ fault: String? = nil, damages: Bool = false) throws -> Verdict {
        let trial = try trial(configuration, fault)
        #expect(trial.status == .valid, "\(configuration), \(fault ?? ""): \(trial.reason ?? said)")
        let verdict = try #require(trial.verdict)
        #expect(verdict.events.acked > 0)
        #expect(verdict.log.unexpected.failed == 0)
        if !damages { #expect(verdict.log.corrupted == 0) }
        return verdict
    }
}

extension Summary.Trial {
    /// The actions of its fault, in the order in which they began.
    var actions: [String] { faults.filter { $0.phase == "begin" }.map(\.action) }

    /// What was seen of each action of this kind, in the order of time.
    func effects(of action: String) -> [String] {
        faults.filter { $0.action == action && $0.phase == "effect" }.map { "\($0.node ?? ""): \($0.detail ?? "")" }
    }
}
