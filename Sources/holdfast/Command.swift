/// One word after `holdfast`. Each has a file of its own under `Commands`.
protocol Command {
    static var name: String { get }
    /// What stands after the name in the help.
    static var synopsis: String { get }
    static var about: String { get }
    static var flags: [Flag] { get }
    /// Commands that only Holdfast itself calls are left out of the help.
    static var isHidden: Bool { get }
    /// Runs the command; returns the exit status.
    static func run(_ arguments: Arguments) throws -> Int32
}

extension Command {
    static var isHidden: Bool { false }
    static var flags: [Flag] { [] }

    static var help: String {
        var text = "usage: holdfast \(name)\(synopsis.isEmpty ? "" : " " + synopsis)\n\n\(about)\n"
        let rows = flags.map { flag in ("\(flag.name)\(flag.value.map { " " + $0 } ?? "")", flag.about) }
        let width = rows.map(\.0.count).max() ?? 0
        if !rows.isEmpty { text += "\n" }
        for (left, right) in rows {
            text += "  \(left)\(String(repeating: " ", count: width - left.count))  \(right)\n"
        }
        return text
    }
}
