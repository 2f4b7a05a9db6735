import Platform
import TestSupport

/// What a script said while it had a cluster of somebody else's audited: a heading for each thing that it did, under it
/// what was said, and the exit status last.
struct Audited {
    let all: String
    private var parts: [String: String] = [:]

    /// Runs a script of this folder in namespaces of its own, with which goes whatever it has started.
    init(_ script: String, _ words: [String], namespaces: [String], within deadline: Duration) async throws {
        let path = Holdfast.root + "/Tests/OrchestratorTests/External/" + script
        let result = try await Holdfast.takingTurns {
            try Tool.run(
                "unshare", namespaces + ["--", "bash", path] + words, deadline: deadline, outputLimit: 8 << 20,
                environment: Holdfast.environment.merging(["PATH": Tool.path]) { $1 })
        }
        all = "\(result.status)\n\(result.output)\(result.errors)"
        var name = ""
        for line in result.output.split(separator: "\n") {
            if line.hasPrefix("## ") {
                name = String(line.dropFirst(3))
                parts[name] = ""
            } else {
                parts[name, default: ""] += line + "\n"
            }
        }
    }

    /// Nothing where there is no such heading.
    subscript(_ name: String) -> String { parts[name] ?? "(not said)" }
}
