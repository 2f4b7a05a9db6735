import Glibc
import History
import Platform
import Workload

/// The one loop of a bridge process: reads from the hot log, writes to the cold one, tells the hot one what is done.
///
/// It reads nothing new while it has anything in hand, so a cold log that is slow or gone holds up nobody but the
/// bridge. The order within a turn is what the history stands on: a delivery and a try are in the kernel's hands before
/// a byte of it leaves, and what the cold log confirmed before the hot one is told.
struct BridgeLoop<S: Subscriber, F: Forwarder>: WorkerLoop, ~Copyable {
    private static var inputToken: UInt64 { 0 }
    private static var signalToken: UInt64 { .max }
    private static var coldToken: UInt64 { .max - 1 }
    private static var mostRounds: Int { 8 }
    private let statusEvery: Int64 = 100_000_000
    /// How long the cold log is left alone after it did not confirm something.
    let backOff: Int64 = 100_000_000
    /// How long one that is to end waits for the cold log.
    private let patience: Int64 = 15_000_000_000

    let orders: BridgeOrders
    let subscriber: S
    let forwarder: F
    let poller: Poller
    /// The forwarder's own descriptors: its tokens are none of the subscriber's.
    let coldPoller: Poller
    private let signals: SignalDescriptor
    var cargo = Cargo()
    var stop: StopPoint
    var history: ConsumerHistory
    private var commands: LineReader
    private let status: StatusLine
    private let input: Int32
    let ownRun: UInt64
    let forwards: [Bool]
    private var epoch: Int64?
    var inbox = ConsumerInbox()
    var completions: [Completion] = []
    private var coldEvents: [PollEvent] = []
    var telling: [Int64] = []
    var counters = BridgeStatus()
    private var nextStatus: Int64 = .min
    var nextTry: Int64
    var sendAt: Int64 = .min
    var isStopping = false
    var leavesBy: Int64 = .max

    init(
        _ orders: BridgeOrders, subscriber: S, forwarder: F, signals: consuming SignalDescriptor, input: Int32,
        output: Int32
    ) throws(WorkerError) {
        let cold = ConsumerHistory.Further(
            streams: orders.cold.streams, form: .offset, log: orders.coldLog, isForPoison: false)
        let history = try ConsumerHistory(orders.reading, form: subscriber.form, further: cold)
        let stop = try StopPoint(orders.holdingPath)
        let poller = try Self.makePoller()
        let coldPoller = try Self.makePoller()
        do throws(KernelFailure) {
            try poller.addCommands(input, token: Self.inputToken)
            try poller.add(signals.raw, token: Self.signalToken)
            try poller.add(coldPoller.descriptor, token: Self.coldToken)
        } catch {
            throw WorkerError(error.description)
        }
        (self.orders, self.subscriber, self.forwarder, self.input) = (orders, subscriber, forwarder, input)
        self.signals = signals
        self.poller = poller
        self.coldPoller = coldPoller
        self.history = history
        self.stop = stop
        commands = LineReader(descriptor: input)
        status = StatusLine(output: output)
        ownRun = EventCodec.runNumber(orders.run)
        forwards = (0...255).map { raw in orders.bridge.kinds.contains { Int($0.rawValue) == raw } }
        (epoch, nextTry) = (orders.epoch, orders.firstTry)
    }

    private static func makePoller() throws(WorkerError) -> Poller {
        do throws(KernelFailure) { return try Poller() } catch { throw WorkerError(error.description) }
    }

    /// Nanoseconds from the trial's start; 0 while it has not begun.
    func clock() -> Int64 { epoch.map { MonotonicClock.now() - $0 } ?? 0 }

    func steady() -> Int64 { MonotonicClock.now() }

    /// Carries until told to stop, finishes what is in hand, and leaves the group.
    mutating func run() throws(WorkerError) {
        var events: [PollEvent] = []
        subscriber.open(poller, now: steady())
        forwarder.open(coldPoller, now: steady())
        while true {
            let now = steady()
            if now >= nextStatus { tell(now) }
            if isStopping, cargo.isEmpty || now >= leavesBy, subscriber.leave(poller, now: now, into: &inbox) { break }
            try wait(from: now, into: &events)
            for event in events { try take(event) }
            if subscriber.nextDeadline <= steady() { subscriber.expire(poller, now: steady(), into: &inbox) }
            if forwarder.nextDeadline <= steady() {
                forwarder.expire(coldPoller, now: steady(), into: &completions)
            }
            try turn()
        }
        forwarder.close(coldPoller, now: steady(), into: &completions)
        takeCompletions()
        repeat { try turn() } while hasMail
        try history.close()
        var last = current()
        last.done = true
        status.write(last, last: true)
    }

