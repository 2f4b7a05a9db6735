/// Questions that change nothing, whatever their answer: each is about something that is not there, and asks for a
/// permission before that is found out.

/// Heartbeat v1, of a member that a group has not: wants Read on the group.
struct KafkaHeartbeatRequest: KafkaRequest {
    static let key: Int16 = 12
    static let version: Int16 = 1

    var group: String

    func write(into writer: inout KafkaWriter) {
        writer.string(group)
        writer.integer(Int32(0))
        writer.string("nobody")
    }

    /// The error.
    func read(_ reader: inout KafkaReader) throws(KafkaMalformed) -> Int16 {
        _ = try reader.integer(Int32.self)
        return try reader.integer()
    }
}

/// EndTxn v1, of a transaction that was never begun: wants Write on the transactional id.
struct KafkaEndTransactionRequest: KafkaRequest {
    static let key: Int16 = 26
    static let version: Int16 = 1

    var id: String

    func write(into writer: inout KafkaWriter) {
        writer.string(id)
        writer.integer(Int64(0))
        writer.integer(Int16(0))
        writer.boolean(false)
    }

    /// The error.
    func read(_ reader: inout KafkaReader) throws(KafkaMalformed) -> Int16 {
        _ = try reader.integer(Int32.self)
        return try reader.integer()
    }
}
