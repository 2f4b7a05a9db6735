import History

struct ExplainCommand: Command {
    static let name = "explain"
    static let synopsis = "PATH --agent A [--seq S]"
    static let about = """
        Tells one event's life: attempts, acknowledgements, places in the log, deliveries, and the faults around it.
        Without --seq, one line for each event of the agent.
        """
    static let flags = [
        Flag("--agent", "A", "whose event"),
        Flag("--seq", "S", "which of the agent's events, from 0"),
    ]

    static func run(_ arguments: Arguments) throws -> Int32 {
        guard let agent = try arguments.number("--agent", least: 0) else {
            throw UsageError("explain needs --agent A: whose event?")
        }
        let seq = try arguments.number("--seq", least: 0)
        do {
            let history = try History.read(try arguments.only("history", of: name))
            Console.out(history.explain(agent: agent, seq: seq))
            return Exit.fine
        } catch let error as InputError {
            Console.error("\(error)")
            return Exit.usage
        }
    }
}
