import History
import Testing
import Workload

@testable import Workers

struct ProducerEngineTests {
    private let millisecond: Int64 = 1_000_000
    private let second: Int64 = 1_000_000_000

    private func orders(
        agents: Int = 4, rate: Double = 4_000, retries: Retries = .none, inFlight: Int = 1, loadStart: Int64 = 0
    ) -> ProducerOrders {
        var orders = Example.orders
        orders.workload = WorkloadSettings(agents: agents, rate: rate, payload: 10...20, producers: 1)
        orders.agents = orders.workload.agents(ofProducer: 0)
        (orders.retries, orders.inFlight, orders.loadStart) = (retries, inFlight, loadStart)
        return orders
    }

    private func beginAll(_ engine: inout ProducerEngine, _ now: Int64) -> [Attempt] {
        var all: [Attempt] = []
        while let attempt = engine.begin(now) { all.append(attempt) }
        return all
    }

    private func begin(_ engine: inout ProducerEngine, _ now: Int64) throws -> Attempt {
        let attempt = engine.begin(now)
        return try #require(attempt)
    }

    @Test func everyEventIsBegunInTimeAndInOrder() {
        let orders = orders(loadStart: 5 * second)
        var engine = ProducerEngine(orders)
        var lives = orders.agents.map { AgentLife(agent: $0, seed: orders.seed, settings: orders.workload) }
        var begun = 0
        while engine.nextDue < 6 * second {
            let now = engine.nextDue
            #expect(beginAll(&engine, now - 1).isEmpty)
            let attempts = beginAll(&engine, now)
            #expect(!attempts.isEmpty)
            for attempt in attempts {
                let expected = lives[Int(attempt.agentIndex)].following()
                #expect(attempt.event == expected && attempt.number == 1)
                #expect(attempt.intended == 5 * second + expected.intended)
                #expect(attempt.intended <= now && attempt.free >= attempt.intended)
                engine.complete(attempt.slot, .acked, now: now)
                begun += 1
            }
        }
        #expect(abs(begun - 4_000) < 200, "\(begun)")
        #expect(engine.counters.acked == Int64(begun) && engine.counters.events == Int64(begun))
    }

    @Test func anAgentHasNoMoreInFlightThanItMay() {
        for limit in [1, 3] {
            var engine = ProducerEngine(orders(inFlight: limit))
            let first = beginAll(&engine, second)
            #expect(first.count == 4 * limit && engine.inFlight == 4 * limit)
            #expect(engine.nextDue == .max)
            #expect(Set(first.map(\.slot)).count == first.count)
            engine.complete(first[0].slot, .acked, now: 2 * second)
            let next = beginAll(&engine, 2 * second)
            #expect(next.map(\.agentIndex) == [first[0].agentIndex])
            #expect(next[0].event.seq == Int64(limit))
            // It was due long before, but could not have been begun before the answer came.
            #expect(next[0].free == 2 * second)
        }
    }

    @Test(arguments: [Outcome.failed, .unknown])
    func withoutRetriesTheNextEventFollows(outcome: Outcome) {
        var engine = ProducerEngine(orders())
        let first = beginAll(&engine, second)[0]
        engine.complete(first.slot, outcome, now: second)
        let next = engine.begin(second)
        #expect(next?.agentIndex == first.agentIndex && next?.event.seq == 1 && next?.number == 1)
    }

    @Test(arguments: [Outcome.failed, .unknown])
    func untilAckedTriesTheSameEventAfterTheBackOff(outcome: Outcome) throws {
        let orders = orders(agents: 1, retries: .untilAcked)
        var engine = ProducerEngine(orders)
        var attempt = try begin(&engine, second)
        let event = attempt.event
        var now = second
        for number in 2...5 as ClosedRange<Int64> {
            engine.complete(attempt.slot, outcome, now: now)
            #expect(engine.nextDue == now + orders.backOff)
            #expect(beginAll(&engine, now + orders.backOff - 1).isEmpty)
            now += orders.backOff
            attempt = try begin(&engine, now)
            #expect(attempt.event == event && attempt.number == number)
        }
        engine.complete(attempt.slot, .acked, now: now)
        let next = try begin(&engine, now)
        #expect(next.event.seq == event.seq + 1 && next.number == 1)
        #expect(engine.counters.attempts == 6 && engine.counters.events == 2)
    }

