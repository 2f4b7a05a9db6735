/// DescribeConfigs v3: what a broker or a topic runs with.
struct KafkaConfigsRequest: KafkaRequest {
    static let key: Int16 = 32
    static let version: Int16 = 3

    enum Resource: Equatable {
        case topic(String)
        case broker(Int32)
    }

    struct Entry: Equatable {
        var name: String
        /// Nil if it is not set, or is a secret.
        var value: String?
        var isSensitive: Bool
        /// Kafka has no such property, and keeps it all the same: `UNKNOWN` is its type.
        var isUnknown: Bool
    }

    struct Answer {
        var error: Int16
        var message: String?
        var entries: [Entry]
    }

    var resource: Resource

    func write(into writer: inout KafkaWriter) {
        writer.list([resource]) { writer, resource in
            switch resource {
            case .topic(let name):
                writer.integer(Int8(2))
                writer.string(name)
            case .broker(let id):
                writer.integer(Int8(4))
                writer.string(String(id))
            }
            // Every property: those asked for by name are left out where there are none.
            writer.integer(Int32(-1))
        }
        writer.boolean(false)
        writer.boolean(false)
    }

    func read(_ reader: inout KafkaReader) throws(KafkaMalformed) -> Answer {
        _ = try reader.integer(Int32.self)
        let answers = try reader.list { reader throws(KafkaMalformed) in
            var answer = Answer(error: try reader.integer(), message: try reader.optionalString(), entries: [])
            _ = try reader.integer(Int8.self)
            _ = try reader.string()
            answer.entries = try reader.list { reader throws(KafkaMalformed) in try entry(&reader) }
            return answer
        }
        guard answers.count == 1 else { throw KafkaMalformed(text: "\(answers.count) answers to one question") }
        return answers[0]
    }

    private func entry(_ reader: inout KafkaReader) throws(KafkaMalformed) -> Entry {
        let (name, value) = (try reader.string(), try reader.optionalString())
        _ = try reader.boolean()
        _ = try reader.integer(Int8.self)
        let isSensitive = try reader.boolean()
        _ = try reader.list { reader throws(KafkaMalformed) in
            _ = try reader.string()
            _ = try reader.optionalString()
            _ = try reader.integer(Int8.self)
        }
        let type = try reader.integer(Int8.self)
        _ = try reader.optionalString()
        return Entry(name: name, value: value, isSensitive: isSensitive, isUnknown: type == 0)
    }
}
