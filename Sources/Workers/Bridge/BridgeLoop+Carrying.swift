import History
import Platform
import Workload

/// The steps of a batch: what was handed over, what the cold log said of it, what goes to either log.
extension BridgeLoop {
    mutating func takeInbox() {
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

    mutating func takeCompletions() {
        let t = clock()
        var ended: [(EndedTransaction, String)] = []
        forwarder.takeEnded { ended.append(($0, $1)) }
        for (transaction, name) in ended { history.append(transaction, name: name, t: t) }
        if completions.isEmpty { return }
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
    mutating func dropLost() {
        if cargo.due == 0 { return }
        let now = steady()
        for delivery in cargo.drop(where: { [subscriber] in !subscriber.owns($0, now: now) }) {
            subscriber.refuse(delivery, poller, now: now, into: &inbox)
        }
    }

    /// Lets what is to be sent go.
    mutating func send() throws(WorkerError) {
        let now = steady()
        guard cargo.due > 0, now >= sendAt, !isStopping || now < leavesBy else { return }
        let t = clock()
        while let (handed, slot) = cargo.next(number: nextTry) {
            guard let event = handed.event else { preconditionFailure("what is no event is to be sent") }
            cargo.withValue(slot) { [forwarder] in forwarder.prepare($0, agent: event.agent, slot: slot, now: now) }
            history.attempt(event, number: nextTry, transaction: forwarder.transactionName, t: t)
            nextTry += 1
        }
        try stop.lower(to: orders.bridge.ack == .beforeKafka ? 0 : .max)
        try history.flush()
        forwarder.send(coldPoller, now: now, into: &completions)
    }

    /// Tells the hot log what is done, or is to be counted as done.
    mutating func acknowledge() throws(WorkerError) {
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
}
