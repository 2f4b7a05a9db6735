public import History

/// What an agent is after a sequence of its events: what it would be restored to by replaying them.
///
/// A tool call pushes its seq on the task stack, a tool result takes one off it, a memory write puts its seq into the
/// cell of the memory map that its checksum chooses, a task completion empties the stack, a state transition makes its
/// checksum the agent's phase; and of each kind so many were applied. Two sequences of different lengths never lead to
/// equal states.
public struct AgentState: Equatable, Sendable {
    public enum Kind: UInt8, CaseIterable, Sendable {
        case toolCall, toolResult, memoryWrite, memoryRead, stateTransition, taskCompletion
        /// Counted, and nothing else.
        case other

        public init(named name: Name) { self = Kind.names[name] ?? .other }

        private static let names: [Name: Kind] = [
            Name("tool-call"): .toolCall, Name("tool-result"): .toolResult, Name("memory-write"): .memoryWrite,
            Name("memory-read"): .memoryRead, Name("state-transition"): .stateTransition,
            Name("task-completion"): .taskCompletion,
        ]
    }

    public static let cellCount = 64
    private static let emptyCell: Int64 = -1

    /// Seqs of tool calls without a result, the latest last.
    public private(set) var tasks: [Int64] = []
    public private(set) var memory = [Int64](repeating: emptyCell, count: cellCount)
    public private(set) var phase: UInt32 = 0
    public private(set) var counts = [Int](repeating: 0, count: Kind.allCases.count)

    public init() {}

    /// Takes the agent's next event. Allocates only while the stack grows beyond what it ever was.
    public mutating func apply(kind: Kind, seq: Int64, crc: UInt32) {
        counts[Int(kind.rawValue)] += 1
        switch kind {
        case .toolCall: tasks.append(seq)
        case .toolResult: _ = tasks.popLast()
        case .memoryWrite: memory[Int(crc) % AgentState.cellCount] = seq
        case .stateTransition: phase = crc
        case .taskCompletion: tasks.removeAll(keepingCapacity: true)
        case .memoryRead, .other: break
        }
    }
}
