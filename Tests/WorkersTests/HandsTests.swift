import History
import Testing
import Workload

@testable import Workers

/// What consumers have in hand, step by step.
@Suite struct HandsTests {
    private static func hands(_ ack: GroupSettings.Ack, processing: Int64 = 0, batch: Int = 4) -> Hands {
        var group = GroupSettings(name: "g")
        (group.ack, group.processing, group.batch) = (ack, processing, batch)
        return Hands(group, consumers: 2, streams: 1)
    }

    private static func entry(_ number: UInt64, consumer: Int = 0) -> Handed {
        Handed(consumer: consumer, stream: 0, position: Position(number, 0), event: nil)
    }

    @Test func oneAfterTheOtherAndEachAsLongAsItTakes() {
        var hands = Self.hands(.afterProcessing, processing: 10)
        #expect(hands.room(of: 0) == 4)
        for number in 0..<3 { #expect(hands.take(Self.entry(UInt64(number))) == Int64(number)) }
        #expect(hands.room(of: 0) == 0 && hands.room(of: 1) == 4)
        #expect(hands.next(100) == nil && hands.nextEnd == 110)
        #expect(hands.next(109) == nil)
        #expect(hands.next(110) == 0)
        hands.finish(0)
        #expect(hands.next(110) == nil && hands.nextEnd == 120)
        // One that was stopped meanwhile goes on where it was, one event after the other.
        #expect(hands.next(500) == 1)
        hands.finish(1)
        #expect(hands.next(500) == nil && hands.nextEnd == 510)
        // The broker may know already of the two that are done.
        #expect(hands.holding == 1 && hands.isUnconfirmed(0) && hands.isUnconfirmed(1))
        hands.confirm(0)
        #expect(hands.holding == 1)
        #expect(hands.next(510) == 2)
        hands.finish(2)
        #expect(hands.room(of: 0) == 4 && hands.isEmpty && hands.holding == 0 && hands.isUnconfirmed(2))
        hands.confirm(stream: 0, before: Position(3, 0))
        #expect(!hands.isKnown(2))
    }

    @Test func whatClosesWhileACommitIsTakenIsForgotten() {
        var hands = Self.hands(.afterProcessing)
        for number in 0..<3 { _ = hands.take(Self.entry(UInt64(number))) }
        for delivery in 0..<Int64(3) {
            #expect(hands.next(0) == delivery)
            hands.finish(delivery)
        }
        hands.confirm(2)
        hands.confirm(1)
        hands.confirm(stream: 0, before: Position(3, 0))
        #expect(hands.holding == 0 && !hands.isKnown(2))
    }

    @Test func whatIsAcknowledgedBeforeIsNotWorkedOnEarlier() {
        var hands = Self.hands(.beforeProcessing)
        for number in 0..<3 { _ = hands.take(Self.entry(UInt64(number))) }
        #expect(hands.next(1) == nil && hands.holding == 0)
        hands.abandon(0)
        hands.confirm(1)
        #expect(hands.holding == 1)
        #expect(hands.next(1) == 1)
        hands.finish(1)
        #expect(hands.next(1) == nil && !hands.isEmpty)
        hands.abandon(2)
        #expect(hands.next(1) == nil)
        #expect(hands.isEmpty && hands.room(of: 0) == 4)
    }

    @Test func readingGoesOnWhereTheLibraryAcknowledges() {
        var hands = Self.hands(.auto, processing: 10)
        for number in 0..<3 { _ = hands.take(Self.entry(UInt64(number))) }
        #expect(hands.room(of: 0) == 1 && hands.holding == 0)
        hands.confirm(stream: 0, before: Position(2, 0))
        #expect(hands.holding == 2)
        #expect(hands.next(0) == nil)
        #expect(hands.next(10) == 0)
        hands.finish(0)
        #expect(hands.holding == 1 && hands.room(of: 0) == 2)
    }

    @Test func whatMovesToTheDeadLettersIsInHandUntilItHas() {
        var hands = Self.hands(.afterProcessing)
        for number in 0..<2 { _ = hands.take(Self.entry(UInt64(number))) }
        #expect(hands.next(0) == 0)
        hands.move(0)
        #expect(hands.next(0) == 1)
        hands.giveBack(1)
        #expect(!hands.isEmpty && hands.room(of: 0) == 0 && hands.holding == 0)
        hands.finish(0)
        #expect(hands.isEmpty && hands.isUnconfirmed(0))
        hands.confirm(0)
        #expect(!hands.isUnconfirmed(0) && hands.holding == 0)
    }

    @Test func numbersGoOnHoweverMuchIsForgotten() {
        var hands = Self.hands(.none, batch: 1)
        for number in 0..<5_000 {
            let delivery = hands.take(Self.entry(UInt64(number), consumer: number % 2))
            #expect(delivery == Int64(number))
            #expect(hands.next(0) == delivery)
            hands.finish(delivery)
        }
        #expect(hands.isEmpty && !hands.isKnown(0))
    }
}
