import CRDKafka
import History
import Platform
import Workers
import Workload

/// Publishes events to the partitions of one topic by librdkafka.
///
/// The library has threads and queues of its own. Here an attempt waits until the loop has written it down; then it is
/// handed over, and its report comes back by the library's queue.
final class KafkaPublisher: Publisher {
    private static let wakeToken: UInt64 = 1
    private static let errandToken: UInt64 = 2
    private static let reportLimit = 256
    private static let lookEvery: Int64 = 250_000_000

    /// Nil for one that is handed values.
    private let codec: EventCodec?
    private let run: UInt64
    let settings: KafkaProducerSettings
    private let worker: String
    private let reasons = ReasonTable()
    private var reasonNumbers: [Reason: UInt16] = [:]
    private let errands: KafkaErrands
    private var errand: KafkaErrands.Errand?
    private(set) var producer: KafkaProducer
    /// Counts the instances: events of an earlier one's descriptor are none of this one's.
    private var instances: UInt64 = 1
    private let watch: KafkaLeaderWatch?
    private var slots: [KafkaSlot]
    private var waiting = RingQueue<KafkaWaiting>()
    private var values = ByteQueue(capacity: 256 * 1024)
    /// Attempts without a completion.
    private var open = 0
    private var nextLook: Int64 = .max
    /// The library knows where the partitions are.
    private var hasMet = false

    private var plan: KafkaTransactionPlan?
    /// Of the attempt that was prepared last.
    private(set) var transaction: Int64 = 0
    private let transactionPrefix: String
    private var ended: [EndedTransaction] = []
    /// Never asked to be committed when their instance was lost: taking the identity over again aborts them.
    private var undecided: [EndedTransaction] = []
    private(set) var fenced: String?
    /// When a dead instance may be replaced.
    private var replaceAt: Int64 = .min

    private struct Reason: Hashable {
        var error: Int32
        var status: UInt32
    }

    convenience init(_ orders: ProducerOrders) throws(WorkerError) {
        try self.init(
            try KafkaProducerSettings(orders), worker: orders.worker, run: orders.run,
            codec: EventCodec(run: orders.run, seed: orders.seed, longest: orders.workload.payload.upperBound),
            slots: orders.agents.count * orders.inFlight, seed: orders.seed,
            transactionPrefix: "\(orders.identity).\(orders.generation)/")
    }

    init(
        _ settings: KafkaProducerSettings, worker: String, run: String, codec: EventCodec?, slots count: Int,
        seed: UInt64, transactionPrefix: String
    ) throws(WorkerError) {
        self.settings = settings
        (self.worker, self.codec, self.run) = (worker, codec, EventCodec.runNumber(run))
        slots = [KafkaSlot](repeating: KafkaSlot(), count: count)
        watch = settings.asksReplicas && settings.isOnlyTry ? KafkaLeaderWatch(settings) : nil
        self.transactionPrefix = transactionPrefix
        if let transactions = settings.transactions {
            plan = KafkaTransactionPlan(
                limit: transactions.events, share: transactions.abort, seed: seed, identity: transactionPrefix)
        }
        do throws(KernelFailure) { errands = try KafkaErrands() } catch { throw WorkerError(error.description) }
        producer = try Self.makeProducer(settings, worker: worker)
    }

    deinit { errands.end() }

    private static func makeProducer(
        _ settings: KafkaProducerSettings, worker: String
    ) throws(WorkerError) -> KafkaProducer {
        do throws(KafkaClientError) {
            return try KafkaProducer(properties: settings.properties, topic: settings.topic) { text in
                Diagnostics.write("\(worker): \(text)")
            }
        } catch {
            throw WorkerError("client.settings: \(error)")
        }
    }

    var form: Position.Form { .offset }
    func reason(_ number: UInt16) -> String { reasons[number] }
    func transactionName(_ number: Int64) -> String { transactionPrefix + String(number) }

    var isConnected: Bool {
        hasMet && plan?.phase != .starting && producer.instance.surroundings.isConnected
    }

    /// Every partition's leader has said itself that it leads; true where nothing hangs on it.
    var knowsLeaders: Bool {
        guard let watch else { return true }
        return settings.partitions.allSatisfy { watch.epoch(of: $0) != nil }
    }

    var nextDeadline: Int64 { min(nextLook, watch?.nextDeadline ?? .max, plan?.deadline ?? .max) }

