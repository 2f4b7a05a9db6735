import Checker
import History
import Platform
import Report
import Systems
import Workload

/// Restores one agent as its owner would after a crash: by reading its stream, from the beginning and from a snapshot.
///
/// A snapshot is the state that the agent had when its last task was completed, and the position of that event.
struct Restorer {
    let system: any System
    let run: UInt64
    let patience: any Patience
    /// By the raw value of an event's kind.
    private let kinds: [UInt8: AgentState.Kind]

    init(system: any System, run: String, patience: any Patience) {
        (self.system, self.run, self.patience) = (system, EventCodec.runNumber(run), patience)
        kinds = Dictionary(
            uniqueKeysWithValues: EventKind.allCases.map { ($0.rawValue, AgentState.Kind(named: Name($0.name))) })
    }

    /// The two readings of an agent; nil if the log has nothing of it.
    func restore(_ agent: Int64) throws(SystemError) -> Summary.Trial.Restoration? {
        var snapshot: (state: AgentState, position: Position)?
        let (state, whole) = try read(agent, from: nil, onto: AgentState()) { state, kind, position in
            if kind == .taskCompletion { snapshot = (state, position) }
        }
        if whole.events == 0 { return nil }
        guard let snapshot else {
            return Summary.Trial.Restoration(agent: agent, fromStart: whole, fromSnapshot: nil, isSame: true)
        }
        let (again, rest) = try read(agent, from: snapshot.position, onto: snapshot.state) { _, _, _ in }
        return Summary.Trial.Restoration(agent: agent, fromStart: whole, fromSnapshot: rest, isSame: state == again)
    }

    private func read(
        _ agent: Int64, from position: Position?, onto start: AgentState,
        _ each: (AgentState, AgentState.Kind, Position) -> Void
    ) throws(SystemError) -> (AgentState, Summary.Trial.Restoration.Reading) {
        var (state, events) = (start, Int64(0))
        let began = MonotonicClock.now()
        let entries = try system.read(
            stream: Int(agent % Int64(system.streams.count)), from: position, patience: patience
        ) { position, event in
            guard let event, event.run == run, event.agent == agent, event.intact else { return }
            let kind = kinds[event.kind.rawValue] ?? .other
            state.apply(kind: kind, seq: event.seq, crc: event.crc)
            events += 1
            each(state, kind, position)
        }
        let time = MonotonicClock.now() - began
        return (state, .init(nanoseconds: time, entries: entries, events: events))
    }
}
