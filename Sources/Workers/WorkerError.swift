/// Why a worker gave up: a history of its own that cannot be trusted any more is worth nothing.
public struct WorkerError: Error, Sendable, CustomStringConvertible {
    public var description: String
    public init(_ description: String) { self.description = description }
}