    private var token: UInt64 { instances << 32 | Self.wakeToken }

    func open(_ poller: borrowing Poller, now: Int64) {
        Diagnostics.write("\(worker): librdkafka \(KafkaLibrary.version)")
        listen(to: producer.descriptor, token: token, poller)
        listen(to: errands.descriptor, token: Self.errandToken, poller)
        begin(.meet(topic: settings.topic, partitions: settings.partitions))
        watch?.expire(poller, now: now) { _, _ in }
    }

    private func listen(to descriptor: Int32, token: UInt64, _ poller: borrowing Poller) {
        do throws(KernelFailure) { try poller.add(descriptor, token: token) } catch {
            preconditionFailure("an event descriptor that cannot be polled: \(error)")
        }
    }

    private func begin(_ errand: KafkaErrands.Errand) {
        self.errand = errand
        errands.begin(errand, producer.instance)
    }

    // MARK: Sending

    func prepare(_ attempt: Attempt, now: Int64) -> UInt32 {
        guard let codec else { preconditionFailure("this one is handed values") }
        let length = EventCodec.length(of: attempt.event)
        let room = values.room(length)
        let crc = codec.encode(attempt.event, intended: attempt.intended, into: room)
        values.commit(length)
        append(attempt.slot, length: length, agent: attempt.event.agent, now: now)
        return crc
    }

    /// The value that was put into `values` last waits to be sent.
    private func append(_ number: Int32, length: Int, agent: Int64, now: Int64) {
        let slot = Int(number)
        let partition = settings.partitions[Int(agent % Int64(settings.partitions.count))]
        let deadline = now + settings.patience
        slots[slot].take(partition: partition, deadline: deadline, epoch: watch?.epoch(of: partition))
        transaction = plan?.assign() ?? 0
        waiting.append(KafkaWaiting(slot: number, length: length, deadline: deadline, transaction: transaction))
        nextLook = min(nextLook, now + Self.lookEvery)
        open += 1
    }

    func send(_ poller: borrowing Poller, now: Int64, into completions: inout [Completion]) {
        // What was begun before the loop took notice.
        while fenced != nil, !waiting.isEmpty { drop("not sent: fenced", into: &completions) }
        while let next = waiting.first, mayHandOver(next, now: now) {
            let value = UnsafeRawBufferPointer(rebasing: values.bytes[..<next.length])
            let slot = Int(next.slot)
            slots[slot].mark = producer.instance.surroundings.mark
            switch producer.produce(value, partition: slots[slot].partition, tag: slots[slot].tag(next.slot)) {
            case .queued:
                slots[slot].isHandedOver = true
                plan?.handedOver()
            case .full:
                // Room comes with reports, and every turn tries again.
                return
            case .refused(let error):
                if Self.isOfTheInstance(error) {
                    // Nothing wrong with the attempt: it goes to the next instance.
                    revive(poller, now: now, into: &completions)
                    return
                }
                complete(
                    next.slot, KafkaOutcomes.notTaken.outcome,
                    reason: reasons.number("not taken: \(KafkaLibrary.name(error))"), into: &completions)
            }
            values.removeFirst(next.length)
            waiting.removeFirst()
        }
        stepTransaction(now: now)
    }

    private func mayHandOver(_ next: KafkaWaiting, now: Int64) -> Bool {
        guard fenced == nil else { return false }
        guard let phase = plan?.phase else { return true }
        switch phase {
        case .open: return next.transaction == plan?.number
        case .idle: return openTransaction(next.transaction, now: now)
        case .starting, .draining, .committing, .aborting: return false
        }
    }

    private static func isOfTheInstance(_ error: rd_kafka_resp_err_t) -> Bool {
        error == RD_KAFKA_RESP_ERR__FATAL || error == RD_KAFKA_RESP_ERR__FENCED
    }

    private func complete(
        _ slot: Int32, _ outcome: Outcome, position: Position? = nil, reason: UInt16 = 0,
        into completions: inout [Completion]
    ) {
        slots[Int(slot)].isTaken = false
        open -= 1
        completions.append(Completion(slot: slot, outcome: outcome, position: position, reason: reason))
    }

    // MARK: Reports

    func ready(
        _ event: PollEvent, _ poller: borrowing Poller, now: Int64, into completions: inout [Completion]
    ) {
        switch event.token {
        case token:
            takeReports(limit: Self.reportLimit, now: now, into: &completions)
            if producer.isDead { revive(poller, now: now, into: &completions) }
        case Self.errandToken:
            if let result = errands.take() { finishErrand(result, poller, now: now, into: &completions) }
        default:
            watch?.ready(event, poller, now: now) { settle($0, keptLeader: $1, into: &completions) }
        }
    }

