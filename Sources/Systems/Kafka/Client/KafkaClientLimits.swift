extension SystemLimits {
    /// Lines of the Kafka client library's log that one producer keeps.
    static let kafkaLogLines = 2_000
    /// One answer to a replay's questions.
    static let replayAnswerMilliseconds: Int32 = 5_000
    /// How long a replay waits for more before it looks whether the run is to end.
    static let replayWaitMilliseconds: Int32 = 50
    /// After so long without anything new a replay has failed.
    static let replayStallNanoseconds: Int64 = 30_000_000_000
    /// Transactions of producers that are gone: their own time-out, and how often the brokers look.
    static let openTransactionSeconds = 90.0
}
