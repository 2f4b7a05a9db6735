/// A client under audit, as a suite says it: a command of somebody else's that does a worker's work. Times are in
/// nanoseconds.
public struct GuestSettings: Codable, Hashable, Sendable {
    /// The program and its arguments, word by word: no shell has a part in it.
    public var command: [String]
    /// A guest that owes something and says nothing for so long is no client any more.
    public var silence: Int64 = 20_000_000_000

    /// What it gets of our own environment, where that has it: who brings a client may bring its software by these.
    public static let variables = ["HOME", "XDG_CACHE_HOME", "KAFKA_HOME", "JAVA_HOME"]

    public init(command: [String]) { self.command = command }
}
