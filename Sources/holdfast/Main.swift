import Documents
import Glibc
import Orchestrator
import Platform

/// Exit statuses as the contract fixes them.
enum Exit {
    static let fine: Int32 = 0
    static let wrong: Int32 = 1
    static let usage: Int32 = 2
    static let inconclusive: Int32 = 3
    static let failed: Int32 = 4
}

@main
struct Main {
    static let version = "0.1.0"

    static var commands: [any Command.Type] {
        [
            RunCommand.self, LabCommand.self, CheckCommand.self, ReportCommand.self, ExplainCommand.self,
            ExportCommand.self,
            FaultsCommand.self, SystemsCommand.self, DoctorCommand.self, HealCommand.self, WorkerCommand.self,
        ]
    }

    static func main() {
        // Children keep their statuses, and a reader that went away is an error of write, not our end between a fault
        // and its healing.
        Signals.prepareProcess()
        exit(status(of: Array(CommandLine.arguments.dropFirst())))
    }

    private static func status(of words: [String]) -> Int32 {
        guard let name = words.first else {
            Console.error(help)
            return Exit.usage
        }
        if ["help", "--help", "-h"].contains(name) {
            return helpStatus(for: words.dropFirst().first)
        }
        if name == "--version" {
            Console.out("holdfast \(version)\n")
            return Exit.fine
        }
        guard let command = commands.first(where: { $0.name == name }) else {
            Console.error("holdfast: there is no command \"\(name)\"\(suggestion(for: name))\n\n\(help)")
            return Exit.usage
        }
        return status(of: command, words: Array(words.dropFirst()))
    }

    private static func status(of command: any Command.Type, words: [String]) -> Int32 {
        if words.contains("--help") || words.contains("-h") { return helpStatus(for: command.name) }
        do {
            return try command.run(try Arguments(words, flags: command.flags, command: command.name))
        } catch let error as UsageError {
            Console.error("holdfast \(command.name): \(error)\ntry: holdfast help \(command.name)")
            return Exit.usage
        } catch let error as RunError where error.code == .usage {
            Console.error("holdfast \(command.name): \(error)")
            return Exit.usage
        } catch let error as Diagnostic {
            Console.error("\(error)")
            return Exit.usage
        } catch {
            Console.error("holdfast \(command.name): \(error)")
            return Exit.failed
        }
    }

    private static func helpStatus(for name: String?) -> Int32 {
        guard let name else {
            Console.out(help)
            return Exit.fine
        }
        guard let command = commands.first(where: { $0.name == name }) else {
            Console.error("holdfast: there is no command \"\(name)\"\(suggestion(for: name))")
            return Exit.usage
        }
        Console.out(command.help)
        return Exit.fine
    }

    private static func suggestion(for name: String) -> String {
        let names = commands.filter { !$0.isHidden }.map { $0.name }
        return names.first { $0.hasPrefix(name.prefix(3)) }.map { "; did you mean \"\($0)\"?" } ?? ""
    }

    static var help: String {
        let shown = commands.filter { !$0.isHidden }
        var text = """
            usage: holdfast COMMAND …

            Holdfast breaks message brokers on purpose and says which acknowledged events survived.


            """
        let rows = shown.map { ("\($0.name)\($0.synopsis.isEmpty ? "" : " " + $0.synopsis)", firstLine($0.about)) }
        let width = rows.map(\.0.count).filter { $0 <= 34 }.max() ?? 0
        for (left, right) in rows {
            let gap = left.count > width ? "\n  " + String(repeating: " ", count: width) : spaces(width - left.count)
            text += "  \(left)\(gap)  \(right)\n"
        }
        return text
            + "\nholdfast help COMMAND says more. Exit: 0 holds, 1 a gate broke, 2 wrong input, 3 no conclusion, 4 failed.\n"
    }

    private static func spaces(_ count: Int) -> String { String(repeating: " ", count: count) }

    private static func firstLine(_ text: String) -> String {
        String(text.split(separator: "\n", omittingEmptySubsequences: false).first ?? "")
    }
}
