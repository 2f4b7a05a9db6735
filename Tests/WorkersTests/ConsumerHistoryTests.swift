import Foundation
import History
import Testing

@testable import Workers
@testable import Workload

/// What a consumer process writes down, and how much room that takes.
@Suite struct ConsumerHistoryTests {
    private static func handed(_ consumer: Int, _ position: UInt64, agent: Int64, run: String = "example") -> Handed {
        let event = DecodedEvent(
            run: EventCodec.runNumber(run), agent: agent, seq: Int64(position), intended: 0, kind: .toolCall, crc: 7,
            intact: true, payloadLength: 0)
        return Handed(consumer: consumer, stream: 0, position: Position(1_700_000_000_000 + position, 3), event: event)
    }

    /// The records that a shard gives, and its length in bytes.
    private static func written(
        _ body: (inout ConsumerHistory) throws -> Void
    ) throws -> (history: History, records: [Record], bytes: Int) {
        let path = NSTemporaryDirectory() + "holdfast-consumer-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: path) }
        let client = ClientOrders(client: "redis", addresses: ["127.0.0.1:1"], streams: ["events"], ack: "")
        let orders = ConsumerOrders(
            worker: "consumer-1", number: 1, run: "example", group: GroupSettings(name: "g"), groupName: "g",
            consumers: ["c1", "c2"], client: client, poison: Poison(share: 0, seed: 1), historyPath: path,
            holdingPath: "")
        var history = try ConsumerHistory(orders, form: .entry)
        try body(&history)
        try history.close()
        let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
        let found = try History.open(shards: [path])
        return (found, found.chunks.flatMap { Array($0.records) }, size ?? 0)
    }

    @Test func batchesOfTwoConsumersCostLessThanARecordADelivery() throws {
        let batches = 50
        let found = try Self.written { history in
            for batch in 0..<batches {
                let t = Int64(batch) * 100
                let first = Int64(batch) * 20
                for place in 0..<20 { history.deliver(Self.handed(place / 10, UInt64(place), agent: 3), t: t) }
                try history.flush()
                // Both are done at the same time, one turn about.
                for place in 0..<10 {
                    for consumer: Int32 in [0, 1] {
                        history.append(
                            .processed, of: first + Int64(consumer) * 10 + Int64(place), to: consumer, t: t + 1)
                    }
                }
                try history.flush()
                for place in 0..<20 { history.append(.ack, of: first + Int64(place), to: Int32(place / 10), t: t + 2) }
            }
        }
        for type: RecordType in [.delivery, .processed, .ack] {
            #expect(found.records.count { $0.type == type } == 20 * batches, "\(type)")
        }
        let consumers = found.records.filter { $0.type == .ack }.prefix(20).map(\.consumer)
        #expect(Set(consumers.prefix(10)).count == 1 && Set(consumers).count == 2)
        // Ten deliveries are five pairs, a span of processed and one of acks.
        #expect(found.bytes - 64 * 6 == 64 * 7 * 2 * batches)
        #expect(found.bytes - 64 * 6 <= 64 * 20 * batches)
    }

    @Test func whatHappenedFirstStandsFirst() throws {
        let found = try Self.written { history in
            for place in 0..<4 { history.deliver(Self.handed(0, UInt64(place), agent: 1), t: 1) }
            history.append(.processed, of: 0, to: 0, t: 2)
            history.append(.processed, of: 1, to: 0, t: 2)
            history.append(.processed, of: 3, to: 0, t: 2)
            history.append(.ack, of: 0, to: 0, t: 2)
            history.append(.ack, of: 1, to: 0, t: 3)
            history.commit(stream: 0, before: Position(1_700_000_000_002, 0), t: 3)
            history.append(.processed, of: 2, to: 0, t: 3)
            history.deliver(Self.handed(1, 9, agent: 1), t: 4)
            try history.flush()
            history.append(.processed, of: 4, to: 1, t: 5)
        }
        let order = found.records.map(\.type)
        #expect(
            order == [
                .delivery, .delivery, .delivery, .delivery, .processed, .processed, .processed, .ack, .ack, .commit,
                .processed, .delivery, .processed,
            ])
        let processed = found.records.filter { $0.type == .processed }
        #expect(processed.map { Int($0.major - 1_700_000_000_000) } == [0, 1, 3, 2, 9])
        #expect(processed.map(\.t) == [2, 2, 2, 3, 5])
    }

    @Test func otherRunsAndWhatCannotBeReadAreToldApart() throws {
        let found = try Self.written { history in
            history.deliver(Self.handed(0, 0, agent: 1), t: 1)
            history.deliver(Self.handed(0, 1, agent: 1, run: "another"), t: 1)
            history.deliver(Handed(consumer: 0, stream: 0, position: Position(5, 5), event: nil), t: 1)
        }
        let flags = Record.Flags.self
        #expect(found.records.map { $0.has(flags.noRun) } == [true, false, true])
        #expect(found.records.map { $0.has(flags.noAgent) } == [false, false, true])
        let run = found.history.chunks[0].names?[Int(found.records[1].run)]
        #expect(
            run.map { found.history.names[Int($0)].text }
                == "run-" + String(EventCodec.runNumber("another"), radix: 16))
    }
}
