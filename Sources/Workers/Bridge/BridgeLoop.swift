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
    private let backOff: Int64 = 100_000_000
    /// How long one that is to end waits for the cold log.
    private let patience: Int64 = 15_000_000_000

    private let orders: BridgeOrders
    private let subscriber: S
    private let forwarder: F
    private let poller: Poller
    /// The forwarder's own descriptors: its tokens are none of the subscriber's.
    private let coldPoller: Poller
    private let signals: SignalDescriptor
    private var cargo = Cargo()
    private var stop: StopPoint
    private var history: ConsumerHistory
    private var commands: LineReader
    private let status: StatusLine
    private let input: Int32
    private let ownRun: UInt64
    private let forwards: [Bool]
    private var epoch: Int64?
    private var inbox = ConsumerInbox()
    private var completions: [Completion] = []
    private var coldEvents: [PollEvent] = []
    private var telling: [Int64] = []
    private var counters = BridgeStatus()
    private var nextStatus: Int64 = .min
    private var nextTry: Int64
    private var sendAt: Int64 = .min
    private var isStopping = false
    private var leavesBy: Int64 = .max

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
            try Sockets.setBlocking(input, false)
            // A file is always readable and cannot be polled: who runs a bridge by hand has no commands for it.
            do throws(KernelFailure) { try poller.add(input, token: Self.inputToken) } catch
                where error.number == EPERM
            {}
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
    private func clock() -> Int64 { epoch.map { MonotonicClock.now() - $0 } ?? 0 }

    private func steady() -> Int64 { MonotonicClock.now() }

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

    private var tellsFirst: Bool { orders.bridge.ack == .beforeKafka }

    /// Events that a crash at this moment would show on, for certain.
    private var holding: Int {
        switch orders.bridge.ack {
        case .afterKafka: cargo.untold
        case .beforeKafka: cargo.untold + cargo.told == 0 ? cargo.due : 0
        }
    }

    private mutating func takeInbox() {
        let t = clock()
        var start = 0
        for handed in inbox.handed {
            history.deliver(handed, t: t)
            let end = start + Int(handed.valueLength)
            let isForwarded = isForwarded(handed)
            let delivery = cargo.take(handed, value: inbox.values[start..<end], isForwarded: isForwarded)
            // Nothing is to be done with it.
            if !isForwarded, tellsFirst { history.append(.processed, of: delivery, to: 0, t: t) }
            start = end
        }
        counters.deliveries += Int64(inbox.handed.count)
        inbox.handed.removeAll(keepingCapacity: true)
        inbox.values.removeAll(keepingCapacity: true)
        for receipt in inbox.receipts {
            switch receipt {
            case .acked(let delivery):
                guard cargo.isKnown(delivery) else { continue }
                history.append(.ack, of: delivery, to: 0, t: t)
                cargo.confirm(delivery)
                counters.confirmed += 1
            case .unconfirmed(let deliveries): for delivery in deliveries { cargo.abandon(delivery) }
            case .committed, .moved: preconditionFailure("a hot log confirms each delivery, and moves none")
            }
        }
        inbox.receipts.removeAll(keepingCapacity: true)
    }

    /// What cannot be read, or is damaged, is nobody's event: it stays where it is.
    private func isForwarded(_ handed: Handed) -> Bool {
        guard let event = handed.event, event.run == ownRun, event.intact else { return false }
        return forwards[Int(event.kind.rawValue)]
    }

    private mutating func takeCompletions() {
        if completions.isEmpty { return }
        let t = clock()
        for completion in completions {
            let delivery = cargo.delivery(ofSlot: completion.slot)
            let handed = cargo.handed(delivery)
            guard let event = handed.event else { preconditionFailure("what is no event was sent") }
            history.outcome(
                completion.outcome, of: event, number: cargo.number(delivery), position: completion.position,
                reason: completion.reason == 0 ? "" : forwarder.reason(completion.reason), t: t)
            let isThrough = completion.outcome == .acked
            cargo.answered(delivery, isThrough: isThrough)
            if isThrough {
                if tellsFirst { history.append(.processed, of: delivery, to: 0, t: t) }
                counters.forwarded += 1
            } else {
                counters.retried += 1
                sendAt = steady() + backOff
            }
        }
        completions.removeAll(keepingCapacity: true)
    }

    /// What was not sent so far and is, or may be, another bridge's by now is left to that one.
    private mutating func dropLost() {
        if cargo.due == 0 { return }
        let now = steady()
        for delivery in cargo.drop(where: { [subscriber] in !subscriber.owns($0, now: now) }) {
            subscriber.refuse(delivery, poller, now: now, into: &inbox)
        }
    }

    /// Lets what is to be sent go.
    private mutating func send() throws(WorkerError) {
        let now = steady()
        guard cargo.due > 0, now >= sendAt, !isStopping || now < leavesBy else { return }
        let t = clock()
        while let (handed, slot) = cargo.next(number: nextTry) {
            guard let event = handed.event else { preconditionFailure("what is no event is to be sent") }
            history.attempt(event, number: nextTry, t: t)
            nextTry += 1
            cargo.withValue(slot) { [forwarder] in forwarder.prepare($0, agent: event.agent, slot: slot, now: now) }
        }
        try stop.lower(to: orders.bridge.ack == .beforeKafka ? 0 : .max)
        try history.flush()
        forwarder.send(coldPoller, now: now, into: &completions)
    }

    /// Tells the hot log what is done, or is to be counted as done.
    private mutating func acknowledge() throws(WorkerError) {
        if cargo.untold == 0 { return }
        telling.removeAll(keepingCapacity: true)
        cargo.tell(into: &telling)
        if !tellsFirst {
            // All of them together, in their order: that takes one record.
            let t = clock()
            for delivery in telling { history.append(.processed, of: delivery, to: 0, t: t) }
        }
        try stop.lower(to: 0)
        try history.flush()
        subscriber.acknowledge(telling, poller, now: steady(), into: &inbox)
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
