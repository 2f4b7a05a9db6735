import Glibc
import Platform
import TestSupport
import Testing

/// The manual page says what the program's own help says: every command, every flag with its value, and no other.
struct ManualTests {
    private static let page = Holdfast.root + "/man/holdfast.1"

    /// Flags by command, each as it is typed: `--out DIR`.
    private struct Contents: Equatable {
        var flags: [String: Set<String>] = [:]

        /// What `.Ss COMMAND` and `.It Fl` say in the section COMMANDS of a page.
        init(page: String) {
            var command: String?
            var isCommands = false
            for line in page.split(separator: "\n") {
                let words = line.split(separator: " ").map(String.init)
                switch words[0] {
                case ".Sh":
                    isCommands = words.dropFirst().first == "COMMANDS"
                    command = nil
                case ".Ss" where isCommands && words.count > 1:
                    command = words[1]
                    flags[words[1]] = []
                case ".It" where words.count > 2 && words[1] == "Fl":
                    guard let command else { continue }
                    let rest = words[2...].filter { $0 != "Ar" }
                    flags[command]?.insert("-" + rest.joined(separator: " "))
                default: continue
                }
            }
        }

        /// What the program says of itself.
        init(program: () throws -> String, command: (String) throws -> String) rethrows {
            for line in try program().split(separator: "\n") where line.hasPrefix("  ") && !line.hasPrefix("   ") {
                let name = String(line.dropFirst(2).prefix { $0 != " " })
                flags[name] = Set(
                    try command(name).split(separator: "\n").filter { $0.hasPrefix("  --") }.map(Self.typed))
            }
        }

        /// The left column of a row of the help: what stands before two spaces.
        private static func typed(_ row: Substring) -> String {
            let words = row.dropFirst(2).split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
            return words.count > 1 && !words[1].isEmpty ? "\(words[0]) \(words[1])" : String(words[0])
        }
    }

    @Test func everyCommandAndFlagIsInTheManualAndNoOther() throws {
        let manual = Contents(page: try #require(Files.read(Self.page, limit: 1 << 20)))
        let program = try Contents(
            program: { try Holdfast.run("help").output }, command: { try Holdfast.run("help", $0).output })
        #expect(program.flags["run"]?.contains("--out DIR") == true && program.flags["doctor"] == ["--json"])
        for name in Set(program.flags.keys).union(manual.flags.keys).sorted() {
            let (said, written) = (program.flags[name], manual.flags[name])
            #expect(said != nil && written != nil, "\(name): \(said == nil ? "no command" : "not in man/holdfast.1")")
            let missing = (said ?? []).subtracting(written ?? []).sorted()
            #expect(missing == [], "man/holdfast.1 lacks these of \(name)")
            #expect((written ?? []).subtracting(said ?? []).sorted() == [], "\(name) has no such flags")
        }
    }

    @Test(.enabled(if: Tool.locate("groff") != nil, "needs groff"))
    func theManualIsWellFormed() throws {
        let result = try Tool.run("groff", ["-mandoc", "-ww", "-z", Self.page])
        #expect(result.succeeded && result.errors == "", "\(result.errors)")
    }
}
