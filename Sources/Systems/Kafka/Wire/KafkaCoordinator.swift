/// FindCoordinator v2: asks who keeps a group's offsets or a transaction's state, and so makes the topic for that.
struct KafkaCoordinatorRequest: KafkaRequest {
    static let key: Int16 = 10
    static let version: Int16 = 2

    struct Answer: Equatable {
        var error: Int16
        var broker: Int32
    }

    enum Kind: Int8 {
        case group = 0
        case transaction = 1
    }

    /// A group's name, or a transactional id; need not be anyone's.
    var key: String
    var kind: Kind

    func write(into writer: inout KafkaWriter) {
        writer.string(key)
        writer.integer(kind.rawValue)
    }

    func read(_ reader: inout KafkaReader) throws(KafkaMalformed) -> Answer {
        _ = try reader.integer(Int32.self)
        let error = try reader.integer(Int16.self)
        _ = try reader.optionalString()
        return Answer(error: error, broker: try reader.integer())
    }
}
