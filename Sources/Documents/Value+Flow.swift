extension Value {
    /// The value as YAML on one line: `{at: 50%, do: kill, node: primary}`.
    public var flow: String {
        switch content {
        case .scalar(let text, let plain):
            return plain || Value.needsNoQuotes(text) ? onOneLine(text) : "\"\(onOneLine(escaped(text)))\""
        case .sequence(let values):
            return "[" + values.map(\.flow).joined(separator: ", ") + "]"
        case .mapping(let entries):
            return "{" + entries.map { "\($0.key.flow): \($0.value.flow)" }.joined(separator: ", ") + "}"
        }
    }

    private static func needsNoQuotes(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first, first.properties.isAlphabetic else { return false }
        return text.unicodeScalars.allSatisfy {
            $0.isASCII
                && ($0.properties.isAlphabetic || $0.properties.numericType != nil
                    || "-_.%".unicodeScalars.contains($0))
        }
    }

    private func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    }

    private func onOneLine(_ text: String) -> String {
        text.unicodeScalars.map { scalar in
            scalar.properties.generalCategory == .control ? scalar.escaped(asASCII: true) : String(scalar)
        }.joined()
    }
}
