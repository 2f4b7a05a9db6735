public import History
public import Platform
public import Workload

/// One try to publish one event.
public struct Attempt: Sendable, BitwiseCopyable {
    /// Comes back in the completion: the attempt's place in the engine's table.
    public var slot: Int32
    /// Which of the producer's agents, by its place in the orders.
    public var agentIndex: Int32
    /// From 1.
    public var number: Int64
    public var event: PlannedEvent
    /// Nanoseconds from the trial's start, as are all times here.
    public var intended: Int64
    /// From when on it could have been begun: its intended time, or later when the agent was not free then.
    public var free: Int64
}

/// What became of an attempt.
public struct Completion: Sendable, BitwiseCopyable {
    public var slot: Int32
    public var outcome: Outcome
    /// Which of the publisher's reasons; 0: none.
    public var reason: UInt16
    /// Where the broker says that the event stands; only with `acked`.
    public var position: Position?
    /// Whether it is to be tried again whatever the configuration's retries: only what failed.
    public var again = Again.never

    public enum Again: UInt8, Sendable, BitwiseCopyable {
        case never
        /// Another node is the right one.
        case atOnce
        /// After the usual back-off.
        case later
    }

    public init(slot: Int32, outcome: Outcome, position: Position? = nil, reason: UInt16 = 0) {
        (self.slot, self.outcome, self.position, self.reason) = (slot, outcome, position, reason)
    }
}

/// A transaction that is over.
public struct EndedTransaction: Sendable {
    /// The publisher's number of it.
    public var number: Int64
    public var state: TransactionState
    /// When its end was asked for; nil if it never was.
    public var begun: Int64?

    public init(number: Int64, state: TransactionState, begun: Int64?) {
        (self.number, self.state, self.begun) = (number, state, begun)
    }
}

/// A broker's client, driven by the one loop of a producer. It never blocks.
///
/// Every attempt that was prepared gets exactly one completion. Telling `failed` from `unknown` is the publisher's duty,
/// and all that a verdict stands on: `failed` only what is proven not to have been applied.
public protocol Publisher: AnyObject {
    /// How positions of its streams are written.
    var form: Position.Form { get }
    /// Whether something stands between it and the broker at this moment.
    var isConnected: Bool { get }
    /// When it next has something to do without being called: a time-out, a new try to connect. `Int64.max`: never.
    var nextDeadline: Int64 { get }

    /// The text of a completion's reason.
    func reason(_ number: UInt16) -> String
    /// Begins to connect.
    func open(_ poller: borrowing Poller, now: Int64)
    /// Makes an attempt ready, and returns the checksum of its event. No byte leaves the process before `send`.
    func prepare(_ attempt: Attempt, now: Int64) -> UInt32
    /// Lets what was prepared go.
    func send(_ poller: borrowing Poller, now: Int64, into completions: inout [Completion])
    /// Something happened to one of its descriptors. Their tokens are 1 and above.
    func ready(_ event: PollEvent, _ poller: borrowing Poller, now: Int64, into completions: inout [Completion])
    /// A deadline passed.
    func expire(_ poller: borrowing Poller, now: Int64, into completions: inout [Completion])
    /// The system has moved: connect to these from now on.
    func use(addresses: [String], _ poller: borrowing Poller, now: Int64, into completions: inout [Completion])
    /// Ends all connections; what is unanswered completes as what it is then.
    func close(_ poller: borrowing Poller, now: Int64, into completions: inout [Completion])

    // What only a transactional publisher has; the others need not say so.

    /// Called before anything else, by a producer that takes another's place: takes over the identity, and out of what is
    /// to be tried again whatever the broker is known to have. May wait.
    func settle(_ past: inout Resumption) throws(WorkerError)

    /// The number of the transaction that the attempt belongs to that was prepared last; 0: none.
    var transaction: Int64 { get }
    /// What the history calls a transaction.
    func transactionName(_ number: Int64) -> String
    /// Hands over the transactions that have ended since the last call.
    func takeEnded(_ each: (EndedTransaction) -> Void)
    /// Why it can do nothing any more: another producer has its identity. All that was unanswered has completed.
    var fenced: String? { get }
    /// Called over and over once the load is over and everything is answered: ends what is still open. True once nothing
    /// is.
    func finish(_ poller: borrowing Poller, now: Int64, into completions: inout [Completion]) -> Bool
}

extension Publisher {
    public func settle(_ past: inout Resumption) throws(WorkerError) {}
    public var transaction: Int64 { 0 }
    public func transactionName(_ number: Int64) -> String { "" }
    public func takeEnded(_ each: (EndedTransaction) -> Void) {}
    public var fenced: String? { nil }
    public func finish(_ poller: borrowing Poller, now: Int64, into completions: inout [Completion]) -> Bool { true }
}
