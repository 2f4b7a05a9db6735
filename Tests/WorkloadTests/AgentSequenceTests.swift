import Testing
import Workload

struct AgentSequenceTests {
    private static let straight: [EventKind] = [.agentLifecycle, .audit]

    private var settings: WorkloadSettings {
        var settings = WorkloadSettings(agents: 10, rate: 500)
        settings.additionalKinds = Self.straight
        return settings
    }

    private func events(_ agent: Int64, _ settings: WorkloadSettings, count: Int) -> [PlannedEvent] {
        var sequence = AgentSequence(agent: agent, seed: 3, settings: settings)
        return (0..<count).map { _ in sequence.following() }
    }

    /// Together they are the agent's life: every event in one of them, each numbered without a gap.
    @Test func aTrailAndTheRestAreTheWholeLife() throws {
        let own = events(4, settings, count: 400)
        let trail = events(14, settings, count: 40)
        #expect(own.allSatisfy { $0.agent == 4 && !Self.straight.contains($0.kind) })
        #expect(trail.allSatisfy { $0.agent == 14 && Self.straight.contains($0.kind) })
        #expect(own.map(\.seq) == (0..<400).map(Int64.init) && trail.map(\.seq) == (0..<40).map(Int64.init))
        #expect(Set(trail.map(\.kind)) == Set(Self.straight))
        let until = min(try #require(own.last).intended, try #require(trail.last).intended)
        var life = AgentLife(agent: 4, seed: 3, settings: settings)
        var whole: [PlannedEvent] = []
        while whole.last.map({ $0.intended < until }) ?? true { whole.append(life.following()) }
        whole.removeLast()
        let parts = (own + trail).filter { $0.intended < until }
        #expect(parts.count == whole.count)
        func tell(_ events: [PlannedEvent]) -> [String] {
            events.map { "\($0.intended) \($0.kind) \($0.payloadLength)" }.sorted()
        }
        #expect(tell(parts) == tell(whole))
    }

    @Test func withoutKindsOfTheirOwnAgentsAreWhatTheyAre() {
        let plain = WorkloadSettings(agents: 10, rate: 500)
        var life = AgentLife(agent: 4, seed: 3, settings: plain)
        #expect(events(4, plain, count: 100) == (0..<100).map { _ in life.following() })
        #expect(plain.hasSequence(9) && !plain.hasSequence(10))
    }

    /// Every sequence that there is has one producer; the orchestrator's trail would have no event, ever.
    @Test func producersShareAgentsAndTrails() {
        let shared = WorkloadSettings(agents: 10, rate: 500, producers: 3)
        var settings = shared
        settings.additionalKinds = Self.straight
        let all = (0..<3).flatMap { settings.agents(ofProducer: $0) }
        #expect(all.sorted() == Array(0..<10) + Array(11..<20))
        #expect(all.allSatisfy { settings.hasSequence($0) } && !settings.hasSequence(10) && !settings.hasSequence(20))
    }
}
