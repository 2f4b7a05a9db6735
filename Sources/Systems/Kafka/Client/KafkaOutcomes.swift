import CRDKafka
import History

/// What became of one record, by its delivery report: the one table that says so. Every verdict stands on it.
///
/// The library's own status proves nothing by itself: it says "not persisted" of errors that a broker also sends after it
/// has appended the record. So everything begins as unknown, and failed is only what stands here as such, under the
/// conditions that stand with it.
enum KafkaOutcomes {
    /// What must be known beside the report itself.
    enum Condition: Sendable {
        case none
        /// The library makes no new tries: the error is that of the only one.
        case onlyTry
        /// That, and the partition kept its leader from before the try until after its outcome: the library sends a
        /// record again after NOT_LEADER_OR_FOLLOWER without counting, and only a new leader lets a broker say that.
        case onlyTrySameLeader
        /// From its hand-over to its end not a byte has left by any connection.
        case neverSpoken
    }

    /// How a test makes the library say it.
    enum Provocation: Sendable {
        case broker
        /// The library's own mock of a cluster, told to answer so.
        case mock
        /// Without any broker.
        case alone
        /// Not at all: the case stands in the protocol.
        case none
    }

    struct Row: Sendable {
        /// Nil: every error that no row before this one takes.
        var error: rd_kafka_resp_err_t?
        /// Nil: whatever the library's status is.
        var status: rd_kafka_msg_status_t?
        var condition = Condition.none
        var outcome: Outcome
        var why: String
        var provoked: Provocation
    }

    /// What is known of a try beside its report.
    struct Circumstances: Sendable {
        var isOnlyTry: Bool
        var keptLeader: Bool
        var neverSpoken: Bool
    }

    /// The first row that matches counts.
    static let rows: [Row] = answers + refusals + stalls + losses + ends + [anythingElse]

    static let anythingElse = Row(
        outcome: .unknown, why: "what this table does not know proves neither that it was appended nor that it was not",
        provoked: .mock)

    private static let answers = [
        // With acks 0 nobody answers: the record has gone into a socket, and that is what this configuration calls an
        // acknowledgement.
        Row(
            error: RD_KAFKA_RESP_ERR_NO_ERROR, outcome: .acked, why: "as many brokers as `acks` asks for have it",
            provoked: .broker)
    ]

    private static func refusal(_ error: rd_kafka_resp_err_t, _ provoked: Provocation, _ why: String) -> [Row] {
        [
            Row(
                error: error, status: RD_KAFKA_MSG_STATUS_NOT_PERSISTED, condition: .onlyTry, outcome: .failed,
                why: why, provoked: provoked),
            Row(error: error, outcome: .unknown, why: "an earlier try may have been appended", provoked: provoked),
        ]
    }

    private static let refusals: [Row] =
        refusal(RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, .broker, "larger than the topic takes; checked before the append")
        + refusal(RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, .mock, "may not write there; checked before the append")
        + refusal(RD_KAFKA_RESP_ERR_INVALID_RECORD, .mock, "the broker's checks refuse it; done before the append")
        + refusal(RD_KAFKA_RESP_ERR_INVALID_MSG, .mock, "damaged on its way; its checksum is checked before the append")
        + [
            Row(
                error: RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS, status: RD_KAFKA_MSG_STATUS_NOT_PERSISTED,
                condition: .onlyTrySameLeader, outcome: .failed,
                why: "too few replicas in sync; checked before the append by a leader that was the only one",
                provoked: .broker),
            Row(
                error: RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS, outcome: .unknown,
                why: "an earlier leader may have appended it before it lost its place", provoked: .broker),
        ]

    /// After a hand-over that never left the library, or perhaps did.
    private static func stall(_ error: rd_kafka_resp_err_t, _ failed: String, _ unknown: String) -> [Row] {
        [
            Row(
                error: error, status: RD_KAFKA_MSG_STATUS_NOT_PERSISTED, condition: .neverSpoken, outcome: .failed,
                why: failed, provoked: .alone),
            Row(error: error, outcome: .unknown, why: unknown, provoked: .mock),
        ]
    }