    /// The broker sent it elsewhere: another try of the same event, whatever the policy, before anything new.
    @Test(arguments: [Completion.Again.atOnce, .later])
    func whatIsSentElsewhereIsTriedAgainUnderAnyPolicy(again: Completion.Again) throws {
        let orders = orders(agents: 1, retries: .none)
        var engine = ProducerEngine(orders)
        let first = try begin(&engine, second)
        engine.complete(first.slot, .failed, again: again, now: second)
        let resume = again == .atOnce ? second : second + orders.backOff
        if again == .later { #expect(beginAll(&engine, resume - 1).isEmpty) }
        let next = try begin(&engine, resume)
        #expect(next.event == first.event && next.number == 2)
        engine.complete(next.slot, .failed, now: resume)
        #expect(try begin(&engine, resume).event.seq == first.event.seq + 1)
    }

    @Test func severalToBeTriedAgainGoInOrderBeforeAnythingNew() throws {
        let orders = orders(agents: 1, retries: .untilAcked, inFlight: 3)
        var engine = ProducerEngine(orders)
        let first = beginAll(&engine, second)
        #expect(first.map(\.event.seq) == [0, 1, 2])
        for attempt in [first[2], first[0], first[1]] { engine.complete(attempt.slot, .unknown, now: second) }
        #expect(beginAll(&engine, second).isEmpty)
        let again = beginAll(&engine, second + orders.backOff)
        #expect(again.map(\.event.seq) == [0, 1, 2] && again.allSatisfy { $0.number == 2 })
        engine.complete(again[1].slot, .acked, now: 2 * second)
        engine.complete(again[0].slot, .unknown, now: 2 * second)
        #expect(beginAll(&engine, 2 * second).isEmpty)
        let third = beginAll(&engine, 2 * second + orders.backOff)
        #expect(third.map(\.event.seq) == [0, 3] && third.map(\.number) == [3, 1])
    }

    @Test func afterTheEndNothingIsBegunAndWhatIsInFlightIsAwaited() throws {
        var engine = ProducerEngine(orders(retries: .untilAcked))
        let attempt = try begin(&engine, second)
        engine.stop(at: 2 * second)
        #expect(engine.nextDue < 2 * second)
        #expect(beginAll(&engine, 2 * second).isEmpty && engine.hasEnded(2 * second))
        #expect(!engine.isOver(3 * second))
        engine.complete(attempt.slot, .failed, now: 3 * second)
        #expect(engine.isOver(3 * second))
        #expect(beginAll(&engine, 4 * second).isEmpty)
    }

    @Test func aBacklogIsSeen() {
        let settings = orders(agents: 4, rate: 400)
        var engine = ProducerEngine(settings)
        #expect(engine.backlog(0).events <= 4)
        let (events, lateness) = engine.backlog(10 * second)
        #expect(abs(events - 4_000) < 100 && lateness > 9 * second, "\(events), \(lateness)")
        _ = beginAll(&engine, 10 * second)
        #expect(engine.backlog(10 * second).events >= events - 8)
        engine.stop(at: 5 * second)
        #expect(abs(engine.backlog(10 * second).events - 2_000) < 100)
    }

    /// Answers of every sort in any order, drawn from a seed: what the engine promises holds at every step.
    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func anyAnswersLeaveEveryAgentInOrder(seed: UInt64) {
        let settings = orders(agents: 7, rate: 5_000, retries: .untilAcked, inFlight: 1)
        var engine = ProducerEngine(settings)
        var random = SplitMix64(state: seed)
        var now: Int64 = 0
        var flying: [Attempt] = []
        var acked = [Int64](repeating: -1, count: 7)
        for _ in 0..<5_000 {
            now += Int64(random.below(Int(2 * millisecond)))
            let begun = beginAll(&engine, now)
            for attempt in begun {
                let agent = Int(attempt.agentIndex)
                #expect(!flying.contains { $0.agentIndex == attempt.agentIndex })
                #expect(attempt.event.seq == acked[agent] + 1)
            }
            flying += begun
            #expect(engine.inFlight == flying.count)
            if flying.isEmpty { continue }
            let attempt = flying.remove(at: random.below(flying.count))
            let outcome: Outcome = random.chance(60) ? .acked : random.chance(50) ? .failed : .unknown
            if outcome == .acked { acked[Int(attempt.agentIndex)] = attempt.event.seq }
            engine.complete(attempt.slot, outcome, now: now)
        }
        #expect(acked.allSatisfy { $0 > 100 }, "\(acked)")
    }
}
