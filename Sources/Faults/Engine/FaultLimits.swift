/// Bounds of what the engine waits for by itself.
enum FaultLimits {
    /// How often an operator looks again while everyone waits for an event.
    static let attendSeconds = 0.25
    /// How often an event is asked for at most.
    static let askNanoseconds: Int64 = 8_000_000
    /// How long packets may take to find their way again after a cut is healed.
    static let healSeconds = 5.0
    /// From a limit on a link until it is seen to hold something up.
    static let limitSeconds = 10.0
    /// How long those whose connections are to be reset may take to connect.
    static let connectionSeconds = 10.0
    /// How long the answers of a node are lost before its connections are reset.
    static let muteNanoseconds: Int64 = 250_000_000
    /// How long whatever comes is answered by a reset.
    static let resetNanoseconds: Int64 = 250_000_000
    /// Connections that are begun at once to see whether packets get lost: of as many, one in a hundred is.
    static let knocks = 100
    /// Connections of which the quickest says how long the way is.
    static let timedKnocks = 5
    /// How long it may take until a packet is seen to be lost.
    static let dropSeconds = 20.0
    /// How long a server may go without any fsync, beyond what it is held up in one: a Kafka that asks for none notes how
    /// far it is every 5 s.
    static let fsyncSeconds = 6.0
    /// How long an fsync is waited for that nothing holds up any more: an idle server does none.
    static let freeFsyncSeconds = 2.0
    /// How long a server may go without a look at its wall clock: a busy one looks all the time, an idle one a few times a
    /// second.
    static let clockSeconds = 5.0
    /// Characters of a command's reply that are kept as its effect.
    static let replyCharacters = 300
    /// How deep files to be damaged are looked for.
    static let damageDepth = 8
}
