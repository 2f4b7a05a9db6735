public import History
public import Platform
public import Workload

/// An entry of a stream, handed to a consumer.
///
/// Hand-overs of one process are numbered 0, 1, 2, … in their order (a *delivery*): the number by which everybody speaks
/// of one from then on. An entry that is handed over again is another delivery.
public struct Handed: Sendable, BitwiseCopyable {
    /// Which of the process's consumers, from 0.
    public var consumer: Int32
    /// Which of the orders' streams.
    public var stream: Int32
    public var position: Position
    /// How often the entry was handed out by now, this time included, as far as the client can know.
    public var times: Int32
    /// Nil: it cannot be read as an event.
    public var event: DecodedEvent?
    /// How many bytes of the inbox's `values` are its own, behind those of the ones before it; 0 where nobody asked for
    /// values.
    public var valueLength: Int32 = 0

    public init(consumer: Int, stream: Int, position: Position, times: Int = 1, event: DecodedEvent?) {
        (self.consumer, self.stream, self.position) = (Int32(consumer), Int32(stream), position)
        (self.times, self.event) = (Int32(clamping: times), event)
    }
}

/// What the broker made of an acknowledgement, or of a move to the dead letters.
public enum Receipt: Sendable {
    /// The broker confirmed that this delivery's entry is done.
    case acked(Int64)
    /// The broker confirmed that everything before this position is done.
    case committed(stream: Int32, before: Position)
    /// The broker did not confirm these, and will not: whoever waits to begin work on them must not.
    case unconfirmed([Int64])
    /// What became of a try to move this delivery's event to the dead letters.
    case moved(Int64, Outcome, Position?, reason: String)
}

/// What a client has to say to its loop, in the order in which it happened.
public struct ConsumerInbox: Sendable {
    public var handed: [Handed] = []
    /// The bytes of those that were handed over, one after the other, where the orders ask for them.
    public var values: [UInt8] = []
    public var receipts: [Receipt] = []

    public init() {}
}

/// A broker's client for the consumers of one process, driven by the one loop of a consumer worker. It does not block,
/// except for short where its library has no other way. Times are by CLOCK_MONOTONIC.
///
/// The loop writes a delivery down before it works on it, and the end of the work before it acknowledges it.
public protocol Subscriber: AnyObject {
    /// How positions of its streams are written.
    var form: Position.Form { get }
    /// Every consumer has its place in the group, and is handed what comes.
    var isReady: Bool { get }
    /// Deliveries that are to be acknowledged and of which the broker has not said anything so far.
    var unconfirmed: Int { get }
    /// Times that a consumer's share of the streams was given to it anew.
    var rebalances: Int64 { get }
    /// Acknowledgements that the broker refused, a zombie's for example.
    var refusals: Int64 { get }
    /// When it next has something to do without being called. `Int64.max`: never.
    var nextDeadline: Int64 { get }

    /// Begins to connect.
    func open(_ poller: borrowing Poller, now: Int64)
    /// The consumer has room for so many more: they are handed over when there is something. Called at each turn of the
    /// loop with what is free at that moment; 0: nothing is to be handed over.
    func demand(_ consumer: Int, _ room: Int, _ poller: borrowing Poller, now: Int64, into inbox: inout ConsumerInbox)
    /// Tells the broker that these are done. A receipt follows for each, but for those that an `auto` group has no
    /// say in.
    func acknowledge(_ deliveries: [Int64], _ poller: borrowing Poller, now: Int64, into inbox: inout ConsumerInbox)
    /// The event could not be processed, and is to be handed out again.
    func refuse(_ delivery: Int64, _ poller: borrowing Poller, now: Int64, into inbox: inout ConsumerInbox)
    /// Moves the event to the dead letters and acknowledges it, both or neither where the broker can do that: two
    /// receipts. The attempt is in the history already.
    func moveToDeadLetters(_ delivery: Int64, _ poller: borrowing Poller, now: Int64, into inbox: inout ConsumerInbox)
    /// Something happened to one of its descriptors. Their tokens are 1 and above.
    func ready(_ event: PollEvent, _ poller: borrowing Poller, now: Int64, into inbox: inout ConsumerInbox)
    /// A deadline passed.
    func expire(_ poller: borrowing Poller, now: Int64, into inbox: inout ConsumerInbox)
    /// The system has moved: connect to these from now on.
    func use(addresses: [String], _ poller: borrowing Poller, now: Int64, into inbox: inout ConsumerInbox)
    /// Called over and over once nothing more is to be read and nothing is in hand: leaves the group in good order.
    /// True once it has.
    func leave(_ poller: borrowing Poller, now: Int64, into inbox: inout ConsumerInbox) -> Bool
    /// Whether what was handed over from this stream is still nobody else's; always, where streams have no owners.
    func owns(_ stream: Int32, now: Int64) -> Bool
}

extension Subscriber {
    public func owns(_ stream: Int32, now: Int64) -> Bool { true }
}
