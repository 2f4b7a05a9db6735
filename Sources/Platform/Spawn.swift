import CLinux
import Glibc

/// Starts a program: the one call of the C shim that both `Tool` and `Child` go through.
enum Spawn {
    struct Ends {
        var input: Int32 = -1
        var output: Int32 = -1
        var errors: Int32 = -1
    }

    struct Started: ~Copyable {
        let pid: Int32
        let pidDescriptor: Descriptor

        consuming func takeDescriptor() -> Descriptor { pidDescriptor }
    }

    static func start(
        _ program: String, _ arguments: [String], environment: [String: String], ends: Ends, diesWithParent: Bool,
        command: String
    ) throws(ToolError) -> Started {
        Signals.keepChildStatus()
        let located = program.contains("/") ? program : Tool.locate(program)
        guard let path = located else { throw ToolError.notFound(program, command: command) }
        var variables = Tool.environment
        for (name, value) in environment { variables[name] = value }
        let words = variables.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        guard !([path] + arguments + words).contains(where: { $0.utf8.contains(0) }) else {
            throw ToolError.kernel(EINVAL, doing: "an argument holds a zero byte", command: command)
        }
        let argumentPointers = pointers([program] + arguments)
        let environmentPointers = pointers(words)
        defer {
            for pointer in argumentPointers + environmentPointers { free(pointer) }
        }
        let pid = Children.start {
            clinux_spawn(
                path, argumentPointers, environmentPointers, ends.input, ends.output, ends.errors,
                diesWithParent ? 1 : 0)
        }
        guard pid > 0 else { throw ToolError.spawn(-pid, path: path, command: command) }
        // The child is ours and not reaped, so its number is still its own.
        let pidDescriptor = clinux_pidfd_open(pid)
        guard pidDescriptor >= 0 else {
            kill(-pid, SIGKILL)
            Children.end(pid) { waitpid(pid, nil, 0) }
            throw ToolError.kernel(-pidDescriptor, doing: "no descriptor for the process", command: command)
        }
        return Started(pid: pid, pidDescriptor: Descriptor(pidDescriptor))
    }

    static func pipe(command: String) throws(ToolError) -> (read: Int32, write: Int32) {
        var (read, write): (Int32, Int32) = (-1, -1)
        let result = clinux_pipe(&read, &write)
        guard result == 0 else { throw ToolError.kernel(-result, doing: "no pipe", command: command) }
        return (read, write)
    }

    private static func pointers(_ words: [String]) -> [UnsafeMutablePointer<CChar>?] {
        words.map { strdup($0) } + [nil]
    }
}
