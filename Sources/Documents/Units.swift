/// A part of a whole, written `40%` or `0.5%`.
public struct Share: Hashable, Sendable, CustomStringConvertible {
    /// Of the whole; 40 % is 400,000. Whole numbers, so that the same text gives the same moment on every machine.
    public var millionths: Int

    public init(millionths: Int) { self.millionths = millionths }

    public static func percent(_ value: Int) -> Share { Share(millionths: value * 10_000) }

    public var fraction: Double { Double(millionths) / 1_000_000 }

    /// That part of a duration, rounded down to a nanosecond.
    public func of(_ whole: Duration) -> Duration {
        let (high, low) = whole.wholeNanoseconds.multipliedFullWidth(by: Int64(millionths))
        return .nanoseconds(Int64(1_000_000).dividingFullWidth((high, low)).quotient)
    }

    public var description: String { decimal(millionths, unit: 10_000) + "%" }
}

extension Duration {
    /// Whole nanoseconds; durations that documents can say always fit.
    public var wholeNanoseconds: Int64 {
        components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
    }

    /// As documents write it, in the largest unit that needs no more than three decimals: `200ms`, `1.5s`, `2m`.
    public var written: String {
        let nanoseconds = wholeNanoseconds
        for (unit, size) in Units.durations.reversed() where nanoseconds.magnitude >= size.magnitude {
            let step = ["s", "ms", "us"].contains(unit) ? size / 1000 : size
            if nanoseconds % step == 0 { return decimal(Int(nanoseconds), unit: Int(size)) + unit }
        }
        return nanoseconds == 0 ? "0s" : "\(nanoseconds)ns"
    }
}

/// How documents write quantities.
public enum Units {
    static let durations: [(unit: String, nanoseconds: Int64)] = [
        ("ns", 1), ("us", 1_000), ("ms", 1_000_000), ("s", 1_000_000_000), ("m", 60_000_000_000),
        ("h", 3_600_000_000_000), ("d", 86_400_000_000_000),
    ]
    static let bitRates: [(unit: String, bits: Int64)] = [
        ("bit", 1), ("kbit", 1_000), ("mbit", 1_000_000), ("gbit", 1_000_000_000),
    ]
    static let sizes: [(unit: String, bytes: Int64)] = [
        ("B", 1), ("kB", 1_000), ("KB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("TB", 1_000_000_000_000),
        ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("TiB", 1 << 40),
    ]
    /// So that sums and shares of a few durations stay within 64 bits of nanoseconds.
    static let longestDuration: Int64 = 86_400_000_000_000 * 3650

    /// `10s`, `200ms`, `1.5s`, `30d`; nil if it is written otherwise, finer than a nanosecond or above ten years.
    public static func duration(_ text: String) -> Duration? {
        guard let nanoseconds = quantity(text, durations.map { ($0.unit, $0.nanoseconds) }),
            nanoseconds <= longestDuration
        else { return nil }
        return .nanoseconds(nanoseconds)
    }

    /// `40%`; nil if it is written otherwise or above 100 %.
    public static func share(_ text: String) -> Share? {
        guard let millionths = quantity(text, [("%", 10_000)]), millionths <= 1_000_000 else { return nil }
        return Share(millionths: Int(millionths))
    }

    /// Bits a second: `200kbit` is 200,000.
    public static func bitRate(_ text: String) -> Int64? {
        quantity(text, bitRates.map { ($0.unit, $0.bits) })
    }

    /// Bytes: `20GB`, `64MiB`.
    public static func size(_ text: String) -> Int64? {
        quantity(text, sizes.map { ($0.unit, $0.bytes) })
    }

    /// A decimal number with one of the units behind it, exactly; nil if that is no whole number of the smallest.
    static func quantity(_ text: String, _ units: [(unit: String, factor: Int64)]) -> Int64? {
        let number = text.utf8.prefix { ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x2E }
        let rest = Substring(text.utf8.dropFirst(number.count))
        guard let factor = units.first(where: { $0.unit == rest })?.factor else { return nil }
        let halves = number.split(separator: 0x2E, omittingEmptySubsequences: false)
        guard let wholeText = halves.first, !wholeText.isEmpty, halves.count <= 2, halves.last?.isEmpty == false,
            let whole = Int64(String(Substring(wholeText)))
        else { return nil }
        let (scaled, overflow) = whole.multipliedReportingOverflow(by: factor)
        guard !overflow else { return nil }
        guard halves.count == 2 else { return scaled }
        guard halves[1].count <= 9, let part = Int64(String(Substring(halves[1]))) else { return nil }
        let divisor = (0..<halves[1].count).reduce(Int64(1)) { product, _ in product * 10 }
        let (product, productOverflow) = part.multipliedReportingOverflow(by: factor)
        guard !productOverflow, product % divisor == 0 else { return nil }
        let (sum, sumOverflow) = scaled.addingReportingOverflow(product / divisor)
        return sumOverflow ? nil : sum
    }
}

/// A number of `unit`s as a decimal without trailing zeros.
private func decimal(_ value: Int, unit: Int) -> String {
    var text = "\(value / unit)"
    var rest = (value % unit).magnitude
    guard rest > 0 else { return text }
    text += "."
    var digits = 0
    while rest > 0, digits < 9 {
        rest *= 10
        text += "\(rest / UInt(unit))"
        rest %= UInt(unit)
        digits += 1
    }
    return text
}
