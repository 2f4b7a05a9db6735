/// Why a run could not start or go on, and what to do.
public struct RunError: Error, Sendable, CustomStringConvertible {
    public enum Code: Sendable {
        /// Wrong usage: nothing was started.
        case usage
        /// A file or folder could not be read or written.
        case io
        /// The machine lacks something without which no trial can run.
        case machine
        /// A trial's own machinery failed.
        case trial
        /// Ended by a signal, whose number is `signal`.
        case interrupted
    }

    public var code: Code
    public var message: String

    public init(_ code: Code, _ message: String) { (self.code, self.message) = (code, message) }

    public var description: String { message }
}
