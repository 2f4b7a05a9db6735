import Glibc
import History
import Platform
import Workload

/// The one loop of a guest's scribe: hands orders over, takes what the guest says, checks each line, writes it down.
///
/// Whatever is wrong with a line ends the guest and makes its trial invalid, with the reason: a history that was guessed
/// is worth nothing.
struct GuestLoop<Part: GuestPart & ~Copyable>: WorkerLoop, ~Copyable {
    private static var commandToken: UInt64 { 0 }
    private let statusEvery: Int64 = 100_000_000
    /// From its end until its output has ended, which others may hold open that it started.
    private let drains: Int64 = 5_000_000_000

    private let worker: String
    private let guest: GuestProcess
    private let silence: Int64
    private let poller: Poller
    private let input: Int32
    private let started = MonotonicClock.now()
    private var part: Part
    private var commands: LineReader
    private let status: StatusLine
    private var reader = SpokenReader()
    private var output: GuestOutput
    private var lines: Int64 = 0
    private var lastTime: Int64 = 0
    /// By CLOCK_MONOTONIC.
    private var lastHeard = MonotonicClock.now()
    private var nextStatus: Int64 = .min

    init(
        _ worker: String, _ settings: GuestSettings, part: consuming Part, input: Int32, output statusOutput: Int32
    ) throws(WorkerError) {
        let guest = try GuestProcess(settings)
        let poller = try Self.makePoller(input)
        try guest.listen(poller)
        (self.worker, self.guest, self.input, silence) = (worker, guest, input, settings.silence)
        self.poller = poller
        output = GuestOutput(guest.output, longestLine: part.longestLine)
        self.part = part
        commands = LineReader(descriptor: input)
        status = StatusLine(output: statusOutput)
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

    /// Nanoseconds from the trial's start; 0 while it has not begun.
    private func clock() -> Int64 { part.epoch.map { MonotonicClock.now() - $0 } ?? 0 }

    mutating func run() throws(WorkerError) {
        do throws(WorkerError) {
            try attend()
        } catch {
            // What it said before that is as it was.
            guest.destroy()
            try part.close()
            throw error
        }
        try part.close()
        status.write(part.status(now: clock(), done: true, error: nil), last: true)
        if let signal = guest.endedBy, signal == SIGKILL || !part.leavesInOrder { GuestProcess.follow(signal) }
    }

    mutating func tellFailure(_ error: WorkerError) {
        status.write(part.status(now: clock(), done: false, error: error.description), last: true)
    }

    private mutating func attend() throws(WorkerError) {
        var events: [PollEvent] = []
        guest.append { part.greeting(into: &$0) }
        while guest.exit == nil {
            let now = clock()
            let backlog = guest.backlog
            guest.append { part.order(now: now, backlog: backlog, into: &$0) }
            guest.hand(poller)
            if MonotonicClock.now() >= nextStatus {
                nextStatus = MonotonicClock.now() + statusEvery
                status.write(part.status(now: now, done: nil, error: nil), last: false)
            }
            try wait(from: now, into: &events)
            for event in events { try take(event) }
            try part.flush()
            try checkPatience()
        }
        try drain(by: MonotonicClock.now() + drains)
        try conclude()
    }

    private mutating func wait(from now: Int64, into events: inout [PollEvent]) throws(WorkerError) {
        let steady = MonotonicClock.now()
        let next = min(part.nextOrder == .max ? .max : max(0, part.nextOrder - now), max(0, nextStatus - steady))
        do throws(KernelFailure) {
            try poller.wait(timeoutNanoseconds: next, into: &events)
        } catch {
            throw WorkerError(error.description)
        }
    }

    private mutating func take(_ event: PollEvent) throws(WorkerError) {
        switch event.token {
        case Self.commandToken: try obey()
        case GuestProcess.outputToken:
            if try !listen(), output.hasEnded { ignore(guest.output) }
        case GuestProcess.errorsToken: guest.takeMessages(poller)
        case GuestProcess.endToken: break
        default: guest.hand(poller)
        }
    }

    private func ignore(_ descriptor: Int32) {
        // Not an error: it may be ignored already.
        do throws(KernelFailure) { try poller.remove(descriptor) } catch {}
    }

    // MARK: What it says

    /// Takes one chunk of it; false if there was nothing.
    private mutating func listen() throws(WorkerError) -> Bool {
        guard try output.take(orders: part.orders) else { return false }
        while let line = try output.next() {
            lines += 1
            do throws(WorkerError) {
                try hear(line)
            } catch {
                throw WorkerError("line \(lines) of its output: \(error)")
            }
        }
        return true
    }

    private mutating func hear(_ line: UnsafeBufferPointer<UInt8>) throws(WorkerError) {
        let record: SpokenRecord
        do throws(SpokenError) { record = try reader.read(line) } catch { throw WorkerError(error.description) }
        if record.t < lastTime {
            throw WorkerError("t: \(record.t) is before \(lastTime), which it said before: its time does not go back")
        }
        let now = clock()
        if record.t > now { throw WorkerError("t: \(record.t) is \(record.t - now) ns ahead of the clock") }
        if let epoch = part.epoch, record.kind != .ready, record.t < started - epoch {
            throw WorkerError("t: \(record.t) is before it was started, at \(started - epoch)")
        }
        lastTime = record.t
        lastHeard = MonotonicClock.now()
        try part.hear(record)
    }

    private mutating func drain(by deadline: Int64) throws(WorkerError) {
        while !output.hasEnded {
            if try listen() { continue }
            let left = deadline - MonotonicClock.now()
            if output.hasEnded || left <= 0 { break }
            do throws(KernelFailure) {
                _ = try Sockets.waitReadable(guest.output, upTo: .nanoseconds(min(left, 100_000_000)))
            } catch {
                throw WorkerError(error.description)
            }
        }
        try part.flush()
    }

    private func checkPatience() throws(WorkerError) {
        let steady = MonotonicClock.now()
        if part.owes, steady - lastHeard > silence {
            throw WorkerError("silence: it has something to do and has said nothing for \(silence / 1_000_000) ms")
        }
        if clock() > part.mustBeGone { throw WorkerError("it was told to end, and is still there") }
    }

    // MARK: What it is told

    private mutating func obey() throws(WorkerError) {
        try takeCommands()
        // Whoever lets this process go on means the guest, too, unless it was told to end it first.
        if guest.isStopped {
            guest.goOn()
            lastHeard = MonotonicClock.now()
        }
    }

    private mutating func takeCommands() throws(WorkerError) {
        for line in commands.lines() {
            if let signal = GuestSignal.signal(in: line) {
                try strike(signal)
            } else {
                let now = clock()
                var isCommand = false
                guest.append { isCommand = part.obey(line, now: now, into: &$0) }
                if !isCommand { Diagnostics.write("\(worker): not a command: \(line)") }
            }
        }
        if commands.ended {
            ignore(input)
            let now = clock()
            guest.append { part.stop(now: now, into: &$0) }
        }
    }

    private mutating func strike(_ signal: Int32) throws(WorkerError) {
        guard signal == SIGSTOP else { return guest.end(by: signal) }
        guest.stop()
        // What it said before it stood still is written down before anybody sees it stand.
        while try listen() {}
        try part.flush()
        kill(getpid(), SIGSTOP)
        try takeCommands()
    }

    private mutating func conclude() throws(WorkerError) {
        guard let exit = guest.exit else { return }
        if let signal = guest.endedBy, signal == SIGKILL || !part.leavesInOrder { return }
        while guest.takeMessages(poller) {}
        guard exit == .exited(0) else {
            let words = guest.lastWords
            throw WorkerError("its command ended: \(exit)" + (words.isEmpty ? "" : "; it said: \(words)"))
        }
        if output.rest > 0 { throw WorkerError("half a line at the end of its output") }
        guard guest.endedBy != nil || part.mustBeGone != .max else {
            throw WorkerError("its command ended by itself, and nobody had told it to")
        }
        part.settle(now: clock())
    }
}

/// The life of a guest's scribe, from its orders to its exit code.
enum GuestRun {
    static func play<Part: GuestPart & ~Copyable>(
        _ worker: String, _ settings: GuestSettings, input: Int32, output: Int32,
        _ part: () throws(WorkerError) -> Part
    ) -> Int32 {
        WorkerRun.play(worker) { () throws(WorkerError) in
            try GuestLoop(worker, settings, part: try part(), input: input, output: output)
        }
    }
}
