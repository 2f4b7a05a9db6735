/// FindCoordinator v2: asks for a transaction's broker, and so makes the topic that transactions are kept in.
struct KafkaCoordinatorRequest: KafkaRequest {
    static let key: Int16 = 10
    static let version: Int16 = 2

    struct Answer: Equatable {
        var error: Int16
        var broker: Int32
    }

    /// A transactional id; need not be anyone's.
    var transaction: String

    func write(into writer: inout KafkaWriter) {
        writer.string(transaction)
        writer.integer(Int8(1))
    }

    func read(_ reader: inout KafkaReader) throws(KafkaMalformed) -> Answer {
        _ = try reader.integer(Int32.self)
        let error = try reader.integer(Int16.self)
        _ = try reader.optionalString()
        return Answer(error: error, broker: try reader.integer())
    }
}
