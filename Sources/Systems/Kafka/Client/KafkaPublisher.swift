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
    /// An attempt in the engine's table.
    private struct Slot: BitwiseCopyable {
        /// Counts the attempts of this slot: a report that comes after its attempt was given up is another's.
        var generation: UInt32 = 0
        var isTaken = false
        var deadline: Int64 = .max
        /// `KafkaSurroundings.silence` when it was handed over.
        var silence: UInt64?
    }

    /// An attempt that is not handed over yet; its value stands in `values`.
    private struct Waiting {
        var slot: Int32
        var generation: UInt32
        var partition: Int32
        var length: Int
        var deadline: Int64
    }

    private static let wakeToken: UInt64 = 1
    private static let reportLimit = 256
    private static let lookEvery: Int64 = 250_000_000

    private let codec: EventCodec
    private let settings: KafkaProducerSettings
    private let worker: String
    private let reasons = ReasonTable()
    private var reasonNumbers: [Reason: UInt16] = [:]
    private var producer: KafkaProducer
    private var slots: [Slot]
    private var waiting = RingQueue<Waiting>()
    private var values = ByteQueue(capacity: 256 * 1024)
    /// Attempts whose deadlines count.
    private var open = 0
    private var nextLook: Int64 = .max

    private struct Reason: Hashable {
        var error: Int32
        var status: UInt32
    }

    init(_ orders: ProducerOrders) throws(ProducerError) {
        settings = try KafkaProducerSettings(orders)
        worker = orders.worker
        codec = EventCodec(run: orders.run, seed: orders.seed, longest: orders.workload.payload.upperBound)
        slots = [Slot](repeating: Slot(), count: orders.agents.count * orders.inFlight)
        producer = try Self.makeProducer(settings, worker: orders.worker)
    }

    private static func makeProducer(
        _ settings: KafkaProducerSettings, worker: String
    ) throws(ProducerError) -> KafkaProducer {
        do throws(KafkaClientError) {
            return try KafkaProducer(properties: settings.properties, topic: settings.topic) { text in
                Diagnostics.write("\(worker): \(text)")
            }
        } catch {
            throw ProducerError("client.settings: \(error)")
        }
    }

    var form: Position.Form { .offset }
    func reason(_ number: UInt16) -> String { reasons[number] }
    var isConnected: Bool { producer.instance.surroundings.silence == nil }
    var nextDeadline: Int64 { nextLook }

    func open(_ poller: borrowing Poller, now: Int64) {
        do throws(KernelFailure) { try poller.add(producer.descriptor, token: Self.wakeToken) } catch {
            preconditionFailure("an event descriptor that cannot be polled: \(error)")
        }
    }

    // MARK: Sending

    func prepare(_ attempt: Attempt, now: Int64) -> UInt32 {
        let length = EventCodec.length(of: attempt.event)
        let room = values.room(length)
        let crc = codec.encode(attempt.event, intended: attempt.intended, into: room)
        values.commit(length)
        let slot = Int(attempt.slot)
        precondition(!slots[slot].isTaken, "a slot is taken twice")
        slots[slot].isTaken = true
        slots[slot].generation &+= 1
        slots[slot].deadline = now + settings.patience
        let partition = settings.partitions[Int(attempt.event.agent % Int64(settings.partitions.count))]
        waiting.append(
            Waiting(
                slot: attempt.slot, generation: slots[slot].generation, partition: partition, length: length,
                deadline: slots[slot].deadline))
        if open == 0 { nextLook = now + Self.lookEvery }
        open += 1
        return crc
    }

    func send(_ poller: borrowing Poller, now: Int64, into completions: inout [Completion]) {
        while let next = waiting.first {
            let value = UnsafeRawBufferPointer(rebasing: values.bytes[..<next.length])
            slots[Int(next.slot)].silence = producer.instance.surroundings.silence
            let tag = UInt(next.generation) << 32 | UInt(next.slot) + 1
            switch producer.produce(value, partition: next.partition, tag: tag) {
            case .queued: break
            // Room comes with reports, and every turn tries again.
            case .full: return
            case .refused(let error):
                complete(
                    next.slot, KafkaOutcomes.notTaken.outcome,
                    reason: reasons.number("not taken: \(KafkaLibrary.name(error))"), into: &completions)
            }
            values.removeFirst(next.length)
            waiting.removeFirst()
        }
    }

    private func complete(
        _ slot: Int32, _ outcome: Outcome, position: Position? = nil, reason: UInt16 = 0,
        into completions: inout [Completion]
    ) {
        slots[Int(slot)].isTaken = false
        open -= 1
        if open == 0 { nextLook = .max }
        completions.append(Completion(slot: slot, outcome: outcome, position: position, reason: reason))
    }

    // MARK: Reports

    func ready(
        _ event: PollEvent, _ poller: borrowing Poller, now: Int64, into completions: inout [Completion]
    ) {
        guard event.token == Self.wakeToken else { return }
        takeReports(limit: Self.reportLimit, into: &completions)
    }

    private func takeReports(limit: Int, into completions: inout [Completion]) {
        _ = producer.reports(limit: limit) { report in
            let slot = Int32(truncatingIfNeeded: (report.tag & 0xFFFF_FFFF) - 1)
            let state = slots[Int(slot)]
            // One that was given up before its report came.
            guard state.isTaken, state.generation == UInt32(truncatingIfNeeded: report.tag >> 32) else { return }
            if report.error == RD_KAFKA_RESP_ERR_NO_ERROR {
                let position = settings.hasPositions ? report.offset.map { Position(UInt64($0)) } : nil
                return complete(slot, .acked, position: position, into: &completions)
            }
            let silence = state.silence
            let row = KafkaOutcomes.row(
                report.error, report.status,
                KafkaOutcomes.Circumstances(
                    isOnlyTry: settings.isOnlyTry, keptLeader: false,
                    neverConnected: silence != nil && silence == producer.instance.surroundings.silence))
            complete(slot, row.outcome, reason: reason(report), into: &completions)
        }
    }

    /// `NOT_ENOUGH_REPLICAS (not persisted)`
    private func reason(_ report: KafkaProducer.Report) -> UInt16 {
        let key = Reason(error: report.error.rawValue, status: report.status.rawValue)
        if let known = reasonNumbers[key] { return known }
        let status =
            switch report.status {
            case RD_KAFKA_MSG_STATUS_NOT_PERSISTED: "not persisted"
            case RD_KAFKA_MSG_STATUS_POSSIBLY_PERSISTED: "possibly persisted"
            default: "persisted"
            }
        let number = reasons.number("\(KafkaLibrary.name(report.error)) (\(status))")
        reasonNumbers[key] = number
        return number
    }

    // MARK: Deadlines and ends

    func expire(_ poller: borrowing Poller, now: Int64, into completions: inout [Completion]) {
        guard now >= nextLook else { return }
        nextLook = now + Self.lookEvery
        // Those that wait come first: they are known never to have left.
        while let next = waiting.first, next.deadline <= now { drop("not sent: time-out", into: &completions) }
        for slot in slots.indices where slots[slot].isTaken && slots[slot].deadline <= now {
            complete(
                Int32(slot), .unknown, reason: reasons.number("no report in time"), into: &completions)
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
        while !waiting.isEmpty { drop("not sent: the producer ends", into: &completions) }
        if open > 0 {
            producer.purge()
            takeReports(limit: .max, into: &completions)
        }
        for slot in slots.indices where slots[slot].isTaken {
            complete(
                Int32(slot), .unknown, reason: reasons.number("no report: the producer ends"), into: &completions)
        }
        do throws(KernelFailure) { try poller.remove(producer.descriptor) } catch {
            preconditionFailure("an event descriptor that was polled: \(error)")
        }
    }
}
