import Foundation
import Testing

/// Compares a text with a file under `Snapshots`. `HOLDFAST_SNAPSHOTS=write` writes the files instead: look at what
/// changed before committing it.
enum Snapshot {
    static func compare(_ text: String, with name: String, at place: SourceLocation = #_sourceLocation) throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Snapshots")
        let file = folder.appendingPathComponent(name)
        if ProcessInfo.processInfo.environment["HOLDFAST_SNAPSHOTS"] == "write" {
            try Data(text.utf8).write(to: file)
        }
        let expected = try String(contentsOf: file, encoding: .utf8)
        let (have, want) = (
            text.split(separator: "\n", omittingEmptySubsequences: false),
            expected.split(separator: "\n", omittingEmptySubsequences: false)
        )
        for (index, pair) in zip(have, want).enumerated() where pair.0 != pair.1 {
            Issue.record("\(name):\(index + 1)\n  have: \(pair.0)\n  want: \(pair.1)", sourceLocation: place)
            return
        }
        #expect(have.count == want.count, "\(name): lines missing or too many", sourceLocation: place)
    }
}
