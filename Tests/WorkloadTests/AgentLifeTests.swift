import Testing

@testable import Workload

struct AgentLifeTests {
    private let usual = WorkloadSettings()
    private let second: Int64 = 1_000_000_000

    private func events(_ settings: WorkloadSettings, seed: UInt64, agent: Int64, until end: Int64) -> [PlannedEvent] {
        var life = AgentLife(agent: agent, seed: seed, settings: settings)
        var all: [PlannedEvent] = []
        while true {
            let event = life.following()
            if event.intended >= end { return all }
            all.append(event)
        }
    }

    private func all(_ settings: WorkloadSettings, seed: UInt64 = 1, until end: Int64) -> [PlannedEvent] {
        (0..<Int64(settings.agents)).flatMap { events(settings, seed: seed, agent: $0, until: end) }
    }

    private func digest(_ events: [PlannedEvent]) -> UInt64 {
        var hash: UInt64 = 0
        for event in events {
            for part in [
                event.agent, event.seq, event.intended, Int64(event.payloadLength), Int64(event.kind.rawValue),
            ] {
                hash = SplitMix64.mix(hash ^ UInt64(bitPattern: part))
            }
        }
        return hash
    }

    @Test func theSameSeedGivesTheSameEvents() {
        let one = digest(all(usual, until: 2 * second))
        #expect(one == digest(all(usual, until: 2 * second)))
        #expect(one != digest(all(usual, seed: 2, until: 2 * second)))
    }

    /// A seed means these events for ever: whoever changes them makes old runs irreproducible, and must say so.
    @Test func aSeedKeepsItsMeaning() {
        #expect(digest(all(usual, until: 2 * second)) == 2_874_759_484_014_756_680)
    }

    @Test func aLifeDoesNotDependOnHowProducersShareTheAgents() {
        var shared = usual
        shared.producers = 5
        #expect(shared.agents(ofProducer: 3).count == 40)
        #expect((0..<5).flatMap { shared.agents(ofProducer: $0) }.sorted() == (0..<200).map(Int64.init))
        #expect(events(shared, seed: 7, agent: 33, until: second) == events(usual, seed: 7, agent: 33, until: second))
    }

    @Test func sequencesAreDenseAndTimesNeverGoBack() {
        var settings = usual
        settings.bursts = .init(every: second, length: second / 10, factor: 4)
        for agent in [0, 1, 57, 199] as [Int64] {
            let life = events(settings, seed: 3, agent: agent, until: 20 * second)
            #expect(life.map(\.seq) == (0..<Int64(life.count)).map { $0 })
            #expect(zip(life, life.dropFirst()).allSatisfy { $0.intended <= $1.intended })
            #expect(life.allSatisfy { settings.payload.contains(Int($0.payloadLength)) && $0.intended >= 0 })
        }
    }

    @Test(arguments: [1, 2, 3, 40, 200, 1000])
    func theMeanRateIsTheOneAskedFor(agents: Int) {
        for bursts in [nil, WorkloadSettings.Bursts(every: 2 * second, length: second / 5, factor: 3)] {
            let settings = WorkloadSettings(agents: agents, rate: 10_000, bursts: bursts)
            let count = all(settings, until: 10 * second).count
            #expect(abs(count - 100_000) <= 1_000, "\(agents) agents made \(count) events")
        }
    }

    @Test func theRateHoldsSecondBySecond() {
        var counts = [Int](repeating: 0, count: 10)
        for event in all(usual, until: 10 * second) { counts[Int(event.intended / second)] += 1 }
        #expect(counts.allSatisfy { abs($0 - 10_000) < 1_000 }, "\(counts)")
    }

    @Test func burstsAreAsMuchFasterAsAsked() {
        var settings = usual
        settings.bursts = .init(every: second, length: second / 5, factor: 3)
        var (inside, outside) = (0, 0)
        for event in all(settings, until: 10 * second) {
            let place = event.intended % second
            if place >= second * 2 / 5 && place < second * 3 / 5 { inside += 1 } else { outside += 1 }
        }
        let factor = Double(inside) / 2 / (Double(outside) / 8)
        #expect(abs(factor - 3) < 0.3, "\(factor)")
    }

