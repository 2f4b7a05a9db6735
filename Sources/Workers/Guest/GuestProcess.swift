import Access
import Glibc
import Platform
import Workload

/// The process of a client under audit: its pipes, its life, what a fault does to it.
///
/// Its worker stays beside it as its scribe, and shares its fate only once all is written down that it had said: when
/// it is killed or stopped, so is the scribe, in the same way. So a trial sees of the two what it sees of a worker of
/// Holdfast's own.
final class GuestProcess {
    static let outputToken: UInt64 = 1
    static let inputToken: UInt64 = 2
    static let errorsToken: UInt64 = 3
    static let endToken: UInt64 = 4

    /// What is kept of its messages for people.
    private static let messageLimit = 1 << 20
    private static let chunk = 64 << 10
    /// From a signal until it has stopped.
    private static let stops: Int64 = 5_000_000_000

    private let child: Child
    private let speaks: Bool
    /// Orders on their way to it.
    private var orders: [UInt8] = []
    private var sent = 0
    private var waitsForRoom = false
    private var messages = 0
    private var lastMessage: [UInt8] = []
    private(set) var isStopped = false
    /// The signal by which a fault ended it.
    private(set) var endedBy: Int32?

    /// - Parameter speaks: what it writes to its standard output is a protocol's; else that is for people, too.
    init(_ settings: GuestSettings, speaks: Bool = true) throws(WorkerError) {
        self.speaks = speaks
        do throws(ToolError) {
            child = try Child(
                executable: settings.command[0], arguments: Array(settings.command.dropFirst()),
                environment: Self.environment, input: .pipe, output: .pipe,
                errors: speaks ? .pipe : .sameAsOutput)
        } catch {
            throw WorkerError("its command cannot be started: \(error)")
        }
        do throws(KernelFailure) {
            if let input = child.input { try Sockets.setBlocking(input, false) }
        } catch {
            throw WorkerError(error.description)
        }
    }

    /// Beside the few that every program gets: its own software's, and secrets that it is told of by their names.
    private static var environment: [String: String] {
        var environment = ["PYTHONDONTWRITEBYTECODE": "1"]
        for name in GuestSettings.variables + (Access.current?.cluster.variables ?? []) {
            if let value = getenv(name) { environment[name] = String(cString: value) }
        }
        return environment
    }

    var output: Int32 { child.output ?? -1 }

    func listen(_ poller: borrowing Poller) throws(WorkerError) {
        do throws(KernelFailure) {
            if speaks, let output = child.output { try poller.add(output, token: Self.outputToken) }
            if let errors = messagesEnd { try poller.add(errors, token: Self.errorsToken) }
            try poller.add(child.pidDescriptor, token: Self.endToken)
        } catch {
            throw WorkerError(error.description)
        }
    }

    /// How it ended; nil while it is there.
    var exit: ExitStatus? { child.status }

    /// What it said last to people, one line; empty if nothing.
    var lastWords: String {
        let line = lastMessage.split(separator: 0x0A).last ?? []
        let text = String(decoding: line.suffix(300), as: UTF8.self)
        return String(text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : Character($0) })
    }

    private var messagesEnd: Int32? { speaks ? child.errors : child.output }

    // MARK: Orders

    /// Bytes of orders that it has not taken from us.
    var backlog: Int { orders.count - sent }

    func append(_ write: (inout [UInt8]) -> Void) {
        if sent == orders.count {
            orders.removeAll(keepingCapacity: true)
            sent = 0
        }
        write(&orders)
    }

    /// Hands over what it takes without being waited for.
    func hand(_ poller: borrowing Poller) {
        guard let input = child.input else { return }
        while backlog > 0 {
            let count = orders.withUnsafeBytes { Glibc.write(input, $0.baseAddress! + sent, backlog) }
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == EAGAIN { break }
            // One that does not listen any more is found out by what it says, or by its end.
            sent = count < 0 ? orders.count : sent + count
        }
        if waitsForRoom == (backlog > 0) { return }
        waitsForRoom = backlog > 0
        do throws(KernelFailure) {
            if waitsForRoom {
                try poller.add(input, token: Self.inputToken, read: false, write: true)
            } else {
                try poller.remove(input)
            }
        } catch {
            preconditionFailure("a pipe that cannot be polled: \(error)")
        }
    }

    /// It sees the end of its orders. What it has not taken of them it never will.
    func closeOrders(_ poller: borrowing Poller) {
        if waitsForRoom, let input = child.input {
            // Not an error: it may be gone already.
            do throws(KernelFailure) { try poller.remove(input) } catch {}
        }
        waitsForRoom = false
        child.closeInput()
    }

    // MARK: Messages

    /// Hands on what it says to people, up to a limit; false if there was nothing.
    @discardableResult
    func takeMessages(_ poller: borrowing Poller) -> Bool {
        guard let errors = messagesEnd else { return false }
        var chunk = [UInt8](repeating: 0, count: Self.chunk)
        let count = read(errors, &chunk, chunk.count)
        if count < 0 { return false }
        if count == 0 {
            // Not an error: it may be gone already.
            do throws(KernelFailure) { try poller.remove(errors) } catch {}
            return false
        }
        lastMessage = Array((lastMessage + chunk[..<count]).suffix(1024))
        keep(chunk[..<count])
        return true
    }

    private func keep(_ message: ArraySlice<UInt8>) {
        let room = Self.messageLimit - messages
        if room < 0 { return }
        messages += message.count
        let kept = Array(message.prefix(room))
        _ = Glibc.write(2, kept, kept.count)
        if kept.count < message.count { Diagnostics.write("\n… and more, which is not kept") }
    }

    // MARK: Signals

    /// Its whole session.
    func send(_ signal: Int32) {
        guard child.status == nil else { return }
        kill(-child.pid, signal)
    }

    /// Ends it as a fault does.
    func end(by signal: Int32) {
        if child.status == nil, endedBy == nil { endedBy = signal }
        send(signal)
        send(SIGCONT)
    }

    /// Stops it, and returns once it stands still.
    func stop() {
        send(SIGSTOP)
        let deadline = MonotonicClock.now() + Self.stops
        while child.status == nil, !child.isStopped, MonotonicClock.now() < deadline { usleep(200) }
        isStopped = true
    }

    func goOn() {
        isStopped = false
        send(SIGCONT)
    }

    /// Ends it whatever it does.
    func destroy() {
        send(SIGKILL)
        _ = child.wait(upTo: .seconds(5))
    }

    /// Ends this process as the guest was ended; returns if that cannot be.
    static func follow(_ signal: Int32) {
        Glibc.signal(signal, SIG_DFL)
        kill(getpid(), signal)
        // SIGKILL does not come back; others may be blocked.
        var none = sigset_t()
        sigemptyset(&none)
        sigprocmask(SIG_SETMASK, &none, nil)
    }
}
