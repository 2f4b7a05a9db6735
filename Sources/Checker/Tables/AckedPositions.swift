/// When positions were acknowledged by the outcomes of simple events. Kept while outcomes are read, which come nearly in
/// the order of positions, as events by their slots do not.
final class AckedPositions {
    /// The earliest, by the number of a position that some pass has; `Int64.max`: never.
    let times: Column<Int64>
    /// The latest of all, at whatever position.
    private(set) var last = Int64.min

    init(count: Int) { times = Column(repeating: .max, count: count) }

    @inline(__always) func take(_ position: UInt32, _ t: Int64) {
        if position == Events.noPosition { return }
        last = max(last, t)
        let place = Int(position)
        if place < times.count, t < times.base[place] { times.base[place] = t }
    }
}
