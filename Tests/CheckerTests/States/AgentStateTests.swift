import History
import Testing

@testable import Checker

struct AgentStateTests {
    private func state(_ events: [(AgentState.Kind, Int64, UInt32)]) -> AgentState {
        var state = AgentState()
        for (kind, seq, crc) in events { state.apply(kind: kind, seq: seq, crc: crc) }
        return state
    }

    @Test func eachKindDoesItsPart() {
        let found = state([
            (.toolResult, 0, 0), (.toolCall, 1, 0), (.toolCall, 2, 0), (.toolResult, 3, 0), (.memoryWrite, 4, 70),
            (.memoryWrite, 5, 6), (.memoryRead, 6, 6), (.stateTransition, 7, 99), (.other, 8, 1),
        ])
        #expect(found.tasks == [1] && found.memory[6] == 5 && found.phase == 99)
        #expect(found.memory.filter { $0 >= 0 }.count == 1)
        #expect(found.counts == [2, 2, 2, 1, 1, 0, 1])
        #expect(state([(.toolCall, 1, 0), (.taskCompletion, 2, 0)]).tasks.isEmpty)
    }

    @Test func kindsHaveTheNamesOfTheWorkload() {
        let names = [
            "tool-call", "tool-result", "memory-write", "memory-read", "state-transition", "task-completion", "audit",
        ]
        #expect(names.map { AgentState.Kind(named: Name($0)) } == AgentState.Kind.allCases)
    }

    @Test func orderMattersOnlyWhereItDoes() {
        #expect(state([(.toolCall, 1, 0), (.toolCall, 2, 0)]) != state([(.toolCall, 2, 0), (.toolCall, 1, 0)]))
        #expect(
            state([(.memoryRead, 1, 0), (.memoryRead, 2, 0)]) == state([(.memoryRead, 2, 0), (.memoryRead, 1, 0)]))
        #expect(
            state([(.memoryWrite, 1, 1), (.memoryWrite, 2, 2)]) == state([(.memoryWrite, 2, 2), (.memoryWrite, 1, 1)]))
        #expect(state([(.memoryRead, 1, 0)]) != state([(.memoryRead, 1, 0), (.memoryRead, 1, 0)]))
    }
}
