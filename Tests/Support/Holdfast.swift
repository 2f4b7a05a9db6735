import Foundation
import Glibc
public import Platform

/// The program under test, as a user calls it.
public enum Holdfast {
    /// Beside the test bundle, where the build puts it.
    public static let path: String = {
        let bundle = Files.resolved("/proc/self/exe") ?? CommandLine.arguments[0]
        let beside = bundle.split(separator: "/").dropLast().joined(separator: "/")
        if let found = Tool.locate("/\(beside)/holdfast") { return found }
        return root + "/.build/debug/holdfast"
    }()

    /// The repository.
    public static let root: String = {
        let here = #filePath.split(separator: "/")
        return "/" + here.dropLast(3).joined(separator: "/")
    }()

    /// Runs the clients of `examples/`; nil before `make clients`.
    public static let clientsPython = Tool.locate(root + "/.build/clients-venv/bin/python")

    /// Runs a command to its end.
    public static func run(
        _ words: String..., environment: [String: String] = [:], input: String? = nil, in folder: String? = nil,
        deadline: Duration = .seconds(60)
    ) throws -> ToolResult {
        let command = inside(folder, [path] + words)
        return try Tool.run(
            command[0], Array(command.dropFirst()), deadline: deadline, outputLimit: 64 << 20,
            environment: environment, input: input)
    }

    /// Starts a command; its output and errors go to a file each beside `folder`'s other things.
    public static func start(
        _ words: [String], environment: [String: String] = [:], in folder: String, output: String
    ) throws -> Child {
        let command = inside(folder, words)
        return try Child(
            executable: command[0], arguments: Array(command.dropFirst()), environment: environment,
            output: .file(output))
    }

    private static func inside(_ folder: String?, _ words: [String]) -> [String] {
        folder.map { ["/usr/bin/env", "--chdir=\($0)"] + words } ?? words
    }

    /// The server that trials run on: what a user would have, too.
    public static let hasServer: Bool =
        Tool.locate(
            getenv("HOLDFAST_REDIS_SERVER").map { String(cString: $0) } ?? "redis-server") != nil

    /// What a run must be told to find Kafka, and what is kept of it between runs; empty where there is none.
    public static let environment: [String: String] = {
        var environment: [String: String] = [:]
        for name in ["KAFKA_HOME", "HOME", "XDG_CACHE_HOME"] {
            environment[name] = getenv(name).map { String(cString: $0) }
        }
        return environment
    }()

    /// Whether trials run here in full: as root of the machine, with a server.
    public static let runsTrials = Privileges.isFullRoot && hasServer

    /// Who has no rights at all can run the program too: it, and what it is linked with, lie where others may read.
    public static let runsForOthers = Privileges.isFullRoot && ((try? runAsNobody("--version"))?.succeeded ?? false)

    /// Runs a command to its end as a user without any rights.
    public static func runAsNobody(_ words: String..., deadline: Duration = .seconds(90)) throws -> ToolResult {
        try Tool.run(
            "setpriv", ["--reuid=65534", "--regid=65534", "--clear-groups", "--", path] + words, deadline: deadline)
    }

    /// One trial at a time: two would be each other's load. Whoever waits for its turn holds no thread.
    public static func takingTurns<Result>(_ body: () throws -> Result) async throws -> Result {
        await Turns.shared.take()
        let result: Result
        do {
            result = try body()
        } catch {
            await Turns.shared.give()
            throw error
        }
        await Turns.shared.give()
        return result
    }
}

private actor Turns {
    static let shared = Turns()

    private var isTaken = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    func take() async {
        guard isTaken else {
            isTaken = true
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    func give() {
        if waiting.isEmpty { isTaken = false } else { waiting.removeFirst().resume() }
    }
}

/// Looks until `condition` holds or the time is over.
public func eventually(within seconds: Double = 20, _ condition: () throws -> Bool) rethrows -> Bool {
    let end = MonotonicClock.now() + Int64(seconds * 1e9)
    while try !condition() {
        if MonotonicClock.now() > end { return false }
        usleep(3000)
    }
    return true
}
