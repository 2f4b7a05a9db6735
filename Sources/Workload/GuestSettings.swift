/// A client under audit, as a suite says it: a command of somebody else's that does a worker's work. Times are in
/// nanoseconds.
public struct GuestSettings: Codable, Hashable, Sendable {
    /// The program and its arguments, word by word: no shell has a part in it.
    public var command: [String]
    /// A guest that owes something and says nothing for so long is no client any more.
    public var silence: Int64 = 20_000_000_000

    public init(command: [String]) { self.command = command }
}
