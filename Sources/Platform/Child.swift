import CLinux
import Glibc

/// A program that lives as long as its owner wants: a server, a worker.
///
/// It has a session of its own. When it is reaped, whatever it left in that session is ended with it, as a service
/// manager does for a service: a server's background children do not outlive it. Used by one thread.
public final class Child {
    public enum Input: Equatable, Sendable { case null, pipe }
    public enum Output: Equatable, Sendable {
        case null
        /// A pipe whose other end is `output` or `errors`; non-blocking.
        case pipe
        /// Appended to, made if it is not there.
        case file(String)
        /// A descriptor of this process; it stays the caller's.
        case descriptor(Int32)
        /// For `errors`: wherever the standard output goes.
        case sameAsOutput
    }

    public let pid: Int32
    /// Quoted for reading.
    public let commandLine: String
    private let pidHandle: Descriptor
    private var inputEnd: Descriptor?
    private var outputEnd: Descriptor?
    private var errorsEnd: Descriptor?
    private var ended: ExitStatus?

    /// Starts the program.
    ///
    /// - Parameters:
    ///   - executable: an absolute path, or a name to look for in `Tool.path`.
    ///   - environment: added to the fixed one.
    ///   - diesWithParent: the kernel ends it by SIGKILL when the *thread* that starts it ends; so start it from one
    ///     that lives as long as it is needed.
    public init(
        executable: String, arguments: [String], environment: [String: String] = [:], input: Input = .null,
        output: Output = .null, errors: Output = .sameAsOutput, diesWithParent: Bool = true
    ) throws(ToolError) {
        let began = MonotonicClock.now()
        let command = CommandLog.quoted([executable] + arguments)
        do throws(ToolError) {
            var plumbing = Plumbing(command: command)
            let ends = Spawn.Ends(
                input: try plumbing.input(input), output: try plumbing.output(output),
                errors: try plumbing.errors(errors))
            let started = try Spawn.start(
                executable, arguments, environment: environment, ends: ends, diesWithParent: diesWithParent,
                command: command)
            (pid, commandLine) = (started.pid, command)
            pidHandle = started.takeDescriptor()
            inputEnd = plumbing.inputEnd.take()
            outputEnd = plumbing.outputEnd.take()
            errorsEnd = plumbing.errorsEnd.take()
        } catch {
            CommandLog.tell(
                CommandRecord(commandLine: command, began: began, nanoseconds: nil, outcome: error.message))
            throw error
        }
        CommandLog.tell(
            CommandRecord(commandLine: command, began: began, nanoseconds: nil, outcome: "started as \(pid)"))
    }

    /// Takes over a process that was started by other means: it must be a child of this one, lead a group of its own,
    /// and not be reaped by anyone else.
    public init(adopting pid: Int32, commandLine: String) throws(ToolError) {
        let handle = clinux_pidfd_open(pid)
        guard handle >= 0 else {
            throw ToolError.kernel(-handle, doing: "no descriptor for the process", command: commandLine)
        }
        (self.pid, self.commandLine) = (pid, commandLine)
        pidHandle = Descriptor(handle)
        Children.add(pid)
    }

    deinit {
        guard ended == nil else { return }
        _ = clinux_pidfd_send_signal(pidHandle.raw, SIGKILL)
        _ = wait(upTo: Limits.killed)
    }

    /// Readable once the process has ended; for a `Poller`. Stays this object's.
    public var pidDescriptor: Int32 { pidHandle.raw }
    /// Where to write what it reads; blocking. Nil without a pipe, and once closed.
    public var input: Int32? { inputEnd?.raw }
    /// Where to read what it writes; non-blocking.
    public var output: Int32? { outputEnd?.raw }
    public var errors: Int32? { errorsEnd?.raw }

    /// The program sees the end of its input.
    public func closeInput() { inputEnd = nil }

    /// False if it has ended already.
    @discardableResult
    public func send(_ signal: Int32) -> Bool {
        ended == nil && clinux_pidfd_send_signal(pidHandle.raw, signal) == 0
    }

    /// How it ended; nil while it is there. Does not wait.
    public var status: ExitStatus? {
        if ended == nil && clinux_wait_readable(pidHandle.raw, 0) == 1 { reap() }
        return ended
    }

    /// Waits until it has ended; nil if it is still there when the time is up.
    public func wait(upTo limit: Duration) -> ExitStatus? {
        if ended == nil && clinux_wait_readable(pidHandle.raw, limit.nanoseconds) == 1 { reap() }
        return ended
    }

    /// Every thread of it is stopped by a signal.
    public var isStopped: Bool {
        var value: Int32 = 0
        return ended == nil && clinux_wait(pidHandle.raw, 0, &value) == Int32(CLINUX_WAIT_STOPPED)
    }

    /// SIGTERM, then after `graceful` SIGKILL; returns how it ended, nil if the kernel holds it even so.
    @discardableResult
    public func end(graceful: Duration = Limits.graceful) -> ExitStatus? {
        send(SIGTERM)
        send(SIGCONT)
        if let status = wait(upTo: graceful) { return status }
        send(SIGKILL)
        return wait(upTo: Limits.killed)
    }

    private func reap() {
        // Before its number is free for others: what is left in its session.
        Glibc.kill(-pid, SIGKILL)
        var value: Int32 = 0
        let result = Children.end(pid) { clinux_wait(pidHandle.raw, 1, &value) }
        guard let status = try? ExitStatus(wait: result, value: value, command: commandLine) else {
            // `Spawn` saw to SIGCHLD, so some code of ours waits for just any child.
            preconditionFailure("the status of \(commandLine) went to someone else")
        }
        ended = status
    }
}
