import History
import Testing

@testable import Checker

struct ShardFiguresTests {
    /// Agents 0 and 2 in one shard, 1 in another; agent 3 in none.
    private func story() -> Story {
        let story = Story()
        story.history.header.shards = [
            History.Shard(name: Name("a"), agents: [0, 2]), History.Shard(name: Name("b"), agents: [1, 9]),
        ]
        return story
    }

    @Test func aHistoryWithoutShardsHasNone() { #expect(Story.empty.shards == nil) }

    @Test func eachShardHasItsOwnAgentsFigures() throws {
        let story = story()
        for (agent, t) in [(Int64(0), Int64(100)), (1, 100), (2, 140), (3, 100)] {
            story.attempt(agent, 0, t: t)
            story.outcome(.acked, agent, 0, at: UInt64(agent), t: t + 10)
        }
        story.attempt(1, 1, t: 200)
        story.outcome(.failed, 1, 1, t: 900)
        // Agent 1's is nowhere.
        for agent in [Int64(0), 2, 3] { story.entry(UInt64(agent), agent, 0) }
        let shards = try #require(story.verdict().shards)
        let (a, b) = (try #require(shards[Name("a")]), try #require(shards[Name("b")]))
        #expect((a.attempted, a.acked, a.lost) == (2, 2, 0) && (b.attempted, b.acked, b.lost) == (2, 1, 1))
        // From 110 to 150; of b from its ack to its last attempt.
        #expect(a.longestGapNanoseconds == 40 && b.longestGapNanoseconds == 90)
        #expect(a.ack.count == 2 && b.ack.count == 1)
    }

    /// A retried event is counted once, by its first acknowledgement.
    @Test func triesOfOneEventAreOneEvent() throws {
        let story = story()
        story.attempt(0, 0, t: 10)
        story.outcome(.unknown, 0, 0, t: 20)
        story.attempt(0, 0, try: 2, t: 30)
        story.outcome(.acked, 0, 0, at: 5, try: 2, t: 70)
        story.entry(5, 0, 0)
        let a = try #require(story.verdict().shards?[Name("a")])
        #expect((a.attempted, a.acked, a.lost) == (1, 1, 0))
        #expect(a.longestGapNanoseconds == 60 && a.ack.count == 1)
    }
}
