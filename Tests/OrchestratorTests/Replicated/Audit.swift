import Checker
import Foundation
import Labs
import Platform
import Report
import Testing

/// A run of the program that was built beside the tests: its suite, its faults, and what came of it.
struct Audit {
    let folder: String
    let exit: ExitStatus
    let said: String
    private let summary: Summary?

    static let program: String? = {
        let folder = (Files.resolved("/proc/self/exe") ?? CommandLine.arguments[0]).split(separator: "/").dropLast()
        return Tool.locate("/" + folder.joined(separator: "/") + "/holdfast")
    }()

    /// - Parameters:
    ///   - faults: the text of each fault file's timeline and what stands before it, by name.
    ///   - lying: a program of the machine that does nothing for this run, and says that all went well.
    init(configurations: String, faults: [String: String], workload: String = Audit.small, lying: String? = nil) throws
    {
        folder = "/var/tmp/holdfast-audit.\(UUID().uuidString.prefix(8))"
        try Files.makeFolders("\(folder)/faults")
        for (name, text) in faults {
            let head = "fault: \(name)\nabout: Of a test.\napplies-to: [redis-replicated]\n"
            try Files.write(head + text, to: "\(folder)/faults/\(name).yml")
        }
        let suite = "suite: test\nworkload: \(workload)\nconfigurations:\n\(configurations)\ntrials: 1\nseed: 1\n"
        try Files.write(suite, to: "\(folder)/suite.yml")
        let holdfast = try #require(Self.program)
        var command = [holdfast, "run", "\(folder)/suite.yml", "--out", "\(folder)/out", "--no-skips"]
        if let lying, let tool = Tool.locate(lying), let liar = Tool.locate("true") {
            let script = "mount --bind \(liar) \(tool) && exec \"$@\""
            command = ["/usr/bin/unshare", "--mount", "sh", "-c", script, "sh"] + command
        }
        let result = try Tool.run(command[0], Array(command.dropFirst()), deadline: .seconds(240))
        exit = result.status
        said = result.output + result.errors
        let path = "\(folder)/out/summary.json"
        summary = try Files.read(path, limit: 1 << 24).map { try Summary.decoded(from: Data($0.utf8), path: path) }
    }

    func remove() { try? Files.removeTree(folder) }

    static let small = "{agents: 10, rate: 1000, duration: 2s, payload: 200, producers: 1}"

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

let canAudit: ConditionTrait = .enabled("needs root of the machine, redis-server, iptables and tc") {
    Privileges.isFullRoot && Audit.program != nil
        && ["redis-server", "iptables", "tc", "unshare"].allSatisfy { Tool.locate($0) != nil }
}
