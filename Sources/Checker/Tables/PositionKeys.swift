import History

/// Positions by place, in half the memory that their two numbers take: nearly every stream keeps to one range of 2^32
/// for the first number from its lowest on, and for the second, so that both fit in one. A stream that does not is *wide*,
/// and keeps them apart.
final class PositionKeys {
    private struct Stream: BitwiseCopyable {
        var lowest: UInt64 = 0
        var isWide = false
    }

    /// What a search looks for in one stream, in the form that the stream's keys have.
    struct Target {
        fileprivate var key: UInt64
        fileprivate var minor: UInt64
        fileprivate var isWide: Bool
        /// Whether any key of the stream can be equal to it.
        fileprivate var isPossible: Bool
    }

    private let keys: Column<UInt64>
    /// Of wide streams only, and otherwise never touched.
    private let minors: Column<UInt64>
    private let streams: Column<Stream>

    var count: Int { keys.count }

    init(count: Int, streams: Int) {
        keys = Column(uninitialized: count)
        minors = Column(uninitialized: count)
        self.streams = Column(repeating: Stream(), count: streams)
    }

    /// Puts a position behind those of its stream, which begin at `start`.
    @inline(__always) func set(_ place: Int, _ position: Position, stream: Int, start: Int) {
        precondition(place < keys.count && stream < streams.count)
        if place == start { streams.base[stream] = Stream(lowest: position.major) }
        let own = streams.base[stream]
        let distance = position.major &- own.lowest
        if !own.isWide, distance <= UInt64(UInt32.max), position.minor <= UInt64(UInt32.max) {
            keys.base[place] = distance << 32 | position.minor
        } else {
            widen(stream, start..<place)
            keys.base[place] = position.major
            minors.base[place] = position.minor
        }
    }

    private func widen(_ stream: Int, _ places: Range<Int>) {
        if streams[stream].isWide { return }
        for place in places {
            let own = position(place, stream: stream)
            keys[place] = own.major
            minors[place] = own.minor
        }
        streams[stream].isWide = true
    }

    @inline(__always) func position(_ place: Int, stream: Int) -> Position {
        let (own, key) = (streams[stream], keys[place])
        return own.isWide ? Position(key, minors[place]) : Position(own.lowest &+ key >> 32, key & UInt64(UInt32.max))
    }

    @inline(__always) func target(_ position: Position, stream: Int) -> Target {
        let own = streams.base[stream]
        if own.isWide { return Target(key: position.major, minor: position.minor, isWide: true, isPossible: true) }
        if position.major < own.lowest { return Target(key: 0, minor: 0, isWide: false, isPossible: false) }
        let distance = position.major &- own.lowest
        if distance > UInt64(UInt32.max) { return Target(key: .max, minor: 0, isWide: false, isPossible: false) }
        let minor = min(position.minor, UInt64(UInt32.max))
        return Target(key: distance << 32 | minor, minor: 0, isWide: false, isPossible: minor == position.minor)
    }

    @inline(__always) func precedes(_ place: Int, _ target: Target) -> Bool {
        let key = keys.base[place]
        return key != target.key ? key < target.key : target.isWide && minors.base[place] < target.minor
    }

    @inline(__always) func equals(_ place: Int, _ target: Target) -> Bool {
        keys.base[place] == target.key && target.isPossible && (!target.isWide || minors.base[place] == target.minor)
    }
}
