import Glibc
import History
import Platform
import Workload

/// The one loop of a consumer process: waits, writes down what was handed over, works on it, acknowledges.
///
/// The order within a turn is what the history stands on: a delivery is in the kernel's hands before anybody works on
/// it, the end of the work before it is acknowledged, and a try to move an event before its first byte is sent.
struct ConsumerLoop<S: Subscriber>: WorkerLoop, ~Copyable {
    private static var inputToken: UInt64 { 0 }
    private static var signalToken: UInt64 { .max }
    private static var answerToken: UInt64 { .max - 1 }
    private static var mostRounds: Int { 8 }
    private let statusEvery: Int64 = 100_000_000

    private let orders: ConsumerOrders
    private let subscriber: S
    private let poller: Poller
    private let signals: SignalDescriptor
    var hands: Hands
    /// An executor's; nil for any other consumer.
    let answering: Answering?
    /// From then on what is not answered is left to others.
    var leavesBy: Int64 = .max
    var history: ConsumerHistory
    private var commands: LineReader
    private let status: StatusLine
    private var holding: HoldingFile
    private let input: Int32
    private let ownRun: UInt64
    private var epoch: Int64?
    private var inbox = ConsumerInbox()
    private var counters = ConsumerStatus()
    private var nextStatus: Int64 = .min
    var nextTry: Int64
    /// The number of the try by which each of these deliveries moves to the dead letters.
    private var moves: [Int64: Int64] = [:]
    var isStopping = false

    // What a turn decided, for after its flush.
    private var fresh: [Int64] = []
    var done: [Int64] = []
    private var refused: [Int64] = []
    private var moving: [Int64] = []

    init(
        _ orders: ConsumerOrders, subscriber: S, answers: (any Forwarder)? = nil, signals: consuming SignalDescriptor,
        input: Int32, output: Int32
    ) throws(WorkerError) {
        let answering: Answering? = if let answers { try Answering(answers) } else { nil }
        let history = try ConsumerHistory(orders, form: subscriber.form)
        let holding = try HoldingFile(orders.holdingPath)
        let poller = try Self.makePoller(input, signals.raw, answering?.descriptor)
        (self.orders, self.subscriber, self.input) = (orders, subscriber, input)
        self.signals = signals
        self.poller = poller
        self.history = history
        self.holding = holding
        self.answering = answering
        hands = Hands(orders.group, consumers: orders.consumers.count, streams: orders.client.streams.count)
        commands = LineReader(descriptor: input)
        status = StatusLine(output: output)
        ownRun = EventCodec.runNumber(orders.run)
        (epoch, nextTry) = (orders.epoch, orders.firstTry)
    }

    private static func makePoller(
        _ input: Int32, _ signals: Int32, _ answers: Int32?
    ) throws(WorkerError) -> Poller {
        do throws(KernelFailure) {
            let poller = try Poller()
            try poller.addCommands(input, token: inputToken)
            try poller.add(signals, token: signalToken)
            if let answers { try poller.add(answers, token: answerToken) }
            return poller
        } catch {
            throw WorkerError(error.description)
        }
    }

    /// Nanoseconds from the trial's start; 0 while it has not begun.
    func clock() -> Int64 { epoch.map { MonotonicClock.now() - $0 } ?? 0 }

    /// The subscriber's deadlines count from any moment that does not move.
    func steady() -> Int64 { MonotonicClock.now() }

