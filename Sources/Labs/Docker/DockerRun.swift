import Glibc
import Platform

/// The run whose labs are made: its name, which everything of it carries, and where its engine is.
///
/// The harness starts itself again in a network namespace of its own, and in nothing else of its own: processes and
/// mounts stay where the engine has its. The only way out of that network is the one that a lab makes, into the lab's
/// network; what is not there cannot be reached, whoever has the address elsewhere.
struct DockerRun: Sendable {
    /// `3f9a01c2`.
    let id: String
    /// The process that the user started: it is in the network namespace of the engine, and outlives this one.
    let outside: Int32

    static let marker = "HOLDFAST_DOCKER"

    /// This process is the copy inside.
    static var current: DockerRun? {
        guard let text = getenv(marker).map({ String(cString: $0) }) else { return nil }
        let parts = text.split(separator: ":")
        guard parts.count == 2, let outside = Int32(parts[1]), outside == getppid() else { return nil }
        return DockerRun(id: String(parts[0]), outside: outside)
    }

    var engine: DockerEngine { DockerEngine(network: "/proc/\(outside)/ns/net") }

    private static func freshID() -> String {
        let number = UInt32.random(in: 0...UInt32.max)
        let text = String(number, radix: 16)
        return String(repeating: "0", count: 8 - text.count) + text
    }

    /// Starts the copy and returns its exit status. Whatever it leaves because it was killed is removed here; when this
    /// process is killed, too, by `holdfast heal`.
    static func enter(arguments: [String]) throws(LabError) -> Int32 {
        guard let program = Files.resolved("/proc/self/exe") else {
            throw LabError(.process, "the harness does not find its own program to start it again")
        }
        let run = DockerRun(id: freshID(), outside: getpid())
        return try InnerHarness.accompany { () throws(LabError) -> Child in
            do throws(ToolError) {
                // It becomes the copy: the pid is the copy's own.
                return try Child(
                    executable: "unshare", arguments: ["--net", "--", program] + arguments.dropFirst(),
                    environment: InnerHarness.environment.merging([marker: "\(run.id):\(run.outside)"]) { $1 },
                    output: .descriptor(STDOUT_FILENO), errors: .descriptor(STDERR_FILENO))
            } catch {
                throw LabError(error.code == .notFound ? .toolMissing : .process, "\(error)")
            }
        } afterKill: {
            _ = DockerHeal(engine: DockerEngine()).run(only: run.id)
        }
    }
}
