import Testing

@testable import Systems

/// Two brokers, 1 and 2, and one partition; times in milliseconds.
private struct Told {
    var knowledge = KafkaLeaderKnowledge(topic: "t", partitions: [0], brokers: 2)
    var decided: [Int32: Bool] = [:]

    init() {
        knowledge.connection(of: 0, stands: true)
        knowledge.connection(of: 1, stands: true)
    }

    /// Broker `id` says, to a question of this moment, that `leader` leads in that epoch.
    mutating func says(_ id: Int32, leader: Int32, epoch: Int32, asked moment: UInt64, at now: Int64 = 0) {
        let partition = KafkaMetadata.Partition(
            error: 0, index: 0, leader: leader, leaderEpoch: epoch, replicas: [1, 2], inSync: [leader])
        let answer = KafkaMetadata(
            brokers: [], clusterID: nil,
            topics: [KafkaMetadata.Topic(error: 0, name: "t", isInternal: false, partitions: [partition])])
        knowledge.take(answer, from: Int(id) - 1, id: id, askedAt: moment)
        look(now)
    }

    mutating func look(_ now: Int64) {
        knowledge.decide(now * 1_000_000) { decided[$0] = $1 }
    }

    mutating func refused(_ slot: Int32, epoch: Int32, at moment: UInt64, now: Int64 = 0) {
        knowledge.hold(slot, partition: 0, epoch: epoch, moment: moment, now: now * 1_000_000)
    }
}

struct KafkaLeaderKnowledgeClientTests {
    @Test func onlyTheLeadersOwnWordCounts() {
        var told = Told()
        told.says(2, leader: 1, epoch: 5, asked: 1)
        #expect(told.knowledge.epoch(of: 0) == nil)
        told.says(1, leader: 1, epoch: 5, asked: 2)
        #expect(told.knowledge.epoch(of: 0) == 5)
    }

    @Test func theSameLeaderBeforeAndAfterIsAProof() {
        var told = Told()
        told.says(1, leader: 1, epoch: 5, asked: 1)
        told.refused(7, epoch: 5, at: 10)
        told.says(2, leader: 1, epoch: 5, asked: 11)
        #expect(told.decided.isEmpty)
        told.says(1, leader: 1, epoch: 5, asked: 12)
        #expect(told.decided == [7: true])
    }

    @Test func anAnswerThatWasAskedForBeforeTheOutcomeProvesNothing() {
        var told = Told()
        told.says(1, leader: 1, epoch: 5, asked: 1)
        told.refused(7, epoch: 5, at: 10)
        told.says(1, leader: 1, epoch: 5, asked: 9)
        told.says(2, leader: 1, epoch: 5, asked: 11)
        #expect(told.decided.isEmpty && told.knowledge.needsMore(than: 9) && !told.knowledge.needsMore(than: 11))
    }

    @Test func aLaterEpochThatAnybodyTellsIsNoProof() {
        var told = Told()
        told.says(1, leader: 1, epoch: 5, asked: 1)
        told.refused(7, epoch: 5, at: 10)
        told.says(2, leader: 2, epoch: 6, asked: 2)
        #expect(told.decided == [7: false])
        #expect(told.knowledge.epoch(of: 0) == 6)
    }

    @Test func aLeaderThatIsCutOffTellsOldNewsAndTheOthersAreHeard() {
        var told = Told()
        told.says(1, leader: 1, epoch: 5, asked: 1)
        told.refused(7, epoch: 5, at: 10)
        told.says(1, leader: 1, epoch: 5, asked: 11)
        #expect(told.decided.isEmpty, "the other one may be about to tell of a later epoch")
        told.says(2, leader: 2, epoch: 6, asked: 12)
        #expect(told.decided == [7: false])
    }

    @Test func othersThatSayNothingAreNotWaitedForForever() {
        var told = Told()
        told.says(1, leader: 1, epoch: 5, asked: 1)
        told.refused(7, epoch: 5, at: 10)
        told.says(1, leader: 1, epoch: 5, asked: 11, at: 100)
        told.look(399)
        #expect(told.decided.isEmpty)
        told.look(400)
        #expect(told.decided == [7: true])
    }

    @Test func aBrokerWithoutAConnectionIsNotWaitedFor() {
        var told = Told()
        told.says(1, leader: 1, epoch: 5, asked: 1)
        told.knowledge.connection(of: 1, stands: false)
        told.refused(7, epoch: 5, at: 10)
        told.says(1, leader: 1, epoch: 5, asked: 11)
        #expect(told.decided == [7: true])
    }

    @Test func aLeaderThatDoesNotAnswerLeavesItUnknown() {
        var told = Told()
        told.says(1, leader: 1, epoch: 5, asked: 1)
        told.refused(7, epoch: 5, at: 10)
        told.says(2, leader: 1, epoch: 5, asked: 11)
        told.look(1_999)
        #expect(told.decided.isEmpty)
        told.look(2_000)
        #expect(told.decided == [7: false])
    }

    @Test func theSameLeaderInALaterEpochWasAwayBetween() {
        var told = Told()
        told.says(1, leader: 1, epoch: 5, asked: 1)
        told.refused(7, epoch: 5, at: 10)
        told.says(1, leader: 1, epoch: 7, asked: 11)
        #expect(told.decided == [7: false])
    }
}
