/// Which of a system's addresses a connection goes to next.
///
/// Pinned clients stay with the node that they have until it refuses them; others try one after the other.
struct AddressChoice {
    private var addresses: [ServerAddress]
    private let pinned: Bool
    private var place = 0
    private(set) var current: ServerAddress?

    init(_ addresses: [ServerAddress], pinned: Bool) { (self.addresses, self.pinned) = (addresses, pinned) }

    /// - Parameter isRefused: whether the node that it was with last takes no consumers.
    mutating func next(isRefused: Bool) -> ServerAddress {
        if pinned, !isRefused, let current { return current }
        if isRefused, addresses[place % addresses.count] == current { place += 1 }
        let address = addresses[place % addresses.count]
        place += 1
        current = address
        return address
    }

    /// It works: whoever loses it begins with the same address again.
    mutating func keep() {
        if let current, let index = addresses.firstIndex(of: current) { place = index }
    }

    var hasElsewhere: Bool { addresses.contains { $0 != current } }

    /// Takes other addresses. True if it has to leave the node that it is with.
    mutating func use(_ usable: [ServerAddress]) -> Bool {
        (addresses, place) = (usable, 0)
        guard !pinned, let current else { return false }
        return !usable.contains(current)
    }
}
