/// DeleteGroups v1: takes groups and their offsets away; each is asked of its coordinator.
struct KafkaDeleteGroupsRequest: KafkaRequest {
    static let key: Int16 = 42
    static let version: Int16 = 1

    var groups: [String]

    func write(into writer: inout KafkaWriter) { writer.list(groups) { $0.string($1) } }

    /// Names with their errors.
    func read(_ reader: inout KafkaReader) throws(KafkaMalformed) -> [(name: String, error: Int16)] {
        _ = try reader.integer(Int32.self)
        return try reader.list { reader throws(KafkaMalformed) in (try reader.string(), try reader.integer()) }
    }
}
