import Documents

/// A fault's parameters: what `$name` means in the values of its timeline. `$$` is a dollar sign.
struct Parameters {
    /// Bounds far above any real fault. Without them, a small file whose parameters stand in many places could grow to
    /// any size.
    static let mostParameters = 100
    static let mostNodes = 1000
    static let longestText = 4096

    private(set) var values: [(key: Value, value: Value)] = []
    private var used: Set<String> = []

    /// - Parameter own: the fault's `parameters:`, nil if it has none.
    init(_ own: Value?) throws(Diagnostic) {
        guard let own else { return }
        values = try own.mapping()
        guard values.count <= Self.mostParameters else {
            throw own.diagnostic("has \(values.count) parameters", remedy: "\(Self.mostParameters) at most")
        }
        for (key, value) in values {
            try Self.checkSize(value)
            guard Parameters.isName(key.text[...]) else {
                throw key.diagnostic(
                    "\(shown(key.text)) is no name of a parameter",
                    remedy: "use letters, digits, - and _, a letter first")
            }
            guard !value.isNothing else {
                throw value.diagnostic("has no value", remedy: "give it the one that holds unless a suite sets another")
            }
        }
    }

    /// Takes the values of a suite's `with:`.
    mutating func set(_ with: Value, fault: String) throws(Diagnostic) {
        for (key, value) in try with.mapping() {
            guard let index = values.firstIndex(where: { $0.key.text == key.text }) else {
                throw key.diagnostic(
                    "the fault \(shown(fault)) has no such parameter",
                    remedy: suggestion(for: key.text, among: values.map { $0.key.text }))
            }
            guard !value.isNothing else { throw value.diagnostic("has no value", remedy: "give it one") }
            try Self.checkSize(value)
            values[index].value = value
        }
    }

    private static func checkSize(_ value: Value) throws(Diagnostic) {
        guard value.nodeCount <= mostNodes else {
            throw value.diagnostic("has more than \(mostNodes) values in it", remedy: "a parameter is a small thing")
        }
        guard value.text.utf8.count <= longestText else {
            throw value.diagnostic("has more than \(longestText) bytes", remedy: "a parameter is a small thing")
        }
    }

    /// The key of the first parameter that nothing used so far.
    var unused: Value? { values.first { !used.contains($0.key.text) }?.key }

    /// The value with the parameters put in.
    mutating func put(into value: Value) throws(Diagnostic) -> Value {
        let result = try replaced(value)
        guard result.nodeCount <= DocumentLimits.nodes else {
            throw value.diagnostic(
                "has more than \(DocumentLimits.nodes) values with its parameters put in", remedy: "make it shorter")
        }
        return result
    }

    private mutating func replaced(_ value: Value) throws(Diagnostic) -> Value {
        var result = value
        switch value.content {
        case .scalar(let text, let plain):
            guard text.utf8.contains(0x24) else { return value }
            if text.utf8.first == 0x24, Parameters.isName(text.dropFirst()) {
                // The whole value is the parameter: its form and its place are the parameter's own.
                return try parameter(String(text.dropFirst()), at: value)
            }
            result.content = .scalar(try replaced(text, at: value), plain: plain)
        case .sequence(let items):
            var content: [Value] = []
            for item in items { content.append(try replaced(item)) }
            result.content = .sequence(content)
        case .mapping(let entries):
            var content: [(key: Value, value: Value)] = []
            for entry in entries { content.append((entry.key, try replaced(entry.value))) }
            result.content = .mapping(content)
        }
        return result
    }

    private mutating func replaced(_ text: String, at place: Value) throws(Diagnostic) -> String {
        var length = text.utf8.count
        return try Dollars.filled(text, isOfName: Parameters.continuesName) { name throws(Diagnostic) in
            guard Parameters.isName(name) else {
                throw place.diagnostic(
                    "a $ begins a parameter's name, and none follows", remedy: "write $$ for the sign itself")
            }
            let value = try parameter(String(name), at: place)
            guard value.isScalar else {
                throw value.diagnostic("is no text, and stands inside one", remedy: "give it a text or a number")
            }
            length += value.text.utf8.count - name.utf8.count - 1
            guard length <= Self.longestText else {
                throw place.diagnostic(
                    "is longer than \(Self.longestText) bytes with its parameters put in", remedy: "make it shorter")
            }
            return value.text
        }
    }

    private mutating func parameter(_ name: String, at place: Value) throws(Diagnostic) -> Value {
        guard let entry = values.first(where: { $0.key.text == name }) else {
            throw place.diagnostic(
                "\(shown("$" + name)) is no parameter of this fault",
                remedy: suggestion(for: name, among: values.map { $0.key.text }) + "; write $$ for the sign itself")
        }
        used.insert(name)
        return entry.value
    }

    private static func isName(_ text: Substring) -> Bool {
        guard let first = text.first, first.isASCII, first.isLetter else { return false }
        return text.allSatisfy(continuesName)
    }

    private static func continuesName(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber || character == "-" || character == "_")
    }
}

extension Value {
    /// How many values the tree has, itself included.
    fileprivate var nodeCount: Int {
        switch content {
        case .scalar: 1
        case .sequence(let values): values.reduce(1) { $0 + $1.nodeCount }
        case .mapping(let entries): entries.reduce(1) { $0 + $1.value.nodeCount }
        }
    }
}
