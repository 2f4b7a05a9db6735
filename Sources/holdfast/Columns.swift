/// Two columns for a terminal: names, and words about them that wrap beside.
enum Columns {
    static func text(_ rows: [(String, String)], width: Int = 100) -> String {
        let left = rows.map(\.0.count).max() ?? 0
        var text = ""
        for (name, about) in rows {
            let lines = wrapped(about, to: max(30, width - left - 4))
            text += "  \(name)\(String(repeating: " ", count: left - name.count))  \(lines.first ?? "")\n"
            for line in lines.dropFirst() { text += String(repeating: " ", count: left + 4) + line + "\n" }
        }
        return text
    }

    private static func wrapped(_ text: String, to width: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if !line.isEmpty, line.count + 1 + word.count > width {
                lines.append(line)
                line = ""
            }
            line += (line.isEmpty ? "" : " ") + word
        }
        if !line.isEmpty { lines.append(line) }
        return lines
    }
}
