/// Where an entry stands in a stream: a Kafka offset (`major`, with `minor` 0) or a Redis entry ID `major-minor`.
///
/// Which of the two forms a stream uses is a property of the stream (`History.forms`), so that positions stay
/// plain numbers that compare at once.
public struct Position: Hashable, Comparable, BitwiseCopyable, Sendable {
    public var major: UInt64
    public var minor: UInt64

    public init(_ major: UInt64, _ minor: UInt64 = 0) {
        self.major = major
        self.minor = minor
    }

    public static func < (a: Position, b: Position) -> Bool {
        a.major != b.major ? a.major < b.major : a.minor < b.minor
    }

    /// How positions of a stream are written.
    public enum Form: UInt8, Sendable {
        /// A whole number: Kafka.
        case offset
        /// `"MS-SEQ"`: Redis.
        case entry
    }
}
