import Glibc
import History
import Platform
import Workload

/// The one loop of a producer process: waits, takes answers, begins what is due, writes the history, sends.
///
/// The order within a turn is what the history stands on: an attempt is in the kernel's hands before its first byte is
/// sent, and an outcome before the next turn. What one turn receives and begins shares one `write(2)`.
public struct ProducerLoop<P: Publisher>: WorkerLoop, ~Copyable {
    private static var inputToken: UInt64 { 0 }
    /// Attempts that one turn begins at most, so that answers are taken while there is much to do.
    private let turnLimit = 256
    /// Answers after which a turn goes on to what they made room for.
    private let answerLimit = 64
    private let statusEvery: Int64 = 100_000_000
    private let reportEvery: Int64 = 2_000_000_000

    private let orders: ProducerOrders
    private let publisher: P
    private let poller: Poller
    private var engine: ProducerEngine
    private var history: ProducerHistory
    private var commands: LineReader
    private let status: StatusLine
    private let input: Int32
    private var errors = TimeHistogram()
    private var behind: Int64 = 0
    /// When faults held this process up.
    private var excused: [(from: Int64, until: Int64)] = []
    /// One record of it a second says enough.
    private var nextGap: Int64 = .min
    private var completions: [Completion] = []
    /// From when on the events of this turn could have been begun.
    private var references: [Int64] = []
    private var nextStatus: Int64 = .min
    private var nextReport: Int64 = .min

    public init(_ orders: ProducerOrders, publisher: P, input: Int32, output: Int32) throws(WorkerError) {
        var past = Resumption()
        if !orders.resumes.isEmpty {
            past = try Resumption(shards: orders.resumes)
            try publisher.settle(&past)
        }
        let poller = try Self.makePoller(input)
        let history = try ProducerHistory(orders, form: publisher.form)
        self.orders = orders
        self.publisher = publisher
        self.poller = poller
        self.history = history
        engine = ProducerEngine(orders, resuming: past)
        commands = LineReader(descriptor: input)
        status = StatusLine(output: output)
        self.input = input
        references.reserveCapacity(turnLimit)
        completions.reserveCapacity(4 * turnLimit)
    }

    private static func makePoller(_ input: Int32) throws(WorkerError) -> Poller {
        do throws(KernelFailure) {
            let poller = try Poller()
            try poller.addCommands(input, token: inputToken)
            return poller
        } catch {
            throw WorkerError(error.description)
        }
    }

    private func clock() -> Int64 { MonotonicClock.now() - orders.epoch }

    /// Plays until told to stop and everything is answered.
    public mutating func run() throws(WorkerError) {
        var events: [PollEvent] = []
        publisher.open(poller, now: clock())
        while true {
            let before = clock()
            if engine.isOver(before), publisher.finish(poller, now: before, into: &completions) { break }
            if before >= nextStatus { try tell(before) }
            try wait(from: before, into: &events)
            let now = clock()
            for event in events {
                if event.token == Self.inputToken {
                    obey(now)
                } else {
                    publisher.ready(event, poller, now: now, into: &completions)
                }
                // The broker has something to do again while the other answers are taken.
                if completions.count >= answerLimit { try turn() }
            }
            if publisher.nextDeadline <= now { publisher.expire(poller, now: now, into: &completions) }
            // Whoever has its place goes on with its agents.
            if publisher.fenced != nil { engine.stop(at: min(now, engine.end)) }
            try turn()
        }
        publisher.close(poller, now: clock(), into: &completions)
        takeAnswers()
        try history.close()
        try report()
        status.write(currentStatus(clock(), done: true), last: true)
    }

    /// The last line of one that gives up.
    public mutating func tellFailure(_ error: WorkerError) {
        var last = currentStatus(clock(), done: false)
        last.error = error.description
        status.write(last, last: true)
    }

    private mutating func wait(from now: Int64, into events: inout [PollEvent]) throws(WorkerError) {
        var next = min(engine.nextDue, publisher.nextDeadline, nextStatus)
        if !engine.hasEnded(now) { next = min(next, engine.end) }
        do throws(KernelFailure) {
            try poller.wait(timeoutNanoseconds: next <= now ? 0 : next - now, into: &events)
        } catch {
            throw WorkerError(error.description)
        }
    }