    /// Reads until told to stop, finishes what is in hand, and leaves the group.
    mutating func run() throws(WorkerError) {
        var events: [PollEvent] = []
        subscriber.open(poller, now: steady())
        answering?.open(now: steady())
        while true {
            let now = steady()
            if now >= nextStatus { tell(now) }
            if isStopping, hands.isEmpty, subscriber.leave(poller, now: now, into: &inbox) { break }
            try wait(from: now, into: &events)
            for event in events { try take(event) }
            answering?.expire(now: steady())
            if subscriber.nextDeadline <= steady() { subscriber.expire(poller, now: steady(), into: &inbox) }
            try turn()
        }
        answering?.close(now: steady())
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
        case Self.answerToken: try answering?.ready(now: steady())
        default: subscriber.ready(event, poller, now: steady(), into: &inbox)
        }
    }

    private mutating func wait(from now: Int64, into events: inout [PollEvent]) throws(WorkerError) {
        // One that leaves is asked again and again whether it has.
        let soon = isStopping && hands.isEmpty ? now + 5_000_000 : .max
        // Work is timed by the trial's clock.
        let ahead = hands.nextEnd == .max ? .max : now + max(0, hands.nextEnd - clock())
        let next = min(subscriber.nextDeadline, answering?.nextDeadline ?? .max, min(nextStatus, ahead, soon))
        do throws(KernelFailure) {
            try poller.wait(timeoutNanoseconds: next <= now || hasMail ? 0 : next - now, into: &events)
        } catch {
            throw WorkerError(error.description)
        }
    }

    /// Writes down what came, does what work is done by now, and tells the broker; again while that brings more, but
    /// for so often that commands and status lines do not wait for long.
    private mutating func turn() throws(WorkerError) {
        var rounds = 0
        repeat {
            rounds += 1
            takeInbox()
            takeAnswered()
            work()
            prepareAnswers()
            try holding.lower(to: hands.holding)
            try history.flush()
            answering?.send(now: steady())
            answer()
            for consumer in orders.consumers.indices {
                let room = isStopping ? 0 : hands.room(of: consumer)
                subscriber.demand(consumer, room, poller, now: steady(), into: &inbox)
            }
        } while hasMail && rounds < Self.mostRounds
        try holding.keep(hands.holding)
    }

    private var hasMail: Bool { !inbox.handed.isEmpty || !inbox.receipts.isEmpty || answering?.hasMail == true }

    private mutating func takeInbox() {
        let t = clock()
        var start = 0
        for handed in inbox.handed {
            history.deliver(handed, t: t)
            let delivery = hands.take(handed)
            fresh.append(delivery)
            let end = start + Int(handed.valueLength)
            if let answering, let event = handed.event, event.run == ownRun, event.intact,
                Answering.isDispatch(event)
            {
                answering.keep(delivery, event, inbox.values[start..<end])
            }
            start = end
        }
        counters.deliveries += Int64(inbox.handed.count)
        inbox.handed.removeAll(keepingCapacity: true)
        inbox.values.removeAll(keepingCapacity: true)
        if inbox.receipts.isEmpty { return }
        var moved: [Int64] = []
        for receipt in inbox.receipts {
            switch receipt {
            case .acked(let delivery): confirm(delivery, t)
            case .committed(let stream, let position):
                history.commit(stream: stream, before: position, t: t)
                hands.confirm(stream: stream, before: position)
                counters.confirmed += 1
            case .unconfirmed(let deliveries): for delivery in deliveries { hands.abandon(delivery) }
            case .moved(let delivery, let outcome, let position, let reason):
                let number = moves.removeValue(forKey: delivery) ?? 0
                guard let event = hands.handed(delivery).event else { continue }
                history.outcome(outcome, of: event, number: number, position: position, reason: reason, t: t)
                if outcome == .acked {
                    finish(delivery, t)
                    moved.append(delivery)
                    counters.moved += 1
                } else {
                    hands.giveBack(delivery)
                    refused.append(delivery)
                }
            }
        }
        inbox.receipts.removeAll(keepingCapacity: true)
        // Where moving did not acknowledge by itself.
        done += moved.filter { hands.isUnconfirmed($0) }
    }

    private mutating func confirm(_ delivery: Int64, _ t: Int64) {
        guard hands.isKnown(delivery) else { return }
        history.append(.ack, of: delivery, to: hands.handed(delivery).consumer, t: t)
        hands.confirm(delivery)
        counters.confirmed += 1
    }

    mutating func finish(_ delivery: Int64, _ t: Int64) {
        history.append(.processed, of: delivery, to: hands.handed(delivery).consumer, t: t)
        hands.finish(delivery)
        counters.processed += 1
    }

    private mutating func work() {
        let t = clock()
        while let delivery = hands.next(t) {
            let handed = hands.handed(delivery)
            if answering?.answer(delivery) == true {
                hands.move(delivery)
                continue
            }
            guard let event = handed.event, event.run == ownRun, event.intact,
                orders.poison.isIn(agent: event.agent, seq: event.seq)
            else {
                finish(delivery, t)
                if orders.group.ack == .afterProcessing { done.append(delivery) }
                continue
            }
            if let limit = orders.group.deadLetterAfter, handed.times >= limit {
                hands.move(delivery)
                moves[delivery] = nextTry
                history.attempt(event, number: nextTry, t: t)
                nextTry += 1
                moving.append(delivery)
            } else {
                hands.giveBack(delivery)
                // Whoever has acknowledged it will not get it again.
                if orders.group.ack == .afterProcessing, !isStopping { refused.append(delivery) }
            }
        }
    }

    /// Tells the broker what the history has already.
    private mutating func answer() {
        let now = steady()
        if orders.group.ack == .beforeProcessing, !fresh.isEmpty {
            subscriber.acknowledge(fresh, poller, now: now, into: &inbox)
        }
        if !done.isEmpty { subscriber.acknowledge(done, poller, now: now, into: &inbox) }
        for delivery in refused { subscriber.refuse(delivery, poller, now: now, into: &inbox) }
        for delivery in moving { subscriber.moveToDeadLetters(delivery, poller, now: now, into: &inbox) }
        fresh.removeAll(keepingCapacity: true)
        done.removeAll(keepingCapacity: true)
        refused.removeAll(keepingCapacity: true)
        moving.removeAll(keepingCapacity: true)
    }

    private mutating func obey() {
        for line in commands.lines() {
            switch ConsumerCommand(line: line) {
            case .begin(let epoch): self.epoch = epoch
            case .addresses(let addresses):
                subscriber.use(addresses: addresses, poller, now: steady(), into: &inbox)
                answering?.use(addresses: addresses, now: steady())
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

    private mutating func stopSoon() {
        if isStopping { return }
        (isStopping, leavesBy) = (true, steady() + Answering.patience)
    }

    private mutating func tell(_ now: Int64) {
        nextStatus = now + statusEvery
        status.write(current(), last: false)
    }

    private func current() -> ConsumerStatus {
        var status = counters
        (status.t, status.holding) = (clock(), hands.holding)
        status.ready = subscriber.isReady && answering?.forwarder.isConnected != false
        (status.rebalances, status.refusals) = (subscriber.rebalances, subscriber.refusals)
        status.cpu = ProcessClock.cpu()
        return status
    }
}
