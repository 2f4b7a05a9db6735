import History
import Workers

/// What the consumers of one process were handed and the broker has not confirmed, by the number of the delivery.
///
/// A state machine without clock and sockets, shared by the consumers of one subscriber.
final class HeldDeliveries {
    enum State: UInt8 {
        case held
        /// To be confirmed by the broker.
        case acking
        /// On its way to the dead letters.
        case moving
        /// Nobody here has it in hand any more.
        case closed
    }

    struct Held {
        var position: Position
        var consumer: Int32
        var stream: Int32
        var state: State
    }

    /// The value of an event that may have to be moved.
    struct Value {
        var held: Held
        var agent: Int64
        var bytes: [UInt8]
    }

    /// A place in a stream.
    struct Place: Hashable {
        var stream: Int32
        var position: Position
    }

    private var entries: [Held] = []
    private var base: Int64 = 0
    private var closedAtBase = 0
    private var values: [Int64: Value] = [:]
    /// Deliveries that are to be confirmed, moved ones among them.
    private(set) var unconfirmed = 0

    /// Numbers one more delivery, and returns its number.
    @discardableResult
    func append(_ held: Held) -> Int64 {
        let number = base + Int64(entries.count)
        entries.append(held)
        if held.state == .closed { dropClosed() }
        return number
    }

    func keep(_ bytes: UnsafeRawBufferPointer, agent: Int64, of delivery: Int64, _ held: Held) {
        values[delivery] = Value(held: held, agent: agent, bytes: Array(bytes))
    }

    /// The value of a delivery that is to be moved, which is then forgotten.
    func takeValue(_ delivery: Int64) -> Value? { values.removeValue(forKey: delivery) }

    /// Nil if nobody has it in hand any more.
    subscript(delivery: Int64) -> Held? {
        guard delivery >= base, delivery < base + Int64(entries.count) else { return nil }
        let held = entries[Int(delivery - base)]
        return held.state == .closed ? nil : held
    }

    func set(_ delivery: Int64, _ state: State) {
        guard self[delivery] != nil else { return }
        let index = Int(delivery - base)
        if Self.waits(entries[index].state) { unconfirmed -= 1 }
        if Self.waits(state) { unconfirmed += 1 }
        entries[index].state = state
        if state == .closed { dropClosed() }
    }

    private static func waits(_ state: State) -> Bool { state == .acking || state == .moving }

    /// All that is in hand: no consumer of this process is to take it over.
    var places: Set<Place> {
        var places: Set<Place> = []
        for held in entries[closedAtBase...] where held.state != .closed {
            places.insert(Place(stream: held.stream, position: held.position))
        }
        return places
    }

    /// Forgets what is closed at the front, a good part at a time.
    private func dropClosed() {
        while closedAtBase < entries.count, entries[closedAtBase].state == .closed { closedAtBase += 1 }
        guard closedAtBase == entries.count || closedAtBase >= 1024 else { return }
        entries.removeFirst(closedAtBase)
        base += Int64(closedAtBase)
        closedAtBase = 0
    }
}
