/// Why a shard or a control log could not be made or written, and what to do about it.
public struct ShardError: Error, CustomStringConvertible, Sendable {
    public enum Code: Sendable {
        /// The file is there already; histories are never overwritten.
        case exists
        /// The folder is missing.
        case missing
        case denied
        /// The filesystem, the quota or the limit on file sizes is used up.
        case full
        /// Any other answer of the operating system.
        case failed
    }

    public let code: Code
    public let path: String
    /// The operating system's number for what went wrong.
    public let errno: Int32
    /// What happened, to what, and what to do next.
    public let description: String
}
