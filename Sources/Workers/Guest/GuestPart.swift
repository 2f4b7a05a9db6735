import History

/// What a guest of one kind is told, and what it may say: a state machine that writes its shard.
///
/// All times are nanoseconds from the trial's start.
protocol GuestPart: ~Copyable {
    associatedtype Status: Encodable

    /// The trial's start by CLOCK_MONOTONIC; nil: nobody has said so far.
    var epoch: Int64? { get }
    /// Orders that the guest has had.
    var orders: Int64 { get }
    /// Bytes of a line of it, at the most.
    var longestLine: Int { get }
    /// When there is something to order next without being called; `Int64.max`: never.
    var nextOrder: Int64 { get }
    /// It has something to say by now.
    var owes: Bool { get }
    /// It was told to end, and must be gone by then; `Int64.max`: it was not.
    var mustBeGone: Int64 { get }

    /// The first line of the guest's input.
    func greeting(into bytes: inout [UInt8])
    /// Whatever is to be ordered by now.
    /// - Parameter backlog: bytes that the guest has not taken so far.
    mutating func order(now: Int64, backlog: Int, into bytes: inout [UInt8])
    /// A line of it that is a record, and whose time is right. Throws what is wrong with it.
    mutating func hear(_ record: SpokenRecord) throws(WorkerError)
    /// A command of the trial's; false for a line that is none.
    mutating func obey(_ line: String, now: Int64, into bytes: inout [UInt8]) -> Bool
    /// Nobody is there any more who could give commands.
    mutating func stop(now: Int64, into bytes: inout [UInt8])
    /// Whether a guest that is told by SIGTERM to end does so in good order.
    var leavesInOrder: Bool { get }
    /// It ended in good order: what it leaves undone is written down.
    mutating func settle(now: Int64)
    mutating func flush() throws(WorkerError)
    mutating func close() throws(WorkerError)
    func status(now: Int64, done: Bool?, error: String?) -> Status
}

extension GuestPart where Self: ~Copyable {
    var longestLine: Int { GuestOutput.longestLine }
}
