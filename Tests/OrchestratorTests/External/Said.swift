import TestSupport
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

    /// A run with a client under audit at both ends lost nothing, and it was that client that did the work.
    func expectGuest(_ client: String, in folder: RunFolder) throws {
        let trial = try folder.trial("guest", "none")
        #expect(trial["status"]?.string == "valid", "\(self["guest"])")
        #expect((trial["verdict"]?["events"]?["acked"]?.integer ?? 0) > 0, "\(self["guest"])")
        #expect(trial["verdict"]?["log"]?["lost"]?.integer == 0, "\(self["guest"])")
        #expect((trial["verdict"]?["groups.readers.deliveries"]?.integer ?? 0) > 0, "\(self["guest"])")
        let directory = try #require(trial["directory"]?.string)
        for worker in ["producer-1", "consumer-1"] {
            #expect(folder.text("\(directory)/logs/\(worker).log").contains("\(client) "), "\(worker)")
        }
    }

    /// It looked for something, and there was nothing.
    func expectNothing(_ name: String) { #expect(self[name] == "exit 1\n", "\(name): \(self[name])") }
}
