import CRDKafka
import History
import Workers
import Workload

/// Committing what is done, and what became of it.
extension KafkaSubscriber {
    /// What waits for a commit is not kept waiting.
    func commitIfDue(_ consumer: Int, now: Int64, into inbox: inout ConsumerInbox) {
        let member = members[consumer]
        let isUrgent = orders.group.ack == .beforeProcessing || member.revocation != nil || leaveBy != nil
        if member.isPassing, member.revocation == nil, leaveBy == nil { return }
        if now >= member.commit.after || (isUrgent && !member.commit.isRefused) { member.beginCommit(now: now) }
    }

    /// A commit that the library began.
    func noteOwnCommit(_ parts: [KafkaNews.Part], of member: KafkaMember, into inbox: inout ConsumerInbox) {
        var failed: rd_kafka_resp_err_t?
        for part in parts where part.offset >= 0 {
            guard part.error == RD_KAFKA_RESP_ERR_NO_ERROR else {
                failed = part.error
                continue
            }
            guard let stream = member.stream(of: part.partition) else { continue }
            inbox.receipts.append(.committed(stream: stream, before: Position(UInt64(part.offset))))
        }
        if let failed, !KafkaCommit.isPassing(failed) { refuseCommit(failed, of: member) }
    }

    func endCommit(
        _ parts: [KafkaNews.Part], of member: KafkaMember, now: Int64, into inbox: inout ConsumerInbox
    ) {
        var (lost, failed): ([Int64], rd_kafka_resp_err_t?) = ([], nil)
        member.commit.isRefused = false
        for (number, before) in member.commit.end() {
            let share = member.shares[number]
            let error = parts.first { $0.partition == share.partition }?.error ?? RD_KAFKA_RESP_ERR__FAIL
            if error == RD_KAFKA_RESP_ERR_NO_ERROR {
                share.settle(before: before) { deliveries.close($0) }
                inbox.receipts.append(.committed(stream: share.stream, before: Position(UInt64(before))))
            } else if KafkaCommit.isPassing(error), !share.isLost {
                member.commit.isRefused = true
                member.commit.after = now + SystemLimits.kafkaCommitAgain
            } else {
                failed = error
                share.settle(before: before) { delivery in
                    deliveries.close(delivery)
                    lost.append(delivery)
                }
            }
        }
        if let failed { refuseCommit(failed, of: member) }
        if !lost.isEmpty { inbox.receipts.append(.unconfirmed(lost)) }
    }

    func refuseCommit(_ error: rd_kafka_resp_err_t, of member: KafkaMember) {
        refusals += 1
        member.say("commit refused: \(KafkaLibrary.name(error))")
    }
}
