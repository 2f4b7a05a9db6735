import Checker
import Foundation
import Platform
import Report
import TestSupport
import Testing

/// A run on the host that has the tests' own Docker Engine, in either lab, with faults of the test's own.
struct DockerAudit {
    let exit: Platform.ExitStatus
    let said: String
    private let summary: Summary?

    /// - Parameters:
    ///   - faults: of each fault's file, by name, what stands behind its head.
    ///   - lying: an order of docker's that is not carried out, and said to be.
    init(
        lab: String, configurations: String, workload: String = Audit.small, faults: [String: String] = [:],
        lying: String? = nil
    ) async throws {
        let host = try #require(DockerHost.shared)
        let place = try Workplace()
        try Files.makeFolders("\(place.path)/faults")
        for (name, text) in faults {
            let head = "fault: \(name)\nabout: Of a test.\napplies-to: [redis-replicated, kafka]\n"
            _ = try place.file("faults/\(name).yml", head + text + "\n")
        }
        let suite = try place.file(
            "suite.yml", "suite: test\nworkload: \(workload)\nconfigurations:\n\(configurations)\ntrials: 1\nseed: 1\n")
        var command = [Holdfast.path, "run", suite, "--lab", lab, "--out", place.out, "--no-skips"]
        if let lying {
            let docker = try #require(Tool.locate("docker"))
            let liar = try place.file(
                "liar", "#!/bin/sh\nif [ \"$1\" = \(lying) ]; then exit 0; fi\nexec \(place.path)/docker \"$@\"\n")
            try Tool.require("chmod", ["755", liar])
            try Tool.require("cp", ["--reflink=auto", docker, place.path + "/docker"])
            // A file over a file in a mount namespace of the run's own; the engine and its containers see nothing of it.
            let script = "mount --bind \(liar) \(docker) && exec \"$@\""
            command = ["unshare", "--mount", "--propagation", "private", "sh", "-c", script, "sh"] + command
        }
        let result = try await Holdfast.takingTurns {
            try host.run(command, environment: Holdfast.kafkaEnvironment, deadline: .seconds(600))
        }
        exit = result.status
        said = result.output + result.errors
        let text = RunFolder(place.out).text("summary.json")
        summary = text.isEmpty ? nil : try Summary.decoded(from: Data(text.utf8), path: "summary.json")
        #expect(summary?.lab == lab, "\(said)")
    }

    func trial(_ configuration: String, _ fault: String) throws -> Summary.Trial {
        let cell = try #require(
            summary?.cells.first { $0.configuration == configuration && $0.fault == fault }, "\(said)")
        return try #require(cell.trials.first)
    }

    /// Of a trial that was valid: it has acknowledged events, and nothing is wrong with it but what the fault does.
    func verdict(_ configuration: String, _ fault: String) throws -> Verdict {
        let trial = try trial(configuration, fault)
        #expect(trial.status == .valid, "\(configuration), \(fault): \(trial.reason ?? said)")
        let verdict = try #require(trial.verdict)
        #expect(verdict.events.acked > 500)
        #expect(verdict.log.corrupted == 0 && verdict.log.diverged == 0 && verdict.log.unexpected.failed == 0)
        return verdict
    }
}
