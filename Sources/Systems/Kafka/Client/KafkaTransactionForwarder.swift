import History
import Platform
import Workers
import Workload

/// The cold end of a bridge with transactions: each batch of a stream is one, and a value counts as confirmed only once
/// its transaction is committed.
///
/// Each hot stream has a transactional identity of its own, whoever carries it: who takes a stream over takes the identity
/// over with it, before anything else, and the broker then refuses whoever had it before. Where nobody owns streams each
/// bridge has one identity for all of them, which fences its own earlier life and nobody else.
final class KafkaTransactionForwarder: Forwarder {
    /// The client of one identity, while it has it.
    private final class Lane {
        let publisher: KafkaPublisher
        let poller: Poller
        var completions: [Completion] = []
        /// Confirmed, in a transaction that has not ended.
        var held: [Completion] = []
        /// What became of transactions, by their number; of the last few.
        var ends: [Int64: TransactionState] = [:]
        var isTouched = false
        var isListenedTo = false

        init(_ publisher: KafkaPublisher) throws(WorkerError) {
            self.publisher = publisher
            do throws(KernelFailure) { poller = try Poller() } catch { throw WorkerError(error.description) }
        }
    }

    private let orders: BridgeOrders
    /// How many hot streams there are that have identities of their own; 1: nobody owns any.
    private let count: Int
    private var lanes: [Lane?]
    /// Counts the clients that each identity had here: their transactions are told apart by it.
    private var lives: [Int]
    /// By slot: the number of its transaction.
    private var numbers: [Int64] = []
    private var ended: [(transaction: EndedTransaction, name: String)] = []
    private let reasons = ReasonTable()
    /// Of the value that was prepared last.
    private(set) var transactionName: String?

    init(_ orders: BridgeOrders) throws(WorkerError) {
        self.orders = orders
        count = orders.bridge.streams == .owned ? orders.hot.streams.count : 1
        lanes = Array(repeating: nil, count: count)
        lives = Array(repeating: 0, count: count)
        // What is wrong with the orders is said before anything is carried.
        _ = try makePublisher(0)
    }

    private func makePublisher(_ index: Int) throws(WorkerError) -> KafkaPublisher {
        let identity = orders.bridge.streams == .owned ? "stream-\(index)" : orders.name
        let producer = KafkaProducerSettings.Producer(
            worker: orders.worker, identity: identity, run: orders.run, slots: orders.bridge.batch,
            timeout: orders.timeout)
        return try KafkaPublisher(
            try KafkaProducerSettings(orders.cold, producer), worker: orders.worker, run: orders.run, codec: nil,
            slots: orders.bridge.batch, seed: 0, transactionPrefix: "\(orders.worker)/\(identity).\(lives[index])/")
    }

    /// Identities are taken over when they are needed; before that there is nothing to wait for.
    var isConnected: Bool { lanes.allSatisfy { $0?.publisher.isConnected ?? true } }
    var nextDeadline: Int64 { lanes.reduce(.max) { min($0, $1?.publisher.nextDeadline ?? .max) } }
    func reason(_ number: UInt16) -> String { reasons[number] }
    func open(_ poller: borrowing Poller, now: Int64) {}

    // MARK: Sending

    func prepare(_ value: UnsafeRawBufferPointer, agent: Int64, slot: Int32, now: Int64) {
        let index = Int(agent % Int64(count))
        let lane = lane(index, now: now)
        while numbers.count <= Int(slot) { numbers.append(0) }
        lane.publisher.prepare(value, agent: agent, slot: slot, now: now)
        lane.isTouched = true
        numbers[Int(slot)] = lane.publisher.transaction
        transactionName = lane.publisher.transactionName(lane.publisher.transaction)
    }

    private func lane(_ index: Int, now: Int64) -> Lane {
        if let lane = lanes[index] { return lane }
        lives[index] += 1
        do throws(WorkerError) {
            let lane = try Lane(try makePublisher(index))
            lanes[index] = lane
            lane.publisher.open(lane.poller, now: now)
            return lane
        } catch {
            preconditionFailure("a client that could be made before cannot be made: \(error)")
        }
    }

    func send(_ poller: borrowing Poller, now: Int64, into completions: inout [Completion]) {
        for (index, lane) in lanes.enumerated() {
            guard let lane, lane.isTouched else { continue }
            if !lane.isListenedTo { listen(to: lane, index, poller) }
            lane.isTouched = false
            lane.publisher.send(lane.poller, now: now, into: &lane.completions)
        }
        settle(poller, now: now, into: &completions)
    }

