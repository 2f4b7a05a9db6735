/// What a group has before it.
public struct Backlog: Hashable, Sendable {
    /// Entries that it was never handed.
    public var unread: Int64
    /// Entries that it was handed, and has not confirmed.
    public var pending: Int64

    public var isEmpty: Bool { unread == 0 && pending == 0 }

    public init(unread: Int64, pending: Int64) { (self.unread, self.pending) = (unread, pending) }
}
