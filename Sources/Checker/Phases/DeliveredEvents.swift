import History

/// Which event a group that keeps `processed` records was first handed intact at each position. One table serves one
/// group after another.
final class DeliveredEvents {
    private static let none = UInt32.max

    /// By the number of a position that some pass has; empty if no group keeps such records.
    private let events: Column<UInt32>
    private var extras: [UInt32: UInt32] = [:]

    init(_ evidence: Evidence) {
        let isUsed = evidence.history.groups.contains(where: \.processing)
        events = Column(repeating: DeliveredEvents.none, count: isUsed ? evidence.positions.baseCount : 0)
    }

    /// - Parameter intact: in the order of time.
    func enter(_ intact: [(slot: UInt32, position: UInt32)]) {
        for delivery in intact {
            let place = Int(delivery.position)
            if place >= events.count {
                if extras[delivery.position] == nil { extras[delivery.position] = delivery.slot }
            } else if events.base[place] == DeliveredEvents.none {
                events.base[place] = delivery.slot
            }
        }
    }

    /// Forgets what the group was handed.
    func leave(_ intact: [(slot: UInt32, position: UInt32)]) {
        for delivery in intact where Int(delivery.position) < events.count {
            events.base[Int(delivery.position)] = DeliveredEvents.none
        }
        extras = [:]
    }

    @inline(__always) func event(at number: UInt32) -> Int? {
        if Int(number) >= events.count { return extras[number].map { Int($0) } }
        let slot = events.base[Int(number)]
        return slot == DeliveredEvents.none ? nil : Int(slot)
    }
}