    private static let stalls: [Row] =
        stall(
            RD_KAFKA_RESP_ERR__MSG_TIMED_OUT, "no connection has carried anything in all its time",
            "it may have been sent once, or over and over")
        + stall(
            RD_KAFKA_RESP_ERR__PURGE_QUEUE,
            "taken out of the queue, and no connection has carried anything in all its time",
            "taken out of the queue, where it may have come back to after a try")

    private static func unknown(_ error: rd_kafka_resp_err_t, _ provoked: Provocation, _ why: String) -> Row {
        Row(error: error, outcome: .unknown, why: why, provoked: provoked)
    }

    private static let losses = [
        unknown(RD_KAFKA_RESP_ERR__TRANSPORT, .mock, "appended or not, the answer is lost"),
        unknown(RD_KAFKA_RESP_ERR__TIMED_OUT, .none, "appended or not, the answer did not come in time"),
        unknown(RD_KAFKA_RESP_ERR__PURGE_INFLIGHT, .mock, "it was on its way, and its answer is not awaited any more"),
        unknown(
            RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT, .mock, "the leader has it, and not all replicas confirmed it in time"),
        unknown(
            RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS_AFTER_APPEND, .mock,
            "the leader has it, and the in-sync set shrank meanwhile"),
        unknown(
            RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION, .none,
            "a broker that lost its place says so after the append, too"),
        unknown(RD_KAFKA_RESP_ERR_KAFKA_STORAGE_ERROR, .mock, "a failing disk may have taken it"),
        unknown(RD_KAFKA_RESP_ERR_UNKNOWN, .mock, "the broker does not know what went wrong, nor how far it came"),
        unknown(RD_KAFKA_RESP_ERR_NETWORK_EXCEPTION, .mock, "sent for a lost connection as well as for a lost answer"),
        unknown(RD_KAFKA_RESP_ERR_FENCED_LEADER_EPOCH, .mock, "the leader changed; the one before may have it"),
    ]

    private static let ends = [
        unknown(
            RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER, .mock, "what came before it is missing; it may stand there"),
        unknown(
            RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH, .broker,
            "another producer has this one's place; the end of the transaction says what became of it"),
        unknown(
            RD_KAFKA_RESP_ERR__FENCED, .none,
            "another producer has this one's place; the end of the transaction says what became of it"),
        unknown(RD_KAFKA_RESP_ERR__FATAL, .none, "this instance is dead; what was on its way may have come through"),
    ]

    /// - Parameter circumstances: asked only where a row depends on them.
    static func row(
        _ error: rd_kafka_resp_err_t, _ status: rd_kafka_msg_status_t, _ circumstances: Circumstances
    ) -> Row {
        for row in rows {
            if let only = row.error, only != error { continue }
            if let only = row.status, only != status { continue }
            switch row.condition {
            case .none: return row
            case .onlyTry: if circumstances.isOnlyTry { return row }
            case .onlyTrySameLeader: if circumstances.isOnlyTry && circumstances.keptLeader { return row }
            case .neverSpoken: if circumstances.neverSpoken { return row }
            }
        }
        return anythingElse
    }

    /// What a hand-over that the library refused comes to: not a byte of it has left, whatever the reason.
    static let notTaken = Row(
        outcome: .failed, why: "the library refused to take it: it was never sent", provoked: .mock)

    /// `NOT_ENOUGH_REPLICAS (not persisted)`
    static func reason(_ error: rd_kafka_resp_err_t, _ status: rd_kafka_msg_status_t) -> String {
        let text =
            switch status {
            case RD_KAFKA_MSG_STATUS_NOT_PERSISTED: "not persisted"
            case RD_KAFKA_MSG_STATUS_POSSIBLY_PERSISTED: "possibly persisted"
            default: "persisted"
            }
        return "\(KafkaLibrary.name(error)) (\(text))"
    }
}