    private func listen(to lane: Lane, _ index: Int, _ poller: borrowing Poller) {
        do throws(KernelFailure) { try poller.add(lane.poller.descriptor, token: UInt64(index) + 1) } catch {
            preconditionFailure("a poller that cannot be polled: \(error)")
        }
        lane.isListenedTo = true
    }

    func ready(
        _ event: PollEvent, _ poller: borrowing Poller, now: Int64, into completions: inout [Completion]
    ) {
        guard let lane = lanes[Int(event.token) - 1] else { return }
        var events: [PollEvent] = []
        do throws(KernelFailure) { try lane.poller.wait(timeoutNanoseconds: 0, into: &events) } catch {
            preconditionFailure("a poller that cannot be asked: \(error)")
        }
        for event in events { lane.publisher.ready(event, lane.poller, now: now, into: &lane.completions) }
        settle(poller, now: now, into: &completions)
    }

    func expire(_ poller: borrowing Poller, now: Int64, into completions: inout [Completion]) {
        for case let lane? in lanes where lane.publisher.nextDeadline <= now {
            lane.publisher.expire(lane.poller, now: now, into: &lane.completions)
        }
        settle(poller, now: now, into: &completions)
    }

    /// The library asks the brokers themselves where the partitions are.
    func use(addresses: [String], _ poller: borrowing Poller, now: Int64, into completions: inout [Completion]) {}

    func close(_ poller: borrowing Poller, now: Int64, into completions: inout [Completion]) {
        for index in lanes.indices { drop(index, poller, now: now, into: &completions) }
    }

    /// Nothing more is done under this identity here.
    private func drop(
        _ index: Int, _ poller: borrowing Poller, now: Int64, into completions: inout [Completion]
    ) {
        guard let lane = lanes[index] else { return }
        lane.publisher.close(lane.poller, now: now, into: &lane.completions)
        take(lane, into: &completions)
        for completion in lane.held { release(completion, .unknown, of: lane, into: &completions) }
        if lane.isListenedTo {
            do throws(KernelFailure) { try poller.remove(lane.poller.descriptor) } catch {
                preconditionFailure("a poller that was polled: \(error)")
            }
        }
        lanes[index] = nil
    }

    // MARK: Transactions

    func takeEnded(_ each: (EndedTransaction, _ name: String) -> Void) {
        if ended.isEmpty { return }
        for (transaction, name) in ended { each(transaction, name) }
        ended.removeAll(keepingCapacity: true)
    }

    /// Asks for the end of what is open: a batch waits for nothing else. Then whatever has become clear is told.
    private func settle(_ poller: borrowing Poller, now: Int64, into completions: inout [Completion]) {
        for (index, lane) in lanes.enumerated() {
            guard let lane else { continue }
            _ = lane.publisher.finish(lane.poller, now: now, into: &lane.completions)
            take(lane, into: &completions)
            // Somebody else has the identity; if the stream comes back, it is taken over afresh.
            if lane.publisher.fenced != nil { drop(index, poller, now: now, into: &completions) }
        }
    }

    private func take(_ lane: Lane, into completions: inout [Completion]) {
        lane.publisher.takeEnded { transaction in
            lane.ends[transaction.number] = transaction.state
            lane.ends[transaction.number - 8] = nil
            ended.append((transaction, lane.publisher.transactionName(transaction.number)))
        }
        lane.held += lane.completions
        lane.completions.removeAll(keepingCapacity: true)
        lane.held.removeAll { completion in
            // One that failed by itself waits for nothing; the others share what becomes of the transaction.
            let state = lane.ends[numbers[Int(completion.slot)]]
            guard completion.outcome != .acked || state != nil else { return false }
            release(completion, state ?? .unknown, of: lane, into: &completions)
            return true
        }
    }

    private func release(
        _ completion: Completion, _ state: TransactionState, of lane: Lane, into completions: inout [Completion]
    ) {
        var completion = completion
        if completion.reason != 0 { completion.reason = reasons.number(lane.publisher.reason(completion.reason)) }
        if completion.outcome == .acked, state != .committed {
            completion.outcome = state == .aborted ? .failed : .unknown
            completion.position = nil
            completion.reason = reasons.number("its transaction is \(state)")
        }
        completions.append(completion)
    }
}
