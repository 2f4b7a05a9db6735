public import Platform

/// A broker's client that writes values as they are, each to its agent's place, driven by the one loop of a bridge or of
/// an executor. It never blocks.
///
/// Every value that was prepared gets exactly one completion, and a slot is free again once it has come; `failed` is only
/// what is proven not to have been applied, as with a `Publisher`.
public protocol Forwarder: AnyObject {
    /// Whether something stands between it and the broker at this moment.
    var isConnected: Bool { get }
    /// When it next has something to do without being called. `Int64.max`: never.
    var nextDeadline: Int64 { get }

    /// The text of a completion's reason.
    func reason(_ number: UInt16) -> String
    /// Begins to connect.
    func open(_ poller: borrowing Poller, now: Int64)
    /// Takes a copy of a value, to be told of by `slot`. No byte of it leaves the process before `send`.
    func prepare(_ value: UnsafeRawBufferPointer, agent: Int64, slot: Int32, now: Int64)
    /// Lets what was prepared go.
    func send(_ poller: borrowing Poller, now: Int64, into completions: inout [Completion])
    /// Something happened to one of its descriptors.
    func ready(_ event: PollEvent, _ poller: borrowing Poller, now: Int64, into completions: inout [Completion])
    /// A deadline passed.
    func expire(_ poller: borrowing Poller, now: Int64, into completions: inout [Completion])
    /// The system has moved: connect to these from now on.
    func use(addresses: [String], _ poller: borrowing Poller, now: Int64, into completions: inout [Completion])
    /// Ends all connections; what is unanswered completes as what it is then.
    func close(_ poller: borrowing Poller, now: Int64, into completions: inout [Completion])

    // What only one with transactions has; the others need not say so.

    /// The transaction of the value that was prepared last, as the history calls it; nil: none.
    var transactionName: String? { get }
    /// Hands over the transactions that have ended since the last call.
    func takeEnded(_ each: (EndedTransaction, _ name: String) -> Void)
}

extension Forwarder {
    public var transactionName: String? { nil }
    public func takeEnded(_ each: (EndedTransaction, _ name: String) -> Void) {}
}
