/// Numbers as people read them in tables and reports: `41,020`, `0.21 %`, `0.73 s`, `212 ms`.
enum Format {
    static let nothing = "–"

    static func count(_ count: Int64) -> String {
        var text = ""
        for (index, digit) in String(count.magnitude).reversed().enumerated() {
            if index > 0, index % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return (count < 0 ? "-" : "") + String(text.reversed())
    }

    static func count(_ number: Int) -> String { count(Int64(number)) }

    /// Three digits that matter, and never a share of nothing or of everything that is not exactly that.
    static func share(_ part: Int, of whole: Int) -> String {
        guard whole > 0 else { return nothing }
        if part == 0 { return "0 %" }
        if part == whole { return "100 %" }
        let percent = Double(part) / Double(whole) * 100
        if percent < 0.01 { return "<0.01 %" }
        if percent >= 99.95 { return ">99.9 %" }
        return decimals(percent, percent < 1 ? 2 : percent < 99 ? (percent < 10 ? 1 : 0) : 1) + " %"
    }

    /// With three digits: `9.1 µs`, `0.31 ms`, `21.2 ms`, `1.23 s`, `2 min 5 s`.
    static func time(_ nanoseconds: Int64) -> String {
        let milliseconds = Double(nanoseconds) / 1e6
        switch milliseconds {
        case ..<0: return "-" + time(-nanoseconds)
        case 0: return "0 s"
        case ..<0.001: return "\(nanoseconds) ns"
        case ..<0.01: return decimals(milliseconds * 1000, 1) + " µs"
        case ..<9.995: return decimals(milliseconds, 2) + " ms"
        case ..<99.95: return decimals(milliseconds, 1) + " ms"
        case ..<999.5: return decimals(milliseconds, 0) + " ms"
        case ..<9_995: return decimals(milliseconds / 1000, 2) + " s"
        case ..<99_950: return decimals(milliseconds / 1000, 1) + " s"
        case ..<600_000: return decimals(milliseconds / 1000, 0) + " s"
        default: return duration(milliseconds / 1000)
        }
    }

    /// A loss window: seconds, so that windows compare at a glance.
    static func window(_ nanoseconds: Int64) -> String {
        if nanoseconds == 0 { return "0 s" }
        if nanoseconds < 10_000_000 { return "<0.01 s" }
        let seconds = Double(nanoseconds) / 1e9
        return decimals(seconds, seconds < 99.95 ? 2 : 0) + " s"
    }

    static func value(_ value: Figure.Value, _ unit: Figure.Unit) -> String {
        switch (value, unit) {
        case (.never, _): "never"
        case (.amount(let amount), .count): count(amount)
        case (.amount(let amount), .nanoseconds): time(amount)
        }
    }

    /// Wall time: `42 s`, `3 min 20 s`, `2 h 5 min`.
    static func duration(_ seconds: Double) -> String {
        if seconds < 9.95 { return decimals(seconds, 1) + " s" }
        let whole = Int(seconds.rounded())
        if whole < 60 { return "\(whole) s" }
        if whole < 3600 { return "\(whole / 60) min" + (whole % 60 == 0 ? "" : " \(whole % 60) s") }
        return "\(whole / 3600) h" + (whole % 3600 / 60 == 0 ? "" : " \(whole % 3600 / 60) min")
    }

    static func rate(_ perSecond: Double) -> String { count(Int64(perSecond.rounded())) }

    static func bytes(_ bytes: Int64) -> String {
        let gibibytes = Double(bytes) / 1_073_741_824
        return gibibytes >= 1 ? decimals(gibibytes, 1) + " GiB" : decimals(gibibytes * 1024, 0) + " MiB"
    }

    /// A time to keep something for, as a suite writes it: `30 d`, `12 h`, `90 s`.
    static func span(_ nanoseconds: Int64) -> String {
        let units: [(String, Int64)] = [("d", 86_400_000_000_000), ("h", 3_600_000_000_000), ("min", 60_000_000_000)]
        for (unit, size) in units where nanoseconds >= size && nanoseconds % size == 0 {
            return "\(count(nanoseconds / size)) \(unit)"
        }
        return time(nanoseconds)
    }

    /// Bytes of any size, by thousands as disks are sold: `33 TB`.
    static func large(_ bytes: Double) -> String {
        let units: [(String, Double)] = [("PB", 1e15), ("TB", 1e12), ("GB", 1e9), ("MB", 1e6)]
        let (unit, size) = units.first { bytes >= $0.1 } ?? ("MB", 1e6)
        return decimals(bytes / size, bytes / size < 10 ? 1 : 0) + " " + unit
    }

    /// `3 trials`, `1 trial`.
    static func plural(_ count: Int, _ word: String) -> String {
        "\(Self.count(count)) \(word)\(count == 1 ? "" : "s")"
    }

    static func decimals(_ value: Double, _ places: Int) -> String {
        guard value.isFinite else { return nothing }
        var scale = 1.0
        for _ in 0..<places { scale *= 10 }
        let scaled = (value.magnitude * scale).rounded()
        guard scaled < 9e15 else { return "\(value)" }
        let digits = Int64(scaled)
        let whole = digits / Int64(scale)
        var text = (value < 0 && digits > 0 ? "-" : "") + count(whole)
        if places > 0 {
            let rest = String(digits % Int64(scale))
            text += "." + String(repeating: "0", count: places - rest.utf8.count) + rest
        }
        return text
    }
}