    @Test func tasksOpenWithADispatchAndAreCompletedWhenAllIsAnswered() {
        for agent in [1, 2, 100] as [Int64] {
            var (open, fresh, seen) = (0, true, Set<EventKind>())
            for event in events(usual, seed: 5, agent: agent, until: 60 * second) {
                seen.insert(event.kind)
                if fresh { #expect(event.kind == .toolCall, "\(event)") }
                fresh = false
                switch event.kind {
                case .toolCall: open += 1
                case .toolResult: open -= 1
                case .taskCompletion:
                    #expect(open == 0, "\(event) leaves dispatches open")
                    fresh = true
                default: break
                }
                #expect(open >= 0, "\(event) answers nothing")
            }
            #expect(seen == Set(EventKind.usual))
        }
    }

    @Test func theOrchestratorSpawnsManyInOneStepAndTheirTasksOpenThen() throws {
        let orchestrator = events(usual, seed: 9, agent: 0, until: 30 * second)
        var steps: [Int64: Int] = [:]
        for event in orchestrator where event.kind == .toolCall { steps[event.intended, default: 0] += 1 }
        let largest = try #require(steps.values.max())
        #expect(largest > 40 && largest <= 50)
        let lives = (1..<200).map { events(usual, seed: 9, agent: $0, until: 31 * second) }
        for (moment, spawned) in steps where moment > 3 * second {
            let opened = lives.count { life in
                guard let index = life.firstIndex(where: { $0.intended == moment && $0.kind == .toolCall }) else {
                    return false
                }
                return index == 0 || life[index - 1].kind == .taskCompletion
            }
            #expect(opened >= spawned, "\(spawned) were spawned at \(moment), \(opened) tasks opened")
        }
    }

    @Test func tightLoopsAreBurstsOfAnAgent() throws {
        let life = events(usual, seed: 4, agent: 12, until: 60 * second)
        let spacing = second / 50
        let tight = zip(life, life.dropFirst(12)).map { $1.intended - $0.intended }
        let quickest = try #require(tight.min())
        #expect(quickest < 12 * spacing / 4, "twelve events took \(quickest) ns at best")
        #expect(try #require(tight.max()) > 12 * spacing)
    }

    @Test func lifecyclesAndAuditsAppearWhereTheyAreAskedFor() {
        var settings = usual
        settings.additionalKinds = [.agentLifecycle, .audit]
        let kinds = Set(events(settings, seed: 1, agent: 8, until: 60 * second).map(\.kind))
        #expect(kinds == Set(EventKind.allCases))
    }
}

struct WorkloadSettingsTests {
    private func problem(_ change: (inout WorkloadSettings) -> Void) -> String? {
        var settings = WorkloadSettings()
        change(&settings)
        return settings.problem?.field
    }

    @Test func whatNoLoadCanBeIsNamedByItsField() {
        #expect(problem { _ in } == nil)
        #expect(problem { $0.agents = 0 } == "agents")
        #expect(problem { $0.agents = WorkloadSettings.agentLimit + 1 } == "agents")
        #expect(problem { $0.rate = 0 } == "rate")
        #expect(problem { $0.rate = .infinity } == "rate")
        #expect(problem { $0.duration = 0 } == "duration")
        #expect(problem { $0.payload = -1...5 } == "payload")
        #expect(problem { $0.payload = 0...(1 << 21) } == "payload")
        #expect(problem { $0.bursts = .init(every: 10, length: 10, factor: 2) } == "bursts.length")
        #expect(problem { $0.bursts = .init(every: 10, length: 5, factor: 0.5) } == "bursts.factor")
        #expect(problem { $0.producers = 0 } == "producers")
        #expect(problem { ($0.agents, $0.producers) = (1, 2) } == "producers")
        #expect(problem { $0.inFlight = 0 } == "in-flight")
    }
}
