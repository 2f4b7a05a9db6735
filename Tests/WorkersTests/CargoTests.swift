import History
import Testing
import Workload

@testable import Workers

/// What a bridge has in hand, step by step.
@Suite struct CargoTests {
    private static func handed(_ number: UInt64, stream: Int = 0, bytes: Int = 2) -> Handed {
        var handed = Handed(consumer: 0, stream: stream, position: Position(number, 0), event: nil)
        handed.valueLength = Int32(bytes)
        return handed
    }

    private static func value(_ cargo: Cargo, _ slot: Int32) -> [UInt8] {
        var bytes: [UInt8] = []
        cargo.withValue(slot) { bytes = Array($0) }
        return bytes
    }

    @Test func eachIsSentInItsOrderAndAgainUntilItIsThrough() throws {
        var cargo = Cargo()
        let values: [UInt8] = [1, 2, 3, 4, 5, 6]
        #expect(cargo.isEmpty)
        #expect(cargo.take(Self.handed(1), value: values[0..<2], isForwarded: true) == 0)
        #expect(cargo.take(Self.handed(2), value: values[2..<4], isForwarded: false) == 1)
        #expect(cargo.take(Self.handed(3), value: values[4..<6], isForwarded: true) == 2)
        #expect(cargo.due == 2 && cargo.untold == 3)
        let sent = [cargo.next(number: 10), cargo.next(number: 11), cargo.next(number: 12)]
        let first = try #require(sent[0])
        #expect(first.slot == 0 && Self.value(cargo, first.slot) == [1, 2])
        let second = try #require(sent[1])
        #expect(second.slot == 2 && Self.value(cargo, second.slot) == [5, 6])
        #expect(sent[2] == nil && cargo.sent == 2)
        cargo.answered(2, isThrough: true)
        cargo.answered(0, isThrough: false)
        #expect(cargo.due == 1 && cargo.sent == 0)
        let again = cargo.next(number: 12)
        #expect(again?.slot == 0 && cargo.number(0) == 12 && Self.value(cargo, 0) == [1, 2])
        cargo.answered(0, isThrough: true)
        var told: [Int64] = []
        cargo.tell(into: &told)
        #expect(told == [0, 1, 2] && cargo.told == 3 && cargo.untold == 0)
        for delivery in told { cargo.confirm(delivery) }
        #expect(cargo.isEmpty)
        // The next batch begins with fresh slots, and deliveries go on.
        #expect(cargo.take(Self.handed(4), value: values[0..<2], isForwarded: true) == 3)
        #expect(cargo.next(number: 13)?.slot == 0 && cargo.delivery(ofSlot: 0) == 3 && !cargo.isKnown(2))
    }

    /// What is another's by now is not sent, and nobody tells the hot log of it.
    @Test func whatIsLostIsNotSent() {
        var cargo = Cargo()
        let values: [UInt8] = [1, 2]
        for stream in [0, 1, 0, 1] {
            _ = cargo.take(Self.handed(1, stream: stream), value: values[...], isForwarded: true)
        }
        #expect(cargo.next(number: 1)?.slot == 0)
        #expect(cargo.drop(where: { $0 == 1 }) == [1, 3])
        #expect(cargo.due == 1 && cargo.untold == 2)
        #expect(cargo.next(number: 2)?.slot == 2)
        cargo.abandon(2)
        var told: [Int64] = []
        cargo.tell(into: &told)
        #expect(told == [0])
        cargo.confirm(0)
        // Two are still on their way.
        #expect(!cargo.isEmpty && cargo.sent == 2)
        cargo.answered(0, isThrough: true)
        cargo.answered(2, isThrough: true)
        #expect(cargo.isEmpty)
    }

    @Test func commandsAreLines() {
        for command in [
            BridgeCommand.begin(epoch: 7), .addresses(["127.0.0.1:1", "127.0.0.1:2"]), .halt(.produced), .stop,
        ] {
            #expect(BridgeCommand(line: command.line) == command)
        }
        for line in ["", "halt", "halt nowhere", "begin x", "stop now"] { #expect(BridgeCommand(line: line) == nil) }
    }
}
