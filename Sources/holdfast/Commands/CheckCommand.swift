import Checker
import History
import Report

struct CheckCommand: Command {
    static let name = "check"
    static let synopsis = "PATH [--json]"
    static let about = """
        Checks a history: a trial's directory, an interchange file, or - for one on standard input.
        Exit: 0 nothing wrong, 1 something wrong, 2 bad input, 3 invalid.
        """
    static let flags = [Flag("--json", nil, "the verdict as JSON")]

    static func run(_ arguments: Arguments) throws -> Int32 {
        let history: History
        do {
            history = try History.read(try arguments.only("history", of: name))
        } catch let error as InputError {
            Console.error("\(error)")
            return Exit.usage
        }
        let verdict = check(history)
        Console.out(arguments.has("--json") ? verdict.json.pretty : VerdictText.text(verdict))
        return verdict.judgement.exitCode
    }
}