    private func takeReports(limit: Int, now: Int64, into completions: inout [Completion]) {
        _ = producer.reports(limit: limit) { report in
            plan?.reported()
            let slot = Int32(truncatingIfNeeded: (report.tag & 0xFFFF_FFFF) - 1)
            let state = slots[Int(slot)]
            // One that was given up before its report came.
            guard state.isTaken, state.tag(slot) == report.tag else { return }
            if report.error == RD_KAFKA_RESP_ERR_NO_ERROR {
                let position = settings.hasPositions ? report.offset.map { Position(UInt64($0)) } : nil
                return complete(slot, .acked, position: position, into: &completions)
            }
            slots[Int(slot)].report = (report.error, report.status)
            var circumstances = circumstances(state)
            if KafkaOutcomes.row(report.error, report.status, circumstances).condition == .onlyTrySameLeader {
                if let watch, let epoch = state.epoch {
                    return watch.hold(slot, partition: state.partition, epoch: epoch, now: now)
                }
                circumstances.keptLeader = false
            }
            complete(slot, circumstances, into: &completions)
        }
    }

    /// With the leader as it should be; whether that is so is asked only if it matters.
    private func circumstances(_ state: KafkaSlot) -> KafkaOutcomes.Circumstances {
        KafkaOutcomes.Circumstances(
            isOnlyTry: settings.isOnlyTry, keptLeader: true,
            neverSpoken: producer.instance.surroundings.hasBeenSilent(since: state.mark))
    }

    /// It is clear now whether the leader of one that was held stayed the same.
    private func settle(_ slot: Int32, keptLeader: Bool, into completions: inout [Completion]) {
        guard slots[Int(slot)].isTaken else { return }
        var circumstances = circumstances(slots[Int(slot)])
        circumstances.keptLeader = keptLeader
        complete(slot, circumstances, into: &completions)
    }

    private func complete(
        _ slot: Int32, _ circumstances: KafkaOutcomes.Circumstances, into completions: inout [Completion]
    ) {
        let (error, status) = slots[Int(slot)].report
        let row = KafkaOutcomes.row(error, status, circumstances)
        complete(slot, row.outcome, reason: reason(error, status), into: &completions)
    }

    private func reason(_ error: rd_kafka_resp_err_t, _ status: rd_kafka_msg_status_t) -> UInt16 {
        let key = Reason(error: error.rawValue, status: status.rawValue)
        if let known = reasonNumbers[key] { return known }
        let number = reasons.number(KafkaOutcomes.reason(error, status))
        reasonNumbers[key] = number
        return number
    }

    // MARK: Transactions

    /// What an earlier owner of the identity had committed is in the log, whether it came to know that or not: whoever
    /// takes its place reads it back, as an application would that restores its state.
    func settle(_ past: inout Resumption) throws(WorkerError) {
        guard plan != nil else { return }
        do throws(KafkaErrands.Failure) {
            try KafkaErrands.initialise(producer.instance)
            plan?.hasStarted()
        } catch {
            throw WorkerError("the identity cannot be taken over: \(KafkaLibrary.name(error.code)): \(error.text)")
        }
        do throws(SystemError) {
            try KafkaCommitted(settings, run: run).read { past.settle(agent: $0, seq: $1) }
        } catch {
            throw WorkerError("what was committed cannot be read back: \(error)")
        }
    }

    func takeEnded(_ each: (EndedTransaction) -> Void) {
        if ended.isEmpty { return }
        for transaction in ended { each(transaction) }
        ended.removeAll(keepingCapacity: true)
    }

    private func openTransaction(_ number: Int64, now: Int64) -> Bool {
        guard let error = rd_kafka_begin_transaction(producer.instance.handle) else {
            plan?.open(number, now: now)
            return true
        }
        rd_kafka_error_destroy(error)
        // Its instance is dead: the next look sees to it.
        return false
    }

    private func stepTransaction(now: Int64, ends: Bool = false) {
        guard errand == nil, let next = plan?.step(now: now, nextWaiting: waiting.first?.transaction, ends: ends)
        else { return }
        begin(next)
    }

