import Testing

@testable import Systems

struct KafkaWireTests {
    static let metadata: KafkaMetadata = .init(
        brokers: [.init(id: 1, host: "198.18.0.11", port: 9092), .init(id: 2, host: "b", port: 1)],
        clusterID: "c",
        topics: [
            .init(
                error: 0, name: "t", isInternal: true,
                partitions: [
                    .init(error: 5, index: 0, leader: -1, leaderEpoch: 7, replicas: [1, 2], inSync: [2]),
                    .init(error: 0, index: 1, leader: 2, leaderEpoch: 0, replicas: [1, 2], inSync: [2, 1]),
                ])
        ])

    /// The answer to Metadata v7 as the protocol's guide writes it down, field by field.
    static let metadataBytes: [UInt8] =
        [0, 0, 0, 9, 0, 0, 0, 0] + [0, 0, 0, 2] + [0, 0, 0, 1, 0, 11] + Array("198.18.0.11".utf8)
        + [0, 0, 0x23, 0x84, 0xFF, 0xFF] + [0, 0, 0, 2, 0, 1, 0x62, 0, 0, 0, 1, 0, 1, 0x72] + [0, 1, 0x63]
        + [0, 0, 0, 3] + [0, 0, 0, 1, 0, 0, 0, 1, 0x74, 1] + [0, 0, 0, 2]
        + [0, 5, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 7, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2]
        + [0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1]
        + [0, 0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2]
        + [0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 1, 0xFF, 0xFF, 0xFF, 0xFF]

    @Test func metadataIsAskedForAndRead() throws {
        let request = KafkaMetadataRequest(topics: ["ab"])
        #expect(
            request.frame(correlation: 9)
                == [0, 0, 0, 27, 0, 3, 0, 7, 0, 0, 0, 9, 0, 8] + Array("holdfast".utf8)
                + [0, 0, 0, 1, 0, 2, 0x61, 0x62, 0])
        #expect(KafkaMetadataRequest(topics: nil).frame(correlation: 9).suffix(5) == [0xFF, 0xFF, 0xFF, 0xFF, 0])
        let answer = try request.answer(Self.metadataBytes, correlation: 9)
        #expect(answer == Self.metadata)
        #expect(answer.topics[0].partitions.map(\.isWhole) == [false, true])
        // What a later broker adds at the end is none of our business.
        #expect(try request.answer(Self.metadataBytes + [1, 2], correlation: 9) == Self.metadata)
    }

    @Test func answersComeWholeHoweverTheirBytesCome() throws {
        let stream: [UInt8] = [0, 0, 0, 4, 1, 2, 3, 4, 0, 0, 0, 5, 5, 6, 7, 8, 9]
        for size in 1...stream.count {
            var frames = KafkaFrames()
            var got: [[UInt8]] = []
            for begin in stride(from: 0, to: stream.count, by: size) {
                stream[begin..<min(begin + size, stream.count)].withUnsafeBytes { frames.feed($0) }
                while let frame = try frames.next() { got.append(frame) }
            }
            #expect(got == [[1, 2, 3, 4], [5, 6, 7, 8, 9]])
        }
    }

    /// Whoever is at the other end may be broken, or no Kafka at all.
    @Test func bytesThatAreNoAnswerAreRefusedAndNeverFollowed() {
        let request = KafkaMetadataRequest(topics: nil)
        for count in 0..<Self.metadataBytes.count {
            #expect(throws: KafkaMalformed.self) {
                try request.answer(Array(Self.metadataBytes.prefix(count)), correlation: 9)
            }
        }
        #expect(throws: KafkaMalformed.self) { try request.answer(Self.metadataBytes, correlation: 8) }
        for length: [UInt8] in [[0x7F, 0xFF, 0xFF, 0xFF], [0xFF, 0xFF, 0xFF, 0xFF], [0, 0, 0, 3], [72, 84, 84, 80]] {
            var frames = KafkaFrames()
            length.withUnsafeBytes { frames.feed($0) }
            #expect(throws: KafkaMalformed.self) { try frames.next() }
        }
        // A length in the middle that is larger than all that came, or less than nothing.
        for place in [8, 16] {
            for bad: [UInt8] in [[0x7F, 0xFF, 0xFF, 0xFF], [0x80, 0, 0, 0]] {
                var bytes = Self.metadataBytes
                bytes.replaceSubrange(place..<(place + bad.count), with: bad)
                #expect(throws: KafkaMalformed.self) { try request.answer(bytes, correlation: 9) }
            }
        }
    }

    @Test func flexibleNumbersEndOrAreRefused() throws {
        var reader = KafkaReader([0xAC, 0x02, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F])
        #expect(try reader.unsignedVarint() == 300)
        #expect(try reader.unsignedVarint() == Int(UInt32.max))
        for bad: [UInt8] in [[0x80], [0xFF, 0xFF, 0xFF, 0xFF, 0x1F], [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0]] {
            var reader = KafkaReader(bad)
            #expect(throws: KafkaMalformed.self) { try reader.unsignedVarint() }
        }
        var writer = KafkaWriter()
        for value: Int64 in [0, -1, 1, -64, 300] { writer.varint(value) }
        #expect(writer.bytes == [0, 1, 2, 0x7F, 0xD8, 0x04])
    }
}
