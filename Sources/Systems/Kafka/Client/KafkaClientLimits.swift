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
    /// One try of a call that waits, before it is seen whether its producer ends.
    static let kafkaErrandMilliseconds: Int32 = 2_000
    /// How long taking over another's identity may last; its open transaction is ended for that.
    static let kafkaTakeoverNanoseconds: Int64 = 60_000_000_000
    static let kafkaMeetMilliseconds: Int32 = 1_000
    /// A transaction that has not got its events by then is ended with those that it has: at low rates, too, events are
    /// committed.
    static let kafkaTransactionLinger: Int64 = 1_000_000_000
    /// A dead client instance is replaced no sooner after another.
    static let kafkaReplaceAfter: Int64 = 500_000_000
    /// The first release of the client library that has the new group protocol for good: 2.12.0.
    static let kafkaConsumerProtocol: Int32 = 0x020C_0000
    /// A consumer that is not asked to be quick begins no more commits than this: others have to live with the broker, too.
    static let kafkaCommitEvery: Int64 = 20_000_000
    /// A commit that the broker cannot take at this moment is tried again after that.
    static let kafkaCommitAgain: Int64 = 100_000_000
    /// An event that could not be processed comes again after that.
    static let kafkaRefusalDelay: Int64 = 20_000_000
    /// How long leaving a group may take.
    static let kafkaLeave: Int64 = 10_000_000_000
}
