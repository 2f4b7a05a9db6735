/// One flag of a command: `--out DIR`, or a switch without a value.
struct Flag {
    let name: String
    /// What stands for its value in the help; nil: a switch.
    let value: String?
    let about: String

    init(_ name: String, _ value: String? = nil, _ about: String) {
        (self.name, self.value, self.about) = (name, value, about)
    }
}

/// Something that a person typed and that can't be meant: exit 2, nothing was started.
struct UsageError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// What was typed after a command's name, sorted into flags and the rest.
struct Arguments {
    private(set) var rest: [String] = []
    private var values: [String: String] = [:]

    /// Reads `words`; a word that begins with `-` must be one of `flags`, `--` ends them, `-` alone is an argument.
    init(_ words: [String], flags: [Flag], command: String) throws(UsageError) {
        var index = 0
        var onlyRest = false
        while index < words.count {
            let word = words[index]
            index += 1
            if onlyRest || word == "-" || !word.hasPrefix("-") {
                rest.append(word)
                continue
            }
            if word == "--" {
                onlyRest = true
                continue
            }
            let halves = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard let flag = flags.first(where: { $0.name == halves[0] }) else {
                let known = flags.map(\.name).joined(separator: " ")
                throw UsageError("\(command) has no flag \(halves[0])\(known.isEmpty ? "" : "; it has \(known)")")
            }
            guard values[flag.name] == nil else { throw UsageError("\(flag.name) is given twice") }
            guard let value = flag.value else {
                guard halves.count == 1 else { throw UsageError("\(flag.name) takes no value") }
                values[flag.name] = ""
                continue
            }
            if halves.count == 2 {
                values[flag.name] = halves[1]
            } else if index < words.count {
                values[flag.name] = words[index]
                index += 1
            } else {
                throw UsageError("\(flag.name) needs a value: \(flag.name) \(value)")
            }
        }
    }

    func has(_ flag: String) -> Bool { values[flag] != nil }

    func text(_ flag: String) -> String? { values[flag] }

    /// A whole number of at least `least`.
    func number(_ flag: String, least: Int64) throws(UsageError) -> Int64? {
        guard let text = values[flag] else { return nil }
        guard let number = Int64(text), number >= least else {
            throw UsageError("\(flag) takes a whole number from \(least); it was given \"\(text)\"")
        }
        return number
    }

    /// The only argument beside the flags.
    func only(_ what: String, of command: String) throws(UsageError) -> String {
        guard let first = rest.first else { throw UsageError("\(command) needs \(what)") }
        guard rest.count == 1 else { throw UsageError("\(command) takes one \(what); \"\(rest[1])\" is too much") }
        return first
    }

    func none(of command: String) throws(UsageError) {
        if let first = rest.first { throw UsageError("\(command) takes no arguments; \"\(first)\" is too much") }
    }
}
