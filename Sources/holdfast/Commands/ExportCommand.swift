import History

struct ExportCommand: Command {
    static let name = "export"
    static let synopsis = "DIR"
    static let about = "Writes a trial's history as an interchange file (JSON lines) to standard output."

    static func run(_ arguments: Arguments) throws -> Int32 {
        do {
            let history = try History.read(try arguments.only("trial's directory", of: name))
            try history.export(to: 1, name: "standard output")
            return Exit.fine
        } catch let error as InputError {
            Console.error("\(error)")
            return Exit.usage
        }
    }
}
