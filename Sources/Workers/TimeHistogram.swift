/// Counts times in nanoseconds, to within 1/32 of each value, in a table of fixed size.
public struct TimeHistogram: Sendable, Equatable {
    private static let fine = 32
    private static let bits = 5

    private var counts = [UInt64](repeating: 0, count: 64 * Self.fine)
    public private(set) var count: UInt64 = 0
    public private(set) var max: Int64 = 0

    public init() {}

    /// Negative times count as 0.
    public mutating func record(_ nanoseconds: Int64) {
        let value = Swift.max(0, nanoseconds)
        counts[Self.index(value)] += 1
        count += 1
        if value > max { max = value }
    }

    /// The smallest bound that at least `share` (0 to 1) of the values do not exceed; 0 without values.
    public func percentile(_ share: Double) -> Int64 {
        if count == 0 { return 0 }
        let wanted = Swift.max(1, UInt64((share * Double(count)).rounded(.up)))
        var seen: UInt64 = 0
        for (index, bucket) in counts.enumerated() where bucket > 0 {
            seen += bucket
            if seen >= wanted { return Swift.min(max, Self.upperBound(index)) }
        }
        return max
    }

    public mutating func merge(_ other: TimeHistogram) {
        for (index, bucket) in other.counts.enumerated() { counts[index] += bucket }
        count += other.count
        max = Swift.max(max, other.max)
    }

    private static func index(_ value: Int64) -> Int {
        if value < Int64(fine) { return Int(value) }
        let exponent = 63 - value.leadingZeroBitCount
        let fraction = Int(value >> Int64(exponent - bits)) - fine
        return (exponent - bits + 1) * fine + fraction
    }

    private static func upperBound(_ index: Int) -> Int64 {
        if index < fine { return Int64(index) }
        let shift = Int64(index / fine - 1)
        return (Int64(index % fine + fine + 1) << shift) &- 1
    }
}

extension TimeHistogram: Codable {
    private enum Key: String, CodingKey { case max, buckets }

    /// `buckets` holds index and count of those that are not empty.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(max, forKey: .max)
        let filled = counts.enumerated().filter { $0.element > 0 }.map { [UInt64($0.offset), $0.element] }
        try container.encode(filled, forKey: .buckets)
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        max = try container.decode(Int64.self, forKey: .max)
        for pair in try container.decode([[UInt64]].self, forKey: .buckets) {
            guard pair.count == 2, let index = Int(exactly: pair[0]), counts.indices.contains(index) else {
                throw DecodingError.dataCorruptedError(
                    forKey: .buckets, in: container, debugDescription: "a bucket that no histogram has")
            }
            counts[index] += pair[1]
            count += pair[1]
        }
    }
}
