import CLinux
import Glibc

/// One program on its way to its end: its process, its two streams, and what they said so far.
struct ToolRun: ~Copyable {
    private let process: Spawn.Started
    private let command: String
    private let outputLimit: Int
    /// What it started and left behind goes on. A daemon that has no session of its own yet would be ended otherwise.
    private let leavesOthers: Bool
    private var output: Stream
    private var errors: Stream
    private var truncated = false
    private var reaped = false

    private struct Stream: ~Copyable {
        let descriptor: Descriptor
        var bytes: [UInt8] = []
        var open = true
    }

    init(
        _ program: String, _ arguments: [String], environment: [String: String], input: String?, command: String,
        outputLimit: Int, leavesOthers: Bool
    ) throws(ToolError) {
        let outputPipe = try Spawn.pipe(command: command)
        let output = Stream(descriptor: Descriptor(outputPipe.read))
        let outputEnd = Descriptor(outputPipe.write)
        let errorsPipe = try Spawn.pipe(command: command)
        let errors = Stream(descriptor: Descriptor(errorsPipe.read))
        let errorsEnd = Descriptor(errorsPipe.write)
        var ends = Spawn.Ends(output: outputEnd.raw, errors: errorsEnd.raw)
        // A file in memory and not a pipe: nothing blocks, and no SIGPIPE if the program does not read it.
        var inputFile: Int32 = -1
        if let input {
            inputFile = Array(input.utf8).withUnsafeBytes { clinux_memory_file($0.baseAddress, UInt64($0.count)) }
            guard inputFile >= 0 else { throw ToolError.kernel(-inputFile, doing: "no input file", command: command) }
            ends.input = inputFile
        }
        defer { if inputFile >= 0 { close(inputFile) } }
        process = try Spawn.start(
            program, arguments, environment: environment, ends: ends, diesWithParent: true, command: command)
        (self.command, self.outputLimit, self.leavesOthers) = (command, outputLimit, leavesOthers)
        self.output = output
        self.errors = errors
        _ = clinux_set_blocking(self.output.descriptor.raw, 0)
        _ = clinux_set_blocking(self.errors.descriptor.raw, 0)
    }

    deinit {
        if !reaped {
            kill(-process.pid, SIGKILL)
            var value: Int32 = 0
            _ = clinux_wait_readable(process.pidDescriptor.raw, Limits.killed.nanoseconds)
            Children.end(process.pid) { clinux_wait(process.pidDescriptor.raw, 1, &value) }
        }
    }

    /// Collects both streams until the program has ended; ends it at the deadline, or when it says too much.
    mutating func finish(by end: Int64) throws(ToolError) -> ToolResult {
        var late = false
        var next = end
        while true {
            let count = try pollOnce(until: next)
            if count > 0 { readBoth() }
            if truncated { kill(-process.pid, SIGKILL) }
            if hasEnded { break }
            guard MonotonicClock.now() >= next else { continue }
            if late && MonotonicClock.now() >= end.saturatingAdd(Limits.killed.nanoseconds) {
                throw deadlineError("and it is still there after SIGKILL; it waits inside the kernel")
            }
            kill(-process.pid, late ? SIGKILL : SIGTERM)
            // One that is stopped takes SIGTERM only when it goes on.
            if !late { kill(-process.pid, SIGCONT) }
            next = MonotonicClock.now() + Limits.graceful.nanoseconds
            late = true
        }
        let status = try reap()
        readBoth()
        if late { throw deadlineError("it was ended") }
        return ToolResult(
            status: status, output: String(decoding: output.bytes, as: UTF8.self),
            errors: String(decoding: errors.bytes, as: UTF8.self), truncated: truncated)
    }

    private var hasEnded: Bool { clinux_wait_readable(process.pidDescriptor.raw, 0) != 0 }

    private func pollOnce(until moment: Int64) throws(ToolError) -> Int32 {
        var watched = [pollfd(fd: process.pidDescriptor.raw, events: Int16(POLLIN), revents: 0)]
        if output.open { watched.append(pollfd(fd: output.descriptor.raw, events: Int16(POLLIN), revents: 0)) }
        if errors.open { watched.append(pollfd(fd: errors.descriptor.raw, events: Int16(POLLIN), revents: 0)) }
        let left = max(0, moment - MonotonicClock.now())
        let milliseconds = Int32(clamping: min(left, 1_000_000_000_000) / 1_000_000 + (left % 1_000_000 > 0 ? 1 : 0))
        let count = poll(&watched, nfds_t(watched.count), milliseconds)
        if count < 0 && errno != EINTR { throw ToolError.kernel(errno, doing: "waiting", command: command) }
        return count
    }

    private mutating func readBoth() {
        var left = outputLimit - output.bytes.count - errors.bytes.count
        truncated = Self.read(&output, &left) || truncated
        truncated = Self.read(&errors, &left) || truncated
    }

    /// Takes what is there; true if it was more than `left`.
    private static func read(_ stream: inout Stream, _ left: inout Int) -> Bool {
        while stream.open {
            let (count, number, over) = withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 16) { buffer in
                let count = Glibc.read(stream.descriptor.raw, buffer.baseAddress, buffer.count)
                let number = errno
                let kept = max(0, min(count, left))
                stream.bytes.append(contentsOf: buffer[..<kept])
                return (count, number, count > kept)
            }
            if count == 0 || (count < 0 && number != EAGAIN && number != EINTR) { stream.open = false }
            if count < 0 && number == EAGAIN { return false }
            if over { return true }
            left -= max(0, count)
        }
        return false
    }

    /// Ends what the program left in its session, unless that is to go on, then takes its status: until then its number is
    /// not used again.
    private mutating func reap() throws(ToolError) -> ExitStatus {
        if !leavesOthers { kill(-process.pid, SIGKILL) }
        var value: Int32 = 0
        let result = Children.end(process.pid) { clinux_wait(process.pidDescriptor.raw, 1, &value) }
        reaped = true
        return try ExitStatus(wait: result, value: value, command: command)
    }

    private func deadlineError(_ what: String) -> ToolError {
        let tail = String(decoding: errors.bytes.suffix(Limits.errorTail), as: UTF8.self)
        return ToolError(.deadline, command: command, errors: tail, message: "it did not end in time; \(what)")
    }
}

extension ExitStatus {
    /// What `clinux_wait` says of a process that has ended.
    init(wait result: Int32, value: Int32, command: String) throws(ToolError) {
        switch result {
        case Int32(CLINUX_WAIT_EXITED): self = .exited(value)
        case Int32(CLINUX_WAIT_SIGNALED): self = .signaled(value)
        default:
            throw ToolError(
                .statusLost, command: command,
                message: "it has ended, and its status went to someone else; "
                    + "SIGCHLD must not be ignored, nor may anyone wait for just any child")
        }
    }
}
