/// What an event of an agent's life says.
///
/// The raw value is what stands in an event on the wire: add at the end, never renumber.
public enum EventKind: UInt8, CaseIterable, Sendable, Codable, BitwiseCopyable {
    case toolCall = 1
    case toolResult = 2
    case memoryWrite = 3
    case memoryRead = 4
    case stateTransition = 5
    case taskCompletion = 6
    /// Spawned, completed: for the hybrid's cold tier.
    case agentLifecycle = 7
    /// A step's trace for auditors: for the hybrid's cold tier.
    case audit = 8

    /// As suites and histories say it.
    public var name: String {
        switch self {
        case .toolCall: "tool-call"
        case .toolResult: "tool-result"
        case .memoryWrite: "memory-write"
        case .memoryRead: "memory-read"
        case .stateTransition: "state-transition"
        case .taskCompletion: "task-completion"
        case .agentLifecycle: "agent-lifecycle"
        case .audit: "audit"
        }
    }

    public init?(name: String) {
        guard let kind = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = kind
    }

    /// The six kinds that every life has.
    public static let usual: [EventKind] = [
        .toolCall, .toolResult, .memoryWrite, .memoryRead, .stateTransition, .taskCompletion,
    ]
}
