/// CreateAcls v1: what a user may do, from wherever it comes.
struct KafkaCreateRightsRequest: KafkaRequest {
    static let key: Int16 = 30
    static let version: Int16 = 1

    /// By the numbers that the protocol has for them.
    enum Resource: Int8 {
        case topic = 2
        case group = 3
        case cluster = 4
        case transactionalID = 5
    }

    enum Operation: Int8 {
        case all = 2
        case describe = 8
        case describeConfigs = 10
    }

    struct Right {
        var resource: Resource
        var name: String
        /// Of all whose names begin so.
        var isPrefix = false
        var operation: Operation
    }

    private static let (literal, prefixed, allow): (Int8, Int8, Int8) = (3, 4, 3)

    var user: String
    var rights: [Right]

    func write(into writer: inout KafkaWriter) {
        writer.list(rights) { writer, right in
            writer.integer(right.resource.rawValue)
            writer.string(right.name)
            writer.integer(right.isPrefix ? Self.prefixed : Self.literal)
            writer.string("User:\(user)")
            writer.string("*")
            writer.integer(right.operation.rawValue)
            writer.integer(Self.allow)
        }
    }

    /// How each fared.
    func read(_ reader: inout KafkaReader) throws(KafkaMalformed) -> [(error: Int16, message: String?)] {
        _ = try reader.integer(Int32.self)
        return try reader.list { reader throws(KafkaMalformed) in (try reader.integer(), try reader.optionalString()) }
    }
}

extension KafkaCreateRightsRequest {
    /// What an audit by address needs (`docs/external.md`).
    init(auditor: String) {
        let prefix = "holdfast-"
        self.init(
            user: auditor,
            rights: [.topic, .group, .transactionalID].map {
                Right(resource: $0, name: prefix, isPrefix: true, operation: .all)
            }
                + [.describe, .describeConfigs].map {
                    Right(resource: .cluster, name: "kafka-cluster", operation: $0)
                })
    }
}
