import Foundation
import Testing
import Workload

@testable import Workers

struct DueQueueTests {
    @Test func theEarliestComesFirst() {
        var random = SplitMix64(state: 3)
        var queue = DueQueue(capacity: 8)
        var expected: [Int64] = []
        for index in 0..<500 {
            let time = Int64(random.below(200))
            queue.insert(.init(time: time, agent: Int32(index)))
            expected.append(time)
        }
        expected.sort()
        for time in expected {
            #expect(queue.first?.time == time)
            queue.removeFirst()
        }
        #expect(queue.first == nil)
    }
}

struct TimeHistogramTests {
    @Test func percentilesAreTheSmallestValuesThatReachTheShare() {
        var histogram = TimeHistogram()
        #expect(histogram.percentile(0.99) == 0)
        for value in 1...1_000 as ClosedRange<Int64> { histogram.record(value * 1_000) }
        for (share, exact) in [(0.5, 500_000), (0.99, 990_000), (0.001, 1_000), (1, 1_000_000)] as [(Double, Int64)] {
            let found = histogram.percentile(share)
            #expect(found >= exact && Double(found) <= Double(exact) * (1 + 1.0 / 32), "\(share): \(found)")
        }
        #expect(histogram.max == 1_000_000 && histogram.count == 1_000)
    }

    @Test func everyValueHasABucketAroundIt() {
        for value in [0, 1, 31, 32, 33, 63, 64, 1_000_003, Int64.max - 1, .max] as [Int64] {
            var histogram = TimeHistogram()
            histogram.record(value)
            #expect(histogram.percentile(0.5) == value, "one value is its own percentile")
            histogram.record(-5)
            #expect(histogram.percentile(0.5) == 0)
        }
    }

    @Test func mergingIsCountingTogether() throws {
        var (one, two, both) = (TimeHistogram(), TimeHistogram(), TimeHistogram())
        for value in 0..<200 as Range<Int64> {
            if value % 3 == 0 { one.record(value * value) } else { two.record(value * value) }
            both.record(value * value)
        }
        one.merge(two)
        #expect(one == both)
        #expect(try JSONDecoder().decode(TimeHistogram.self, from: JSONEncoder().encode(both)) == both)
    }
}

struct ProducerCommandTests {
    @Test(arguments: [.until(5), .stop, .addresses(["198.18.0.10:6379", "198.18.0.11:6379"])] as [ProducerCommand])
    func aCommandIsReadAsItIsWritten(command: ProducerCommand) {
        #expect(ProducerCommand(line: command.line) == command)
    }

    @Test(arguments: ["", "until", "until soon", "until 1 2", "stop now", "go"])
    func anythingElseIsNoCommand(line: String) {
        #expect(ProducerCommand(line: line) == nil)
    }
}

struct ProducerOrdersTests {
    @Test func ordersSurviveTheirFile() throws {
        let data = try JSONEncoder().encode(Example.orders)
        let read = try JSONDecoder().decode(ProducerOrders.self, from: data)
        #expect(try JSONEncoder().encode(read).count == data.count)
        #expect(read.problem == nil && read.workload == Example.orders.workload && read.agents == [0, 1])
    }

    @Test func whatAnEngineCannotWorkWithIsNamed() {
        var orders = Example.orders
        orders.agents = [0, 2]
        #expect(orders.problem == "agents: the workload has no agent 2")
        orders = Example.orders
        orders.agents = [1, 1]
        #expect(orders.problem == "agents: one is named twice")
        orders = Example.orders
        orders.workload.rate = 0
        #expect(orders.problem?.hasPrefix("workload.rate") == true)
        orders = Example.orders
        orders.client.addresses = []
        #expect(orders.problem?.hasPrefix("client.addresses") == true)
    }

    @Test func statusesAreSummedForATrial() {
        var (a, b) = (ProducerStatus(), ProducerStatus())
        (a.acked, a.connected, a.lateness, a.done) = (3, true, 5, true)
        (b.acked, b.connected, b.lateness, b.done) = (4, false, 9, nil)
        let sum = a + b
        #expect(sum.acked == 7 && !sum.connected && sum.lateness == 9 && sum.done == nil)
    }
}