    /// Takes the answers that have come, begins what is due, and sends it.
    private mutating func turn() throws(WorkerError) {
        takeAnswers()
        try beginWhatIsDue()
    }

    private mutating func takeAnswers() {
        let now = clock()
        publisher.takeEnded { history.append($0, name: publisher.transactionName($0.number), now: now) }
        if completions.isEmpty { return }
        for completion in completions {
            let attempt = engine.attempt(completion.slot)
            if completion.reason != 0 && !history.knows(completion.reason) {
                history.define(completion.reason, publisher.reason(completion.reason))
            }
            history.append(completion, of: attempt, now: now)
            engine.complete(completion.slot, completion.outcome, again: completion.again, now: now)
        }
        completions.removeAll(keepingCapacity: true)
    }

    private mutating func beginWhatIsDue() throws(WorkerError) {
        let now = clock()
        references.removeAll(keepingCapacity: true)
        var begun = 0
        while begun < turnLimit, let attempt = engine.begin(now) {
            begun += 1
            let crc = publisher.prepare(attempt, now: now)
            history.enter(publisher.transaction, name: publisher.transactionName(publisher.transaction))
            history.append(attempt, crc: crc, now: now)
            if attempt.number == orders.firstTry { references.append(attempt.free) }
        }
        try history.flush()
        publisher.send(poller, now: now, into: &completions)
        if begun > 0 { measure() }
        if !completions.isEmpty {
            takeAnswers()
            try history.flush()
        }
    }

    private mutating func measure() {
        let now = clock()
        // Who stopped this process says so before it lets it go on: no gap is written before that was read.
        if let earliest = references.min(), now - earliest > ScheduleReport.limit / 10 { obey(now) }
        for free in references {
            let error = now - free - excused.reduce(0) { $0 + max(0, min($1.until, now) - max($1.from, free)) }
            errors.record(error)
            if error > ScheduleReport.limit {
                behind += 1
                if now >= nextGap {
                    nextGap = now + ScheduleReport.limit
                    history.appendGap("behind schedule: an event left \(error / 1_000_000) ms after it could", now: now)
                }
            }
        }
    }

    private mutating func obey(_ now: Int64) {
        for line in commands.lines() {
            switch ProducerCommand(line: line) {
            case .until(let time): engine.stop(at: time)
            case .stop: engine.stop(at: now)
            case .excused(let from, let until): excused.append((from, until))
            case .addresses(let addresses):
                publisher.use(addresses: addresses, poller, now: now, into: &completions)
            case nil: Diagnostics.write("\(orders.worker): not a command: \(line)")
            }
        }
        if commands.ended {
            // Not an error: the descriptor may be a file, or closed already.
            do throws(KernelFailure) { try poller.remove(input) } catch {}
            engine.stop(at: min(now, engine.end))
        }
    }

    private mutating func tell(_ now: Int64) throws(WorkerError) {
        nextStatus = now + statusEvery
        status.write(currentStatus(now, done: nil), last: false)
        if now >= nextReport {
            nextReport = now + reportEvery
            try report()
        }
    }

    private func report() throws(WorkerError) {
        do {
            try ScheduleReport(worker: orders.worker, errors: errors, behind: behind).write(to: orders.schedulePath)
        } catch {
            throw WorkerError("the schedule error could not be kept: \(error)")
        }
    }

    private func currentStatus(_ now: Int64, done: Bool?) -> ProducerStatus {
        var status = ProducerStatus()
        let counters = engine.counters
        (status.t, status.connected, status.done) = (now, publisher.isConnected, done)
        (status.attempted, status.attempts) = (counters.events, counters.attempts)
        (status.acked, status.failed, status.unknown) = (counters.acked, counters.failed, counters.unknown)
        status.inFlight = engine.inFlight
        (status.waiting, status.lateness) = engine.backlog(now)
        status.scheduleError99 = errors.percentile(0.99)
        status.fenced = publisher.fenced
        status.cpu = ProcessClock.cpu()
        return status
    }
}