    /// The last line of one that gives up.
    mutating func tellFailure(_ error: WorkerError) {
        var last = current()
        (last.done, last.error) = (false, error.description)
        status.write(last, last: true)
    }

    private mutating func take(_ event: PollEvent) throws(WorkerError) {
        switch event.token {
        case Self.inputToken: obey()
        case Self.signalToken: if signals.next() != nil { stopSoon() }
        case Self.coldToken:
            do throws(KernelFailure) {
                try coldPoller.wait(timeoutNanoseconds: 0, into: &coldEvents)
            } catch {
                throw WorkerError(error.description)
            }
            for event in coldEvents { forwarder.ready(event, coldPoller, now: steady(), into: &completions) }
        default: subscriber.ready(event, poller, now: steady(), into: &inbox)
        }
    }

    private mutating func wait(from now: Int64, into events: inout [PollEvent]) throws(WorkerError) {
        // One that leaves is asked again and again whether it has.
        let soon = isStopping ? now + 5_000_000 : .max
        let again = cargo.due > 0 && sendAt > now ? sendAt : .max
        let stand = stop.until > now ? stop.until : .max
        let next = min(subscriber.nextDeadline, forwarder.nextDeadline, min(nextStatus, again, soon, stand))
        do throws(KernelFailure) {
            try poller.wait(timeoutNanoseconds: next <= now || hasMail ? 0 : next - now, into: &events)
        } catch {
            throw WorkerError(error.description)
        }
    }

    private var hasMail: Bool { !inbox.handed.isEmpty || !inbox.receipts.isEmpty || !completions.isEmpty }

    /// Writes down what came, and takes each step that is due; again while that brings more, but for so often that
    /// commands and status lines do not wait for long.
    private mutating func turn() throws(WorkerError) {
        var rounds = 0
        repeat {
            rounds += 1
            takeInbox()
            takeCompletions()
            dropLost()
            switch orders.bridge.ack {
            case .afterKafka:
                if try stop.passes(.read, holding: cargo.due, now: steady()) { try send() }
                if cargo.due + cargo.sent == 0,
                    try stop.passes(.produced, holding: cargo.untold, now: steady())
                {
                    try acknowledge()
                }
            case .beforeKafka:
                if try stop.passes(.read, holding: cargo.untold, now: steady()) { try acknowledge() }
                if cargo.untold + cargo.told == 0, try stop.passes(.acked, holding: cargo.due, now: steady()) {
                    try send()
                }
            }
            let room = isStopping || !cargo.isEmpty ? 0 : orders.bridge.batch
            subscriber.demand(0, room, poller, now: steady(), into: &inbox)
        } while hasMail && rounds < Self.mostRounds
        try history.flush()
        try stop.keep(holding: holding)
    }

    var tellsFirst: Bool { orders.bridge.ack == .beforeKafka }

    /// Events that a crash at this moment would show on, for certain.
    private var holding: Int {
        switch orders.bridge.ack {
        case .afterKafka: cargo.untold
        case .beforeKafka: cargo.untold + cargo.told == 0 ? cargo.due : 0
        }
    }

    private mutating func stopSoon() {
        if isStopping { return }
        (isStopping, leavesBy) = (true, steady() + patience)
    }

    private mutating func obey() {
        for line in commands.lines() {
            switch BridgeCommand(line: line) {
            case .begin(let epoch): self.epoch = epoch
            case .addresses(let addresses):
                subscriber.use(addresses: addresses, poller, now: steady(), into: &inbox)
            case .halt(let stage): stop.order(stage, now: steady())
            case .stop: stopSoon()
            case nil: Diagnostics.write("\(orders.worker): not a command: \(line)")
            }
        }
        if commands.ended {
            // Not an error: the descriptor may be a file, or closed already.
            do throws(KernelFailure) { try poller.remove(input) } catch {}
            stopSoon()
        }
    }

    private mutating func tell(_ now: Int64) {
        nextStatus = now + statusEvery
        status.write(current(), last: false)
    }

    private func current() -> BridgeStatus {
        var status = counters
        (status.t, status.holding) = (clock(), holding)
        status.ready = subscriber.isReady && forwarder.isConnected
        (status.rebalances, status.refusals) = (subscriber.rebalances, subscriber.refusals)
        status.cpu = ProcessClock.cpu()
        return status
    }
}
