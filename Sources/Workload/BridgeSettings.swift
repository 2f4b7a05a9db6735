/// What carries events from a hot log to a cold one, as a suite says it. Times are in nanoseconds.
public struct BridgeSettings: Codable, Hashable, Sendable {
    /// When a bridge tells the hot log that it is done with what it read.
    public enum Ack: String, CaseIterable, Codable, Sendable {
        /// Once Kafka has confirmed it: at least once.
        case afterKafka = "after-kafka"
        /// Before it is sent to Kafka: what a crash finds in between is lost to the cold log.
        case beforeKafka = "before-kafka"
    }

    /// Who reads what.
    public enum Streams: String, CaseIterable, Codable, Sendable {
        /// Each stream is one bridge's at a time: its events keep their order.
        case owned
        /// Whoever asks is handed what comes next, whatever of the same stream another has in hand.
        case shared
    }

    /// The group that all bridges are, at the hot log and in histories.
    public static let groupName = "bridge"

    /// Bridges at the start.
    public var count = 1
    public var ack: Ack = .afterKafka
    public var streams: Streams = .owned
    /// Events that a bridge takes at a time, at the most.
    public var batch = 500
    /// A bridge of which nothing is heard for so long is taken for dead, and what it held is another's.
    public var claim: Int64 = 2_000_000_000
    /// Each batch of a stream is a transaction of Kafka's.
    public var transactions = false
    /// What is forwarded.
    public var kinds: [EventKind] = Self.usualKinds
    /// A bridge under audit that takes the place of Holdfast's own.
    public var guest: GuestSettings?

    /// A memory read changes nothing: whoever restores an agent can do without.
    public static let usualKinds = EventKind.usual.filter { $0 != .memoryRead }

    /// What producers write straight to the cold log: nobody waits for it, and none of it may go with the hot tier.
    public static let straightKinds: [EventKind] = [.agentLifecycle, .audit]

    public init() {}

    /// How long a read that finds nothing waits: a stream that is another's from now on is let go that soon.
    private static let block: Int64 = 100_000_000

    /// As the hot log sees it.
    public var group: GroupSettings {
        var group = GroupSettings(name: Self.groupName, consumers: count)
        group.ack = ack == .afterKafka ? .afterProcessing : .beforeProcessing
        (group.batch, group.claim, group.block) = (batch, claim, Self.block)
        return group
    }
}
