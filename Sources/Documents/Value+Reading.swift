/// What a value means, by what is asked of it. Each refuses what is not of its form, at the value's place.
extension Value {
    /// What the value is, in a word, for messages.
    var form: String {
        switch content {
        case .scalar(let text, let plain):
            if plain, isNull(text) { return "nothing" }
            return shown(text)
        case .sequence: return "a list"
        case .mapping: return "a mapping"
        }
    }

    public var isNothing: Bool {
        if case .scalar(let text, plain: true) = content { return isNull(text) }
        return false
    }

    public var isScalar: Bool {
        if case .scalar = content { return true }
        return false
    }

    public var isSequence: Bool {
        if case .sequence = content { return true }
        return false
    }

    public var isMapping: Bool {
        if case .mapping = content { return true }
        return false
    }

    private func isNull(_ text: String) -> Bool { ["", "~", "null", "Null", "NULL"].contains(text) }

    /// The text of a scalar, quoted or not; a number is a text, too.
    public func string() throws(Diagnostic) -> String {
        guard case .scalar(let text, _) = content, !isNothing else {
            throw diagnostic("is \(form)", remedy: "write a text")
        }
        return text
    }

    /// A text of one line that names something: neither empty nor with spaces around it.
    public func name() throws(Diagnostic) -> String {
        let text = try string()
        let isLine = text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
        guard !text.isEmpty, isLine, text.first?.isWhitespace == false, text.last?.isWhitespace == false else {
            throw diagnostic("\(shown(text)) is no name", remedy: "write one line without spaces around it")
        }
        return text
    }

    public func wholeNumber(in range: ClosedRange<Int>) throws(Diagnostic) -> Int {
        let remedy = "write \(Value.described(range))"
        guard case .scalar(let text, let plain) = content, plain else {
            if case .scalar(let text, plain: false) = content, Int(text) != nil {
                throw diagnostic("\(shown(text)) is a text, for it stands in quotes", remedy: remedy)
            }
            throw diagnostic("is \(form)", remedy: remedy)
        }
        let digits = text.utf8.first == 0x2D ? text.utf8.dropFirst() : text.utf8[...]
        guard !digits.isEmpty, digits.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else {
            throw diagnostic("\(form) is no whole number", remedy: remedy)
        }
        guard digits.count == 1 || digits.first != 0x30 else {
            throw diagnostic("\(form) has leading zeros", remedy: remedy)
        }
        guard let number = Int(text), range.contains(number) else {
            throw diagnostic("\(form) is out of range", remedy: remedy)
        }
        return number
    }

    /// A number in plain digits, with or without decimals.
    public func number(in range: ClosedRange<Double>) throws(Diagnostic) -> Double {
        let remedy = "write a number from \(Value.short(range.lowerBound)) to \(Value.short(range.upperBound))"
        guard case .scalar(let text, plain: true) = content else {
            throw diagnostic("is \(form)", remedy: remedy + ", without quotes")
        }
        let digits = text.utf8.first == 0x2D ? text.utf8.dropFirst() : text.utf8[...]
        let halves = digits.split(separator: 0x2E, omittingEmptySubsequences: false)
        let isNumber =
            halves.count <= 2
            && halves.allSatisfy { half in
                !half.isEmpty && half.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
            }
        guard isNumber, let number = Double(text) else { throw diagnostic("\(form) is no number", remedy: remedy) }
        guard range.contains(number) else { throw diagnostic("\(form) is out of range", remedy: remedy) }
        return number
    }

    private static func short(_ number: Double) -> String {
        number == number.rounded() && abs(number) < 1e15 ? "\(Int(number))" : "\(number)"
    }

    static func described(_ range: ClosedRange<Int>) -> String {
        range.upperBound == .max
            ? "a whole number, \(range.lowerBound) or more"
            : "a whole number from \(range.lowerBound) to \(range.upperBound)"
    }

    public func truth() throws(Diagnostic) -> Bool {
        if case .scalar(let text, plain: true) = content {
            if text == "true" { return true }
            if text == "false" { return false }
        }
        throw diagnostic("\(form) is neither true nor false", remedy: "write true or false, without quotes")
    }

    /// A time with its unit, such as `200ms`.
    public func duration(in range: ClosedRange<Duration> = .zero...(.seconds(315_360_000))) throws(Diagnostic)
        -> Duration
    {
        guard case .scalar(let text, _) = content, let duration = Units.duration(text) else {
            throw diagnostic("\(form) is no time", remedy: "write a number with its unit, such as 10s, 200ms or 5m")
        }
        guard range.contains(duration) else {
            throw diagnostic(
                "\(form) is out of range",
                remedy: "write a time from \(range.lowerBound.written) to \(range.upperBound.written)")
        }
        return duration
    }

    public func share() throws(Diagnostic) -> Share {
        guard case .scalar(let text, _) = content, let share = Units.share(text) else {
            throw diagnostic("\(form) is no share", remedy: "write a share from 0% to 100%, such as 40%")
        }
        return share
    }

    /// Bits a second, such as `200kbit`.
    public func bitRate() throws(Diagnostic) -> Int64 {
        guard case .scalar(let text, _) = content, let rate = Units.bitRate(text), rate > 0 else {
            throw diagnostic("\(form) is no bit rate", remedy: "write bits a second, such as 200kbit or 10mbit")
        }
        return rate
    }

    /// Bytes: a plain whole number, or one with a unit such as `64MiB`.
    public func size() throws(Diagnostic) -> Int64 {
        if case .scalar(let text, plain: true) = content, let bytes = Int64(text), bytes >= 0 { return bytes }
        guard case .scalar(let text, _) = content, let bytes = Units.size(text) else {
            throw diagnostic("\(form) is no size", remedy: "write bytes, such as 4096, 64MiB or 20GB")
        }
        return bytes
    }

    /// One of a list of words.
    public func word(of words: [String]) throws(Diagnostic) -> String {
        guard case .scalar(let text, _) = content, words.contains(text) else {
            if case .scalar(let text, _) = content, !isNothing {
                throw diagnostic("\(shown(text)) is not known", remedy: suggestion(for: text, among: words))
            }
            throw diagnostic("is \(form)", remedy: "write one of: \(words.joined(separator: ", "))")
        }
        return text
    }

    /// One of the words of an enumeration, by raw value.
    public func word<Word: RawRepresentable & CaseIterable>(of type: Word.Type) throws(Diagnostic) -> Word
    where Word.RawValue == String {
        let text = try word(of: Word.allCases.map(\.rawValue))
        guard let word = Word(rawValue: text) else { throw diagnostic("\(shown(text)) is not known") }
        return word
    }

    public func list() throws(Diagnostic) -> [Value] {
        guard case .sequence(let values) = content else {
            throw diagnostic("is \(form)", remedy: "write a list, such as [a, b]")
        }
        return values
    }

    /// The items of a list, or a single value as a list of one.
    public func listOrOne() throws(Diagnostic) -> [Value] {
        if case .sequence(let values) = content { return values }
        guard !isNothing else { throw diagnostic("is nothing", remedy: "write a value or a list of them") }
        return [self]
    }

    public func mapping() throws(Diagnostic) -> [(key: Value, value: Value)] {
        guard case .mapping(let entries) = content else {
            throw diagnostic("is \(form)", remedy: "write a mapping, such as {name: value}")
        }
        return entries
    }
}
