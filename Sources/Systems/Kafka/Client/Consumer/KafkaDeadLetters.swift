import CRDKafka
import History
import Platform
import Workers

/// Moves events to a topic of dead letters: the same bytes, confirmed by every replica in sync, by an idempotent producer
/// that is made when the first is to be moved.
final class KafkaDeadLetters {
    private struct Kept {
        var value: [UInt8]
        var key: [UInt8]?
    }

    private let topic: String
    private let partitions: [Int32]
    private let orders: ConsumerOrders
    private let token: UInt64
    private var producer: KafkaProducer?
    /// What may have to be moved, by delivery.
    private var kept: [Int64: Kept] = [:]
    /// Those under way, and what was known of the connections when they were sent.
    private var moving: [Int64: UInt64] = [:]

    init(_ dead: ConsumerOrders.DeadLetters, _ orders: ConsumerOrders, token: UInt64) throws(WorkerError) {
        (topic, partitions) = try KafkaConsumerSettings.partitions(dead.streams)
        (self.orders, self.token) = (orders, token)
    }

    func keep(_ delivery: Int64, value: UnsafeRawBufferPointer, key: UnsafeRawBufferPointer?) {
        kept[delivery] = Kept(value: Array(value), key: key.map { Array($0) })
    }

    /// It was handed over again, as another delivery.
    func rename(_ delivery: Int64, _ next: Int64) { kept[next] = kept.removeValue(forKey: delivery) }

    func forget(_ delivery: Int64) { if !kept.isEmpty { kept[delivery] = nil } }

    private static let properties = [
        "acks": "all",
        "enable.idempotence": "true",
        "linger.ms": "0",
        "socket.timeout.ms": "6000",
        "message.timeout.ms": "10000",
        "reconnect.backoff.ms": "50",
        "reconnect.backoff.max.ms": "500",
        "socket.nagle.disable": "true",
        "allow.auto.create.topics": "false",
    ]

    private func ready(_ poller: borrowing Poller) throws(KafkaClientError) -> KafkaProducer {
        if let producer { return producer }
        let worker = orders.worker
        var properties = Self.properties
        properties["bootstrap.servers"] = orders.client.addresses.joined(separator: ",")
        properties["client.id"] = "\(worker)-dead-letters"
        let fresh = try KafkaProducer(properties: properties, topic: topic) { Diagnostics.write("\(worker): \($0)") }
        KafkaSubscriber.listen(to: fresh.descriptor, token: token, poller)
        producer = fresh
        return fresh
    }

    /// Sends it; a receipt says what became of it, at once if it is not sent.
    func move(_ delivery: Int64, agent: Int64, _ poller: borrowing Poller, into inbox: inout ConsumerInbox) {
        guard let event = kept[delivery] else {
            inbox.receipts.append(.moved(delivery, .failed, nil, reason: "its bytes were not kept"))
            return
        }
        let sent: KafkaProducer.Handed
        do throws(KafkaClientError) {
            let producer = try ready(poller)
            moving[delivery] = producer.instance.surroundings.mark
            let partition = partitions[Int(agent % Int64(partitions.count))]
            sent = event.value.withUnsafeBytes { value in
                guard let key = event.key else {
                    return producer.produce(value, partition: partition, tag: UInt(delivery) + 1)
                }
                return key.withUnsafeBytes {
                    producer.produce(value, key: $0, partition: partition, tag: UInt(delivery) + 1)
                }
            }
        } catch {
            inbox.receipts.append(.moved(delivery, .failed, nil, reason: error.description))
            return
        }
        guard case .queued = sent else {
            moving[delivery] = nil
            var reason = "the library's queue is full"
            if case .refused(let error) = sent { reason = "not taken: \(KafkaLibrary.name(error))" }
            inbox.receipts.append(.moved(delivery, KafkaOutcomes.notTaken.outcome, nil, reason: reason))
            return
        }
    }

    /// Takes what the brokers said.
    func ready(_ poller: borrowing Poller, _ errands: KafkaErrands, into inbox: inout ConsumerInbox) {
        guard let producer else { return }
        _ = producer.reports(limit: .max) { report in
            let delivery = Int64(report.tag) - 1
            guard let mark = moving.removeValue(forKey: delivery) else { return }
            guard report.error != RD_KAFKA_RESP_ERR_NO_ERROR else {
                let position = report.offset.map { Position(UInt64($0)) }
                return inbox.receipts.append(.moved(delivery, .acked, position, reason: ""))
            }
            let circumstances = KafkaOutcomes.Circumstances(
                isOnlyTry: false, keptLeader: false,
                neverSpoken: producer.instance.surroundings.hasBeenSilent(since: mark))
            let row = KafkaOutcomes.row(report.error, report.status, circumstances)
            inbox.receipts.append(
                .moved(delivery, row.outcome, nil, reason: KafkaOutcomes.reason(report.error, report.status)))
        }
        if producer.isDead { replace(producer, poller, errands, into: &inbox) }
    }

    /// Another takes its place with the next move; what this one had is unknown.
    private func replace(
        _ dead: KafkaProducer, _ poller: borrowing Poller, _ errands: KafkaErrands, into inbox: inout ConsumerInbox
    ) {
        for delivery in moving.keys.sorted() {
            inbox.receipts.append(.moved(delivery, .unknown, nil, reason: "the producer died before it knew"))
        }
        moving = [:]
        do throws(KernelFailure) { try poller.remove(dead.descriptor) } catch {
            preconditionFailure("an event descriptor that was polled: \(error)")
        }
        errands.retire(dead.instance)
        producer = nil
    }
}
