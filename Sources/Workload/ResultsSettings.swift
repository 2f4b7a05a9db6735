/// Two-way load, as a suite says it: executors answer dispatches with results on a stream of their own, and agents read
/// them there. So an agent's whole turn is measured: dispatch, execution, result.
///
/// A result carries the bytes of the dispatch that it answers: it is told by (agent, seq), as the dispatch is, and its
/// checksum says whether it is still what was asked.
public struct ResultsSettings: Codable, Hashable, Sendable {
    /// The group that answers.
    public static let executorsName = "executors"
    /// The group that reads the answers.
    public static let agentsName = "agents"
    /// The log that they go to.
    public static let logName = "results"

    public var executors: Int
    /// How long an executor works on one dispatch, in nanoseconds.
    public var processing: Int64 = 0

    public init(executors: Int) { self.executors = executors }

    /// As many events as an executor takes at a time: what it answers together costs one round trip.
    private static let batch = 500

    /// As the brokers see it; whoever answers before whoever reads the answers, and so they are asked what is left.
    public var groups: [GroupSettings] {
        var executors = GroupSettings(name: Self.executorsName, consumers: executors)
        (executors.answers, executors.batch, executors.processing) = (true, Self.batch, processing)
        var agents = GroupSettings(name: Self.agentsName)
        (agents.reads, agents.batch) = (.results, Self.batch)
        return [executors, agents]
    }
}
