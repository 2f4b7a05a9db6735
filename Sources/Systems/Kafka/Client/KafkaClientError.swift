/// Why the client library cannot be used as it was asked to.
struct KafkaClientError: Error, Equatable, CustomStringConvertible {
    /// The property that is to blame, if it is one.
    var property: String?
    var message: String
    /// What would be right.
    var remedy: String

    init(property: String? = nil, _ message: String, remedy: String) {
        (self.property, self.message, self.remedy) = (property, message, remedy)
    }

    var description: String { "\(property.map { "\($0): " } ?? "")\(message); \(remedy)" }
}
