import Documents

/// A fault's parameters: what `$name` means in the values of its timeline. `$$` is a dollar sign.
struct Parameters {
    private(set) var values: [(key: Value, value: Value)] = []
    private var used: Set<String> = []

    /// - Parameter own: the fault's `parameters:`, nil if it has none.
    init(_ own: Value?) throws(Diagnostic) {
        guard let own else { return }
        values = try own.mapping()
        for (key, value) in values {
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
            values[index].value = value
        }
    }

    /// The key of the first parameter that nothing used so far.
    var unused: Value? { values.first { !used.contains($0.key.text) }?.key }

    mutating func put(into value: Value) throws(Diagnostic) -> Value {
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
            for item in items { content.append(try put(into: item)) }
            result.content = .sequence(content)
        case .mapping(let entries):
            var content: [(key: Value, value: Value)] = []
            for entry in entries { content.append((entry.key, try put(into: entry.value))) }
            result.content = .mapping(content)
        }
        return result
    }

    private mutating func replaced(_ text: String, at place: Value) throws(Diagnostic) -> String {
        var result = ""
        var rest = text[...]
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            rest = rest[rest.index(after: dollar)...]
            if rest.first == "$" {
                result += "$"
                rest = rest.dropFirst()
                continue
            }
            let name = rest.prefix { Parameters.continuesName($0) }
            guard Parameters.isName(name) else {
                throw place.diagnostic(
                    "a $ begins a parameter's name, and none follows", remedy: "write $$ for the sign itself")
            }
            let value = try parameter(String(name), at: place)
            guard value.isScalar else {
                throw value.diagnostic("is no text, and stands inside one", remedy: "give it a text or a number")
            }
            result += value.text
            rest = rest.dropFirst(name.count)
        }
        return result + rest
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
