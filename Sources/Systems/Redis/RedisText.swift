/// How redis.conf writes words and quantities.
enum RedisText {
    /// `64mb` in bytes: k, m and g are thousands, kb, mb and gb are powers of 1024. Nil if it is no quantity.
    static func bytes(_ text: String) -> Int? {
        let units = [
            "": 1, "b": 1, "k": 1000, "kb": 1 << 10, "m": 1_000_000, "mb": 1 << 20, "g": 1_000_000_000, "gb": 1 << 30,
        ]
        let digits = text.utf8.prefix { (0x30...0x39).contains($0) }
        guard !digits.isEmpty, let number = Int(String(digits) ?? ""),
            let factor = units[text.dropFirst(digits.count).lowercased()]
        else { return nil }
        let (product, overflow) = number.multipliedReportingOverflow(by: factor)
        return overflow ? nil : product
    }

    /// The words of a line as the server splits it: `a "b c"` is two. Nil if quotes do not balance.
    static func words(_ line: String) -> [String]? {
        var words: [String] = []
        var rest = Array(line.unicodeScalars)[...]
        while true {
            rest = rest.drop { $0.properties.isWhitespace }
            guard let first = rest.first else { return words }
            guard first == "\"" || first == "'" else {
                let word = rest.prefix { !$0.properties.isWhitespace }
                if word.contains("\"") || word.contains("'") { return nil }
                rest = rest.dropFirst(word.count)
                words.append(text(word))
                continue
            }
            rest = rest.dropFirst()
            var word: [Unicode.Scalar] = []
            while let next = rest.first, next != first {
                rest = rest.dropFirst()
                if next == "\\", first == "\"", let escaped = rest.first {
                    rest = rest.dropFirst()
                    word.append(escaped)
                } else {
                    word.append(next)
                }
            }
            guard rest.first == first else { return nil }
            rest = rest.dropFirst()
            if let after = rest.first, !after.properties.isWhitespace { return nil }
            words.append(text(word[...]))
        }
    }

    private static func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        var text = ""
        text.unicodeScalars.append(contentsOf: scalars)
        return text
    }

    /// Whether what `CONFIG GET` found is what the lines of the configuration file asked for, though it writes it in
    /// another way: bytes instead of units, old names of roles, classes that were not mentioned, flags reordered.
    static func agrees(_ name: String, wanted lines: [String], found: String) -> Bool {
        let wanted = lines.map { (words($0) ?? [$0]).map(canonical) }
        switch name {
        case "client-output-buffer-limit":
            let classes = quadruples(canonicalWords(found))
            return wanted.flatMap { quadruples($0) }.allSatisfy { classes.contains($0) }
        case "notify-keyspace-events":
            return eventClasses(lines.last ?? "") == eventClasses(found)
        case "shutdown-on-sigterm", "shutdown-on-sigint":
            return Set(wanted.last ?? []) == Set(canonicalWords(found))
        case "oom-score-adj":
            // The server has two words for one mode and answers with the first of them.
            let same = ["yes": "relative"]
            return (wanted.last ?? []).map { same[$0] ?? $0 } == canonicalWords(found).map { same[$0] ?? $0 }
        case "save":
            return wanted.flatMap { $0 }.filter { !$0.isEmpty } == canonicalWords(found)
        default:
            return (wanted.last ?? []).filter { !$0.isEmpty } == canonicalWords(found)
        }
    }

    private static func canonicalWords(_ text: String) -> [String] {
        text.split(whereSeparator: \.isWhitespace).map { canonical(String($0)) }
    }

    private static func canonical(_ word: String) -> String {
        let lower = word.lowercased()
        if let bytes = bytes(lower) { return String(bytes) }
        return lower == "slave" ? "replica" : lower
    }

    private static func quadruples(_ words: [String]) -> [[String]] {
        stride(from: 0, to: words.count, by: 4).map { Array(words[$0..<min($0 + 4, words.count)]) }
    }

    private static func eventClasses(_ text: String) -> Set<Character> {
        var classes = Set(text)
        if classes.remove("A") != nil { classes.formUnion("g$lshzxetd") }
        return classes
    }
}