    /// The transaction that was open is over.
    private func endTransaction(_ state: TransactionState) {
        guard let plan else { return }
        ended.append(EndedTransaction(number: plan.number, state: state, begun: plan.begun))
    }

    /// Whoever has the identity now got it only after what was open under it had been aborted.
    private func decideAborted() {
        ended += undecided.map { EndedTransaction(number: $0.number, state: .aborted, begun: $0.begun) }
        undecided = []
    }

    private func finishErrand(
        _ result: Result<Void, KafkaErrands.Failure>, _ poller: borrowing Poller, now: Int64,
        into completions: inout [Completion]
    ) {
        guard let errand else { preconditionFailure("an errand came back that was not sent") }
        self.errand = nil
        switch (errand, result) {
        case (.meet, .success):
            hasMet = true
            if plan?.phase == .starting { begin(.initialise) }
        case (.initialise, .success):
            decideAborted()
            plan?.hasStarted()
        case (.commit, .success), (.abort, .success):
            if case .commit = errand { endTransaction(.committed) } else { endTransaction(.aborted) }
            plan?.hasEnded()
        case (_, .failure(let failure)):
            failErrand(errand, failure, poller, now: now, into: &completions)
        }
        send(poller, now: now, into: &completions)
    }

    private func failErrand(
        _ errand: KafkaErrands.Errand, _ failure: KafkaErrands.Failure, _ poller: borrowing Poller, now: Int64,
        into completions: inout [Completion]
    ) {
        if failure.isFatal || producer.instance.fatalError != nil {
            return revive(poller, now: now, into: &completions)
        }
        let isLate = now - (plan?.begun ?? now) > settings.transactionPatience
        switch errand {
        case .meet: break
        case .initialise:
            Diagnostics.write("\(worker): no transactions: \(failure.text)")
            replaceAt = now + SystemLimits.kafkaReplaceAfter
            nextLook = min(nextLook, replaceAt)
        case .commit where failure.requiresAbort:
            guard let abort = plan?.abort(now: now) else { return }
            begin(abort)
        case .commit where failure.isRetriable && !isLate, .abort where failure.isRetriable && !isLate:
            begin(errand)
        case .commit, .abort:
            replace("\(KafkaLibrary.name(failure.code)): \(failure.text)", poller, now: now, into: &completions)
        }
    }

    func finish(_ poller: borrowing Poller, now: Int64, into completions: inout [Completion]) -> Bool {
        guard let plan, fenced == nil, !plan.isBetween else { return true }
        stepTransaction(now: now, ends: true)
        return false
    }

    // MARK: Dead instances

    /// An instance with a fatal error: what it had is unknown, and another takes its place; unless another producer has
    /// its identity.
    private func revive(_ poller: borrowing Poller, now: Int64, into completions: inout [Completion]) {
        // A commit that is under way says by itself how it ended.
        guard fenced == nil, errand == nil, let fatal = producer.instance.fatalError else { return }
        let reason = "\(KafkaLibrary.name(fatal.error)): \(fatal.text)"
        guard Self.isFence(fatal.error) else { return replace(reason, poller, now: now, into: &completions) }
        abandon(reason, now: now, into: &completions)
        decideAborted()
        while !waiting.isEmpty { drop("not sent: fenced", into: &completions) }
        fenced = reason
        Diagnostics.write("\(worker): fenced: \(reason)")
    }

    private static func isFence(_ error: rd_kafka_resp_err_t) -> Bool {
        error == RD_KAFKA_RESP_ERR__FENCED || error == RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH
            || error == RD_KAFKA_RESP_ERR_PRODUCER_FENCED
    }

    /// Another instance, as an application would make one.
    private func replace(
        _ reason: String, _ poller: borrowing Poller, now: Int64, into completions: inout [Completion]
    ) {
        guard now >= replaceAt else {
            nextLook = min(nextLook, replaceAt)
            return
        }
        Diagnostics.write("\(worker): a new client instance: \(reason)")
        abandon(reason, now: now, into: &completions)
        replaceAt = now + SystemLimits.kafkaReplaceAfter
        nextLook = min(nextLook, replaceAt)
        do throws(WorkerError) {
            let fresh = try Self.makeProducer(settings, worker: worker)
            do throws(KernelFailure) { try poller.remove(producer.descriptor) } catch {
                preconditionFailure("an event descriptor that was polled: \(error)")
            }
            let old = producer.instance
            producer = fresh
            errands.retire(consume old)
            instances = (instances + 1) & 0x7FFF_FFFF
            listen(to: producer.descriptor, token: token, poller)
            if plan != nil { begin(.initialise) }
        } catch {
            Diagnostics.write("\(worker): \(error.description)")
        }
    }

