import Glibc

/// A program that could not be started, did not end in time, or failed.
public struct ToolError: Error, Sendable, CustomStringConvertible {
    public enum Code: Equatable, Sendable {
        /// There is no such program.
        case notFound
        /// There is such a file, but the kernel does not run it.
        case notExecutable
        /// It ran to its end and did not succeed.
        case failed(ExitStatus)
        /// It was ended because its time was up.
        case deadline
        /// It has ended, and someone else took its status: SIGCHLD is ignored, or there is a `waitpid(-1)`.
        case statusLost
        /// The kernel refused something on the way.
        case kernel(Int32)
    }

    public var code: Code
    /// The command line, quoted for reading.
    public var command: String
    /// The last of what it wrote to standard error.
    public var errors: String
    /// What happened, and what to do.
    public var message: String

    public init(_ code: Code, command: String, errors: String = "", message: String) {
        (self.code, self.command, self.errors, self.message) = (code, command, errors, message)
    }

    public var description: String {
        let said = errors.isEmpty ? "" : "\nit said: \(errors)"
        return "\(command): \(message)\(said)"
    }
}

extension ToolError {
    static func notFound(_ name: String, command: String) -> ToolError {
        let place = name.contains("/") ? "there is no such file" : "not found in \(Tool.path)"
        return ToolError(.notFound, command: command, message: "\(place); \(Tool.remedy(for: name))")
    }

    /// What a failed spawn means.
    static func spawn(_ number: Int32, path: String, command: String) -> ToolError {
        switch number {
        case ENOENT where access(path, F_OK) == 0:
            ToolError(
                .notExecutable, command: command,
                message: "it names an interpreter or loader that is missing here; install a build for this machine")
        case ENOENT, ENOTDIR:
            notFound(path, command: command)
        case ENOEXEC:
            ToolError(
                .notExecutable, command: command, message: "it is no program for this machine; check the file")
        case EACCES:
            ToolError(
                .notExecutable, command: command,
                message: "it may not be executed; check its mode (chmod +x) and its filesystem (noexec)")
        default:
            kernel(number, doing: "it could not be started", command: command)
        }
    }

    static func kernel(_ number: Int32, doing what: String, command: String) -> ToolError {
        ToolError(.kernel(number), command: command, message: "\(what): \(KernelError.text(number))")
    }
}
