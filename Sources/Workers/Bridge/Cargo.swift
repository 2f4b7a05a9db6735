import History
import Workload

/// What a bridge has in hand: a state machine without clock, sockets or files.
///
/// Deliveries are numbered as the subscriber numbers them. All of them are forgotten together, once nobody has to do
/// with any of them any more; until then the place of one among them is its slot at the forwarder.
struct Cargo: Sendable {
    /// How far one has come on its way to the cold log.
    private enum Way: UInt8, Sendable {
        /// To be sent.
        case due
        case sent
        /// The cold log confirmed it, or has no part in it.
        case through
    }

    /// What the hot log knows.
    private enum Word: UInt8, Sendable {
        case untold, told
        /// It confirmed that this one is done, or nobody will tell it.
        case settled
    }

    private struct Item: Sendable {
        var handed: Handed
        var start: Int
        var way: Way
        var word = Word.untold
        /// Of the try that is under way.
        var number: Int64 = 0
    }

    private var items: [Item] = []
    private var values: [UInt8] = []
    private var base: Int64 = 0
    /// Nothing before it is to be sent.
    private var cursor = 0
    private(set) var due = 0
    private(set) var sent = 0
    /// Of which the hot log was not told so far.
    private(set) var untold = 0
    /// It was told of these, and has not answered.
    private(set) var told = 0

    init() {}

    /// Nothing is in hand, or on its way anywhere.
    var isEmpty: Bool { due + sent + untold + told == 0 }

    /// Takes what was handed over, with its bytes; returns the delivery's number.
    mutating func take(_ handed: Handed, value: ArraySlice<UInt8>, isForwarded: Bool) -> Int64 {
        if isEmpty, !items.isEmpty { forget() }
        items.append(Item(handed: handed, start: values.count, way: isForwarded ? .due : .through))
        if isForwarded {
            values.append(contentsOf: value)
            due += 1
        }
        untold += 1
        return base + Int64(items.count - 1)
    }

    private mutating func forget() {
        base += Int64(items.count)
        cursor = 0
        items.removeAll(keepingCapacity: true)
        values.removeAll(keepingCapacity: true)
    }

    func isKnown(_ delivery: Int64) -> Bool { delivery >= base && delivery < base + Int64(items.count) }
    func handed(_ delivery: Int64) -> Handed { items[Int(delivery - base)].handed }
    func delivery(ofSlot slot: Int32) -> Int64 { base + Int64(slot) }
    func number(_ delivery: Int64) -> Int64 { items[Int(delivery - base)].number }

    // MARK: To the cold log

    /// The next that is to be sent, which counts as sent from now on; nil: there is no more.
    mutating func next(number: Int64) -> (handed: Handed, slot: Int32)? {
        if due == 0 { return nil }
        while items[cursor].way != .due { cursor += 1 }
        (items[cursor].way, items[cursor].number) = (.sent, number)
        (due, sent) = (due - 1, sent + 1)
        return (items[cursor].handed, Int32(cursor))
    }

    func withValue(_ slot: Int32, _ body: (UnsafeRawBufferPointer) -> Void) {
        let item = items[Int(slot)]
        values.withUnsafeBytes {
            body(UnsafeRawBufferPointer(rebasing: $0[item.start..<item.start + Int(item.handed.valueLength)]))
        }
    }

    /// What became of a try. One that was not confirmed is to be sent again.
    mutating func answered(_ delivery: Int64, isThrough: Bool) {
        let index = Int(delivery - base)
        guard items[index].way == .sent else { return }
        sent -= 1
        items[index].way = isThrough ? .through : .due
        if !isThrough {
            due += 1
            cursor = min(cursor, index)
        }
    }

    /// Nobody sends those of a stream that are still to be sent: they are another bridge's now. Returns them.
    mutating func drop(where isLost: (Int32) -> Bool) -> [Int64] {
        if due == 0 { return [] }
        var dropped: [Int64] = []
        for index in items.indices where items[index].way == .due && isLost(items[index].handed.stream) {
            items[index].way = .through
            due -= 1
            settle(index)
            dropped.append(base + Int64(index))
        }
        return dropped
    }

    // MARK: To the hot log

    /// The deliveries of which the hot log was not told, into `deliveries`; it is told from now on.
    mutating func tell(into deliveries: inout [Int64]) {
        if untold == 0 { return }
        for index in items.indices where items[index].word == .untold {
            items[index].word = .told
            deliveries.append(base + Int64(index))
        }
        told += untold
        untold = 0
    }

    /// The hot log confirmed it.
    mutating func confirm(_ delivery: Int64) { settle(Int(delivery - base)) }

    /// The hot log will not confirm it, and will hand it out again: whoever waits for that before sending must not send.
    mutating func abandon(_ delivery: Int64) {
        guard isKnown(delivery) else { return }
        let index = Int(delivery - base)
        if items[index].way == .due {
            items[index].way = .through
            due -= 1
        }
        settle(index)
    }

    private mutating func settle(_ index: Int) {
        switch items[index].word {
        case .untold: untold -= 1
        case .told: told -= 1
        case .settled: return
        }
        items[index].word = .settled
    }
}
