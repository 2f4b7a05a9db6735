import Glibc
import Platform
import Workload

/// The keeper of a bridge under audit: starts it, tells it where the logs are, hands on what a fault does to it. Nothing
/// that it says is evidence: what it did is seen in the two logs.
struct GuestBridge: WorkerLoop, ~Copyable {
    private static let commandToken: UInt64 = 0
    private let statusEvery: Int64 = 100_000_000

    private let worker: String
    private let guest: GuestProcess
    private let poller: Poller
    private let input: Int32
    private var commands: LineReader
    private let status: StatusLine
    private var isStopping = false
    private var nextStatus: Int64 = .min

    init(
        _ orders: BridgeOrders, _ settings: GuestSettings, input: Int32, output: Int32
    ) throws(WorkerError) {
        let guest = try GuestProcess(settings, speaks: false)
        let poller = try Self.makePoller(input)
        try guest.listen(poller)
        var greeting: [UInt8] = []
        try BridgeGreeting(orders).write(into: &greeting)
        guest.append { [greeting] in $0.append(contentsOf: greeting) }
        (worker, self.guest, self.input) = (orders.worker, guest, input)
        self.poller = poller
        commands = LineReader(descriptor: input)
        status = StatusLine(output: output)
    }

    private static func makePoller(_ input: Int32) throws(WorkerError) -> Poller {
        do throws(KernelFailure) {
            let poller = try Poller()
            try poller.addCommands(input, token: commandToken)
            return poller
        } catch {
            throw WorkerError(error.description)
        }
    }

    mutating func run() throws(WorkerError) {
        do throws(WorkerError) {
            try attend()
        } catch {
            guest.destroy()
            throw error
        }
        status.write(current(done: true), last: true)
        if guest.endedBy == SIGKILL { GuestProcess.follow(SIGKILL) }
    }

    mutating func tellFailure(_ error: WorkerError) {
        var last = current(done: false)
        last.error = error.description
        status.write(last, last: true)
    }

    private func current(done: Bool?) -> BridgeStatus {
        var status = BridgeStatus()
        // As far as this process can say; whether the hot log knows it the trial asks there.
        (status.ready, status.done) = (guest.exit == nil && (isStopping || guest.backlog == 0), done)
        return status
    }

    private mutating func attend() throws(WorkerError) {
        var events: [PollEvent] = []
        while guest.exit == nil {
            guest.hand(poller)
            if MonotonicClock.now() >= nextStatus {
                nextStatus = MonotonicClock.now() + statusEvery
                status.write(current(done: nil), last: false)
            }
            do throws(KernelFailure) {
                try poller.wait(timeoutNanoseconds: max(0, nextStatus - MonotonicClock.now()), into: &events)
            } catch {
                throw WorkerError(error.description)
            }
            for event in events {
                switch event.token {
                case Self.commandToken: obey()
                case GuestProcess.errorsToken: guest.takeMessages(poller)
                default: break
                }
            }
        }
        try conclude()
    }

    private func conclude() throws(WorkerError) {
        guard let exit = guest.exit, guest.endedBy != SIGKILL else { return }
        while guest.takeMessages(poller) {}
        let words = guest.lastWords.isEmpty ? "" : "; it said: \(guest.lastWords)"
        guard isStopping || guest.endedBy != nil else {
            throw WorkerError("its command ended by itself, and nobody had told it to: \(exit)\(words)")
        }
        if exit != .exited(0) { throw WorkerError("its command was told to finish, and ended: \(exit)\(words)") }
    }

    // MARK: What it is told

    private mutating func obey() {
        takeCommands()
        // Whoever lets this process go on means the guest, too, unless it was told to end it first.
        if guest.isStopped { guest.goOn() }
    }

    private mutating func takeCommands() {
        for line in commands.lines() {
            if let signal = GuestSignal.signal(in: line) {
                strike(signal)
                continue
            }
            switch BridgeCommand(line: line) {
            case .addresses(let addresses)?:
                if !isStopping { guest.append { GuestAddresses.write(addresses, into: &$0) } }
            case .stop?: finish()
            // Where it stands only it knows.
            case .begin?, .halt?: break
            case nil: Diagnostics.write("\(worker): not a command: \(line)")
            }
        }
        guard commands.ended else { return }
        // Not an error: it may be ignored already.
        do throws(KernelFailure) { try poller.remove(input) } catch {}
        finish()
    }

    private mutating func finish() {
        if isStopping { return }
        isStopping = true
        // What it was to hear before that.
        guest.hand(poller)
        guest.closeOrders(poller)
    }

    private mutating func strike(_ signal: Int32) {
        guard signal == SIGSTOP else { return guest.end(by: signal) }
        guest.stop()
        kill(getpid(), SIGSTOP)
        takeCommands()
    }
}
