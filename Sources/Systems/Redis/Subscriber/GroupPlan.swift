import Workers
import Workload

/// What the consumers of one process have in common, ready for commands.
struct GroupPlan: Sendable {
    let group: [UInt8]
    let streams: [[UInt8]]
    /// Where dead letters go; agent `a` to the `a % count`-th.
    let deadStreams: [[UInt8]]
    let ack: GroupSettings.Ack
    /// What is acknowledged is deleted with it.
    let deletes: Bool
    /// Where a group begins that is not there (any more) and has to be made.
    let start: [UInt8]
    let batch: Int
    /// How long a read waits at the server, in milliseconds; never 0, which is for ever.
    let block: Int64
    /// From when on what idles is taken over, in nanoseconds; nil: never, not even what is the consumer's own.
    let claim: Int64?
    /// The bytes of what is handed over are asked for.
    let keepsValues: Bool
    /// What owners of streams are told apart by, and where they are kept; nil: streams have no owners.
    let registry: [UInt8]?
    /// What is in hand for long is kept from others who would take it over.
    var keepsInHand: Bool { keepsValues && registry == nil }
    private let poison: Poison
    private let deadLetterAfter: Int?

    /// How long an answer may take beyond what the server was asked to wait, in nanoseconds.
    static let timeout: Int64 = 2_000_000_000
    /// Entries of one page of what is pending.
    static let page = 256
    /// Back-off after an error, in nanoseconds.
    static let shortestBackOff: Int64 = 10_000_000
    static let longestBackOff: Int64 = 200_000_000

    init(_ orders: ConsumerOrders) {
        let settings = orders.group
        group = Array(orders.groupName.utf8)
        streams = orders.client.streams.map { Array($0.utf8) }
        deadStreams = (orders.deadLetters?.streams ?? []).map { Array($0.utf8) }
        (ack, deletes) = (settings.ack, settings.deletes)
        start = Array((settings.start == .end ? "$" : "0").utf8)
        batch = settings.batch
        block = max(1, settings.block / 1_000_000)
        // With NOACK nothing is ever pending.
        claim = settings.ack == .none ? nil : settings.claim.map { max(1_000_000, $0) }
        keepsValues = orders.keepsValues
        registry = orders.ownsStreams ? Array("\(orders.client.streams[0]).\(orders.groupName)-owners".utf8) : nil
        poison = orders.poison
        deadLetterAfter = deadStreams.isEmpty ? nil : settings.deadLetterAfter
    }

    /// Whether the event may have to be moved to the dead letters after this delivery, and its value must be kept.
    func mayDie(_ event: DecodedEvent, times: Int) -> Bool {
        guard let deadLetterAfter, times >= deadLetterAfter else { return false }
        return poison.isIn(agent: event.agent, seq: event.seq)
    }

    /// Entries that each stream may give a read that has room for so many in all: the server counts by stream.
    func count(forRoom room: Int, of streams: Int) -> Int { max(1, room / streams) }
}
