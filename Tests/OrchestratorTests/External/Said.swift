import Testing

/// What a script said under each heading, an exit status last.
struct Said {
    let all: String
    private var parts: [String: String] = [:]

    init(_ text: String) {
        all = text
        var name = ""
        for line in text.split(separator: "\n", omittingEmptySubsequences: true) {
            if line.hasPrefix("## ") {
                name = String(line.dropFirst(3))
            } else {
                parts[name, default: ""] += line + "\n"
            }
        }
    }

    subscript(name: String) -> String { parts[name] ?? "" }

    func expectRefusal(_ name: String, _ words: String) {
        #expect(self[name].contains(words) && self[name].hasSuffix("exit 2\n"), "\(name): \(self[name])")
    }

    /// It looked for something, and there was nothing.
    func expectNothing(_ name: String) { #expect(self[name] == "exit 1\n", "\(name): \(self[name])") }
}
