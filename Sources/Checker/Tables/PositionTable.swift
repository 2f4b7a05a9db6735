import History

/// Every position that anything names, by number: first those that some pass has, in the order of streams and
/// positions; then *extras*, which no pass has, in the order in which they were first asked for.
final class PositionTable {
    struct Marks {
        /// Passes lack it, have it twice, or disagree.
        static let passesDiffer: UInt8 = 1
        /// A delivery of it holds something else than a pass or another delivery.
        static let deliveryDiffers: UInt8 = 2
        /// Some delivery of it holds something of a kind that its log expects.
        static let deliveryExpected: UInt8 = 4
    }

    struct Extra {
        var stream: Int
        var position: Position
        var marks: UInt8 = 0
        /// What the first delivery of it held.
        var delivered: Content?
    }

    private struct Key: Hashable {
        var stream: Int
        var position: Position
    }

    static let none = UInt32.max
    /// Set in `whats` if the position does not simply hold one whole event: the rest is a place in `specials`.
    static let special: UInt32 = 1 << 31

    private let keys: PositionKeys
    /// What each position that a pass has holds: the slot of the one event that stands there whole, or `special`.
    let whats: Column<UInt32>
    let marks: Column<UInt8>
    /// Where each stream begins; one more at the end.
    let starts: Column<Int>
    /// Unchecked for the same reason as `baseCount`.
    @exclusivity(unchecked) private var streamCount = 0
    private(set) var extras: [Extra] = []
    private var extraPlaces: [Key: UInt32] = [:]
    /// The distinct contents of special positions.
    private(set) var specials: [Range<Int>] = []
    private(set) var contents: [Content] = []
    private let cursors: Column<Int>

    /// How many positions some pass has. Unchecked, since each record asks for it: it changes only in `append`, which
    /// calls nothing while it does.
    @exclusivity(unchecked) private(set) var baseCount = 0
    var count: Int { baseCount + extras.count }

    init(entriesMax: Int, streams: Int) {
        precondition(entriesMax < Int(PositionTable.special), "more entries than positions have numbers")
        keys = PositionKeys(count: entriesMax, streams: streams)
        whats = Column(uninitialized: entriesMax)
        marks = Column(uninitialized: entriesMax)
        cursors = Column(repeating: 0, count: streams)
        starts = Column(repeating: 0, count: streams + 1)
    }

    // MARK: Building, stream by stream, position by position

    @inline(__always) func append(_ position: Position, whole slot: Int) {
        let place = baseCount
        keys.set(place, position, stream: streamCount, start: starts[streamCount])
        whats.base[place] = UInt32(truncatingIfNeeded: slot)
        marks.base[place] = 0
        baseCount = place + 1
    }

    func append(_ position: Position, holding found: [Content], whole slot: Int, differ: Bool) {
        append(position, whole: slot)
        if differ { marks[baseCount - 1] = Marks.passesDiffer }
        guard slot < 0 else { return }
        whats[baseCount - 1] = PositionTable.special | UInt32(specials.count)
        specials.append(contents.count..<contents.count + found.count)
        contents.append(contentsOf: found)
    }

    func endStream() {
        cursors[streamCount] = starts[streamCount]
        streamCount += 1
        starts[streamCount] = baseCount
    }

    // MARK: Looking up

    func span(_ stream: Int) -> Range<Int> { starts[stream]..<starts[stream + 1] }

    /// The number of a position, which becomes an extra if no pass has it.
    @inline(__always) func number(stream: Int, _ position: Position) -> UInt32 {
        let found = search(stream, position)
        return found != PositionTable.none ? found : extra(stream, position)
    }

    /// The number of a position that a pass has, or `none`.
    ///
    /// Searches outwards from the last hit in that stream: outcomes, deliveries and acks come nearly in order.
    @inline(__always) func search(_ stream: Int, _ position: Position) -> UInt32 {
        precondition(stream < cursors.count)
        let (start, end) = (starts.base[stream], starts.base[stream + 1])
        if start == end { return PositionTable.none }
        let cursor = cursors.base[stream]
        let target = keys.target(position, stream: stream)
        var (low, high) = (cursor, end)
        if keys.precedes(cursor, target) {
            var step = 1
            low = cursor + 1
            while cursor + step < end && keys.precedes(cursor + step, target) {
                low = cursor + step + 1
                step <<= 1
            }
            high = min(cursor + step + 1, end)
        } else {
            var step = 1
            high = cursor + 1
            low = start
            while cursor - step >= start {
                if keys.precedes(cursor - step, target) {
                    low = cursor - step + 1
                    break
                }
                high = cursor - step + 1
                step <<= 1
            }
        }
        while low < high {
            let middle = (low + high) / 2
            if keys.precedes(middle, target) { low = middle + 1 } else { high = middle }
        }
        guard low < end else { return PositionTable.none }
        cursors.base[stream] = low
        return keys.equals(low, target) ? UInt32(truncatingIfNeeded: low) : PositionTable.none
    }

    private func extra(_ stream: Int, _ position: Position) -> UInt32 {
        let key = Key(stream: stream, position: position)
        if let known = extraPlaces[key] { return known }
        let number = UInt32(count)
        extraPlaces[key] = number
        extras.append(Extra(stream: stream, position: position))
        return number
    }

    @inline(__always) func isExtra(_ number: UInt32) -> Bool { Int(number) >= baseCount }

    /// The position of a number of a stream.
    @inline(__always) func position(_ number: UInt32, stream: Int) -> Position {
        let number = Int(number)
        return number < baseCount ? keys.position(number, stream: stream) : extras[number - baseCount].position
    }

    func stream(_ number: UInt32) -> Int {
        let number = Int(number)
        if number >= baseCount { return extras[number - baseCount].stream }
        var (low, high) = (0, starts.count - 1)
        while high - low > 1 {
            let middle = (low + high) / 2
            if starts[middle] <= number { low = middle } else { high = middle }
        }
        // Of streams that begin at the same place all but the last are empty.
        return low
    }

    /// The distinct contents of a special position.
    func specialContents(_ what: UInt32) -> ArraySlice<Content> {
        contents[specials[Int(what & ~PositionTable.special)]]
    }

    /// The lowest position that any pass has of a stream.
    func lowest(_ stream: Int) -> Position? {
        let span = span(stream)
        return span.isEmpty ? nil : position(UInt32(span.lowerBound), stream: stream)
    }

    /// Extras by stream and position.
    func extrasInOrder() -> [UInt32] {
        extras.indices.sorted {
            extras[$0].stream != extras[$1].stream
                ? extras[$0].stream < extras[$1].stream : extras[$0].position < extras[$1].position
        }.map { UInt32($0 + baseCount) }
    }

    // MARK: What deliveries hold

    func mark(_ number: UInt32, _ mark: UInt8) {
        if isExtra(number) {
            extras[Int(number) - baseCount].marks |= mark
        } else {
            marks[Int(number)] |= mark
        }
    }

    /// Takes what a delivery of an extra holds, and marks it if an earlier one held something else.
    func deliver(_ content: Content, ofExtra number: UInt32) {
        let place = Int(number) - baseCount
        if let known = extras[place].delivered {
            if known != content { extras[place].marks |= Marks.deliveryDiffers }
        } else {
            extras[place].delivered = content
        }
    }
}
