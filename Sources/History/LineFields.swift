/// Every field that some type of line has. A line's fields of other names are ignored, and so are those that its own
/// type does not have.
enum Field: Int, CaseIterable {
    case type, version, run, system, configuration, fault, seed, retries, retention, logs, shards
    case t, agent, seq, `try`, kind, intended, crc, transaction, log, poison
    case result, stream, position, error, value
    case id, state, begun, pass
    case group, consumer, isolation, dead, processing, passed, pending
    case action, node, phase, detail, worker, reason

    var key: String { Field.keys[rawValue] }

    private static let keys = allCases.map { String(describing: $0) }
}

/// One value of a line, as it was found.
struct Slot {
    enum Kind: UInt8 { case string, number, yes, no, null, object, array }

    /// The line that it belongs to; any other number: the field is absent.
    var stamp = 0
    var kind = Kind.null
    /// Of a string: it has escapes.
    var escaped = false
    var negative = false
    /// Of a number: neither fraction nor exponent.
    var plain = false
    /// Of a number: more digits than a field could hold.
    var large = false
    /// Of a plain number that is not large.
    var magnitude: UInt64 = 0
    /// A string without its quotes; any other value from its first byte to its last.
    var bytes = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
}

/// Finds a field by its key's bytes: keys have at most 16, so they compare as two numbers.
struct FieldTable: ~Copyable {
    private struct Place {
        var low: UInt64 = 0
        var high: UInt64 = 0
        var length = 0
        var field = -1
    }

    private static let bits = 8
    private let places: UnsafeMutablePointer<Place>

    init() {
        let size = 1 << FieldTable.bits
        places = .allocate(capacity: size)
        places.initialize(repeating: Place(), count: size)
        for field in Field.allCases {
            let (low, high) = Array(field.key.utf8).withUnsafeBufferPointer { words($0) }
            var index = FieldTable.place(low, high)
            while places[index].field >= 0 { index = (index + 1) & (size - 1) }
            places[index] = Place(low: low, high: high, length: field.key.utf8.count, field: field.rawValue)
        }
    }

    deinit { places.deallocate() }

    /// The raw value of the field, or nil.
    @inline(__always)
    func find(_ key: UnsafeBufferPointer<UInt8>) -> Int? {
        if key.count > 16 || key.isEmpty { return nil }
        let (low, high) = words(key)
        var index = FieldTable.place(low, high)
        while places[index].field >= 0 {
            let place = places[index]
            if place.low == low, place.high == high, place.length == key.count { return place.field }
            index = (index + 1) & ((1 << FieldTable.bits) - 1)
        }
        return nil
    }

    @inline(__always)
    private static func place(_ low: UInt64, _ high: UInt64) -> Int {
        Int(truncatingIfNeeded: ((low ^ high &* 31) &* 0x9E37_79B9_7F4A_7C15) >> UInt64(64 - bits))
    }
}

/// Up to 16 bytes as two numbers that no other bytes of the same length give: loads that overlap instead of a loop.
@inline(__always)
private func words(_ key: UnsafeBufferPointer<UInt8>) -> (UInt64, UInt64) {
    let count = key.count
    guard let base = UnsafeRawPointer(key.baseAddress) else { return (0, 0) }
    if count >= 8 {
        return (base.loadUnaligned(as: UInt64.self), (base + count - 8).loadUnaligned(as: UInt64.self))
    }
    if count >= 4 {
        let (first, last) = (base.loadUnaligned(as: UInt32.self), (base + count - 4).loadUnaligned(as: UInt32.self))
        return (UInt64(first) | UInt64(last) << 32, 0)
    }
    return (UInt64(key[0]) | UInt64(key[count / 2]) << 8 | UInt64(key[count - 1]) << 16, 0)
}
