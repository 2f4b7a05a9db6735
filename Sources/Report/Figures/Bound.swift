/// A bound as a gate puts it on a figure: a count, or a time with its unit.
public enum Bound: Hashable, Sendable {
    case count(Int64)
    case time(nanoseconds: Int64)

    /// Units that a time may have, in nanoseconds, longest first.
    private static let units: [(name: String, nanoseconds: Int64)] = [
        ("d", 86_400_000_000_000), ("h", 3_600_000_000_000), ("min", 60_000_000_000), ("m", 60_000_000_000),
        ("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1_000), ("µs", 1_000), ("ns", 1),
    ]

    /// `0`, `2s`, `1.5s`, `20ms`: whole numbers, or times with a unit. A time may have decimals, down to nanoseconds.
    public static func parse(_ text: String) throws(Refusal) -> Bound {
        let refusal = Refusal(
            "`\(text)` is no bound", remedy: "write a whole number such as `0`, or a time with its unit such as `2s`")
        let digits = text.prefix { ("0"..."9").contains($0) || $0 == "." }
        let unit = text[digits.endIndex...].drop { $0 == " " }
        let halves = digits.split(separator: ".", omittingEmptySubsequences: false)
        guard halves.count <= 2, halves.allSatisfy({ !$0.isEmpty }), let whole = Int64(halves[0]) else { throw refusal }
        if unit.isEmpty {
            guard halves.count == 1 else { throw refusal }
            return .count(whole)
        }
        guard let scale = units.first(where: { $0.name == unit })?.nanoseconds else { throw refusal }
        var (total, overflow) = whole.multipliedReportingOverflow(by: scale)
        if halves.count == 2 {
            guard let part = fraction(halves[1], of: scale) else { throw refusal }
            let sum = total.addingReportingOverflow(part)
            (total, overflow) = (sum.partialValue, overflow || sum.overflow)
        }
        guard !overflow else { throw refusal }
        return .time(nanoseconds: total)
    }

    /// Decimals of a unit in nanoseconds, exactly; nil if they go below one.
    private static func fraction(_ decimals: Substring, of scale: Int64) -> Int64? {
        var (total, step): (Int64, Int64) = (0, scale)
        for digit in decimals {
            guard let value = digit.wholeNumberValue else { return nil }
            guard step % 10 == 0 || value == 0 else { return nil }
            step /= 10
            total += Int64(value) * step
        }
        return total
    }

    public var unit: Figure.Unit {
        switch self {
        case .count: .count
        case .time: .nanoseconds
        }
    }

    /// The count, or the time in nanoseconds.
    public var amount: Int64 {
        switch self {
        case .count(let count): count
        case .time(let nanoseconds): nanoseconds
        }
    }
}

extension Bound: CustomStringConvertible {
    /// As `parse` reads it: exactly, in the longest unit that leaves no decimals.
    public var description: String {
        switch self {
        case .count(let count): return "\(count)"
        case .time(0): return "0s"
        case .time(let nanoseconds):
            for name in ["h", "min", "s", "ms", "us"] {
                guard let scale = Self.units.first(where: { $0.name == name })?.nanoseconds else { continue }
                if nanoseconds % scale == 0 { return "\(nanoseconds / scale)\(name)" }
            }
            return "\(nanoseconds)ns"
        }
    }
}

extension Bound: Codable {
    /// A number for a count, text with a unit for a time.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let count = try? container.decode(Int64.self) {
            self = .count(count)
        } else {
            self = try Self.parse(try container.decode(String.self))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .count(let count): try container.encode(count)
        case .time: try container.encode(description)
        }
    }
}
