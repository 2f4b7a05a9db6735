import CRDKafka
import Platform
import Workers
import Workload

/// Giving up partitions, and at last the place in the group.
extension KafkaSubscriber {
    /// Gives up what was revoked as soon as nothing is in hand of it, and all that can be committed is.
    func stepRevocation(_ consumer: Int, now: Int64, into inbox: inout ConsumerInbox) {
        let member = members[consumer]
        guard member.revocation != nil else { return }
        if !member.hasLost {
            dropRefused(consumer)
            let shares = member.revoked
            guard shares.allSatisfy({ $0.inHand <= 0 }) else { return }
            guard shares.allSatisfy({ $0.committable == nil }) else {
                return commitIfDue(consumer, now: now, into: &inbox)
            }
        }
        member.giveUp { lose($0, of: consumer, into: &inbox) }
    }

    /// What waits to be handed over again of partitions that are to be given up.
    func dropRefused(_ consumer: Int) {
        guard !refused[consumer].isEmpty else { return }
        let shares = members[consumer].revoked
        refused[consumer].removeAll { again in
            guard let share = place(of: again.delivery)?.share, shares.contains(where: { $0 === share }) else {
                return false
            }
            share.abandon()
            forget(again.delivery)
            return true
        }
    }

    func lose(_ share: KafkaShare, of consumer: Int, into inbox: inout ConsumerInbox) {
        let member = members[consumer]
        var lost: [Int64] = []
        share.lose(exceptBefore: member.commit.offset(of: share, among: member.shares)) { delivery in
            deliveries.close(delivery)
            lost.append(delivery)
        }
        refused[consumer].removeAll { again in
            guard place(of: again.delivery)?.share === share else { return false }
            forget(again.delivery)
            return true
        }
        if !lost.isEmpty { inbox.receipts.append(.unconfirmed(lost)) }
    }

    func leave(_ poller: borrowing Poller, now: Int64, into inbox: inout ConsumerInbox) -> Bool {
        let deadline = leaveBy ?? now + SystemLimits.kafkaLeave
        leaveBy = deadline
        for consumer in members.indices where !left[consumer] {
            let isLate = now >= deadline
            left[consumer] = leave(consumer, now: now, isLate: isLate, into: &inbox) || isLate
            guard left[consumer] else { continue }
            if isLate { members[consumer].say("not out of its group in time") }
            forgetDescriptors(of: members[consumer], poller)
        }
        return left.allSatisfy(\.self)
    }

    func leave(_ consumer: Int, now: Int64, isLate: Bool, into inbox: inout ConsumerInbox) -> Bool {
        let member = members[consumer]
        takeNews(consumer, now: now, into: &inbox)
        if !member.isClosing {
            refused[consumer] = []
            commitIfDue(consumer, now: now, into: &inbox)
            if member.commit.isUnderWay || member.hasCommittable, !isLate { return false }
            member.close()
        }
        guard member.serveClose({ lose($0, of: consumer, into: &inbox) }) else { return false }
        // The end of a last commit comes by another thread.
        defer { member.hasClosed = true }
        return member.hasClosed
    }

    func forgetDescriptors(of member: KafkaMember, _ poller: borrowing Poller) {
        for descriptor in [member.descriptor, member.news.descriptor] {
            do throws(KernelFailure) { try poller.remove(descriptor) } catch {
                preconditionFailure("an event descriptor that was polled: \(error)")
            }
        }
    }
}