    /// Gives up what this instance had.
    private func abandon(_ reason: String, now: Int64, into completions: inout [Completion]) {
        takeReports(limit: .max, now: now, into: &completions)
        for slot in watch?.drain() ?? [] { settle(slot, keptLeader: false, into: &completions) }
        for slot in slots.indices where slots[slot].isTaken && slots[slot].isHandedOver {
            complete(Int32(slot), .unknown, reason: reasons.number(reason), into: &completions)
        }
        guard let plan, plan.number > 0, !plan.isBetween else { return }
        let last = EndedTransaction(number: plan.number, state: .unknown, begun: plan.begun)
        if plan.mayBeCommitted { ended.append(last) } else { undecided.append(last) }
        self.plan?.isLost()
    }

    // MARK: Deadlines and ends

    func expire(_ poller: borrowing Poller, now: Int64, into completions: inout [Completion]) {
        watch?.expire(poller, now: now) { settle($0, keptLeader: $1, into: &completions) }
        if let plan, now >= plan.deadline { stepTransaction(now: now) }
        guard now >= nextLook else { return }
        nextLook = open > 0 ? now + Self.lookEvery : .max
        // Those that wait come first: they are known never to have left.
        while let next = waiting.first, next.deadline <= now { drop("not sent: time-out", into: &completions) }
        for slot in slots.indices where slots[slot].isTaken && slots[slot].deadline <= now {
            complete(Int32(slot), .unknown, reason: reasons.number("no report in time"), into: &completions)
        }
        revive(poller, now: now, into: &completions)
        if hasMet, errand == nil, fenced == nil, plan?.phase == .starting {
            if now >= replaceAt { begin(.initialise) } else { nextLook = min(nextLook, replaceAt) }
        }
    }

    /// Gives up the first of those that wait.
    private func drop(_ reason: String, into completions: inout [Completion]) {
        guard let next = waiting.removeFirst() else { return }
        values.removeFirst(next.length)
        complete(next.slot, KafkaOutcomes.notTaken.outcome, reason: reasons.number(reason), into: &completions)
    }

    /// The library asks the brokers themselves where the partitions are; all of them are known to it from the start.
    func use(addresses: [String], _ poller: borrowing Poller, now: Int64, into completions: inout [Completion]) {}

    func close(_ poller: borrowing Poller, now: Int64, into completions: inout [Completion]) {
        errands.end()
        while !waiting.isEmpty { drop("not sent: the producer ends", into: &completions) }
        if open > 0 {
            producer.purge()
            abandon("no report: the producer ends", now: now, into: &completions)
        }
        ended += undecided
        undecided = []
        watch?.close(poller, now: now)
        for descriptor in [producer.descriptor, errands.descriptor] {
            do throws(KernelFailure) { try poller.remove(descriptor) } catch {
                preconditionFailure("an event descriptor that was polled: \(error)")
            }
        }
    }
}

extension KafkaPublisher: Forwarder {
    /// The cold end of a bridge.
    convenience init(_ orders: BridgeOrders) throws(WorkerError) {
        try self.init(
            orders.cold, worker: orders.worker, run: orders.run, slots: orders.bridge.batch, timeout: orders.timeout)
    }

    /// Of one that is handed values.
    /// - Parameters:
    ///   - slots: values that may be in flight together, about.
    ///   - timeout: how long one may stay unanswered, in nanoseconds.
    convenience init(
        _ client: ClientOrders, worker: String, run: String, slots: Int, timeout: Int64
    ) throws(WorkerError) {
        let producer = KafkaProducerSettings.Producer(
            worker: worker, identity: worker, run: run, slots: slots, timeout: timeout)
        try self.init(
            try KafkaProducerSettings(client, producer), worker: worker, run: run, codec: nil, slots: slots, seed: 0,
            transactionPrefix: "\(worker)/")
    }

    func prepare(_ value: UnsafeRawBufferPointer, agent: Int64, slot: Int32, now: Int64) {
        while slots.count <= slot { slots.append(KafkaSlot()) }
        values.room(value.count).copyMemory(from: value)
        values.commit(value.count)
        append(slot, length: value.count, agent: agent, now: now)
    }
}
