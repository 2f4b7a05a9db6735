import CLinux
import Glibc

/// Runs programs to their end. The only other place that starts one is `Child`, for those that live long.
///
/// Every program gets a session of its own, default signals, no descriptor but 0, 1 and 2, and a fixed environment:
/// what they say is parsed. Nothing goes through a shell. Calls block: never make them on a cooperative thread.
public enum Tool {
    /// Where programs are looked for, whatever the caller's own PATH says.
    public static let path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    /// The environment that every program gets; a caller's additions come on top.
    public static let environment = ["PATH": path, "LC_ALL": "C"]

    /// Runs a program and returns what it said, whatever its status.
    ///
    /// - Parameters:
    ///   - program: an absolute path, or a name to look for in `path`.
    ///   - deadline: then SIGTERM to its whole session, and soon SIGKILL.
    ///   - outputLimit: bytes of both streams together; over it the program is ended and the result is `truncated`.
    ///   - input: its standard input; nothing if nil.
    ///   - leavesOthers: what it started and left behind goes on, such as a daemon.
    public static func run(
        _ program: String, _ arguments: [String] = [], deadline: Duration = Limits.toolDeadline,
        outputLimit: Int = Limits.toolOutput, environment: [String: String] = [:], input: String? = nil,
        leavesOthers: Bool = false
    ) throws(ToolError) -> ToolResult {
        let began = MonotonicClock.now()
        let command = CommandLog.quoted([program] + arguments)
        func tell(_ outcome: String) {
            CommandLog.tell(
                CommandRecord(
                    commandLine: command, began: began, nanoseconds: MonotonicClock.now() - began, outcome: outcome))
        }
        do throws(ToolError) {
            var run = try ToolRun(
                program, arguments, environment: environment, input: input, command: command, outputLimit: outputLimit,
                leavesOthers: leavesOthers)
            let result = try run.finish(by: began.saturatingAdd(deadline.nanoseconds))
            tell(result.status.description + (result.truncated ? ", output cut" : ""))
            return result
        } catch {
            tell(error.message)
            throw error
        }
    }

    /// Runs a program that must succeed; anything but exit 0 is an error with what it said.
    @discardableResult
    public static func require(
        _ program: String, _ arguments: [String] = [], deadline: Duration = Limits.toolDeadline,
        outputLimit: Int = Limits.toolOutput, environment: [String: String] = [:], input: String? = nil
    ) throws(ToolError) -> ToolResult {
        let result = try run(
            program, arguments, deadline: deadline, outputLimit: outputLimit, environment: environment, input: input)
        guard result.succeeded else { throw failure(of: [program] + arguments, result) }
        return result
    }

    /// The error that a result without success amounts to.
    public static func failure(of command: [String], _ result: ToolResult) -> ToolError {
        let said = result.errors.isEmpty ? result.output : result.errors
        let tail = String(decoding: said.utf8.suffix(Limits.errorTail), as: UTF8.self)
        return ToolError(
            .failed(result.status), command: CommandLog.quoted(command),
            errors: tail.hasSuffix("\n") ? String(tail.dropLast()) : tail, message: result.status.description)
    }

    /// The absolute path of a program; nil if there is none that may be executed.
    ///
    /// A name with a slash is a path, from the working directory.
    public static func locate(_ name: String) -> String? {
        if name.contains("/") { return isProgram(name) ? absolute(name) : nil }
        return path.split(separator: ":").lazy.map { "\($0)/\(name)" }.first(where: isProgram)
    }

    /// What to do about a program that is missing.
    public static func remedy(for name: String) -> String {
        guard let package = packages[name.split(separator: "/").last.map(String.init) ?? name] else {
            return "install it, or name the path of one that is there"
        }
        return "install it (apt-get install \(package))"
    }

    private static let packages = [
        "ip": "iproute2", "tc": "iproute2", "ss": "iproute2", "iptables": "iptables", "nsenter": "util-linux",
        "mount": "mount", "umount": "mount", "losetup": "mount", "mkfs.ext4": "e2fsprogs", "mkfs.xfs": "xfsprogs",
        "xfs_io": "xfsprogs", "redis-server": "redis-server", "redis-check-aof": "redis-tools",
        "redis-cli": "redis-tools", "redis-benchmark": "redis-tools", "sync": "coreutils",
        "java": "openjdk-17-jre-headless", "docker": "docker.io", "docker-compose": "docker-compose",
        "openssl": "openssl",
    ]

    private static func isProgram(_ path: String) -> Bool {
        var found = stat()
        return stat(path, &found) == 0 && found.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
    }

    private static func absolute(_ path: String) -> String {
        if path.hasPrefix("/") { return path }
        guard let folder = getcwd(nil, 0) else { return path }
        defer { free(folder) }
        return String(cString: folder) + "/" + path
    }
}

extension Int64 {
    /// The sum, or the largest number where that is larger.
    func saturatingAdd(_ other: Int64) -> Int64 {
        let (sum, over) = addingReportingOverflow(other)
        return over ? .max : sum
    }
}
