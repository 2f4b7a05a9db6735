extension SystemLimits {
    /// Lines of the Kafka client library's log that one producer keeps.
    static let kafkaLogLines = 2_000
}
