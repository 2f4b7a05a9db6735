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

    // MARK: The other questions

    /// An answer's head and body, as a broker would write them.
    private func answer(flexible: Bool = false, _ body: (inout KafkaWriter) -> Void) -> [UInt8] {
        var writer = KafkaWriter()
        writer.integer(Int32(9))
        if flexible { writer.noTags() }
        body(&writer)
        return writer.bytes
    }

    /// Reads it whole, and refuses every beginning of it and whatever else its bytes may become.
    private func check<Request: KafkaRequest>(_ request: Request, _ bytes: [UInt8]) throws -> Request.Answer {
        for count in 0..<bytes.count {
            #expect(throws: KafkaMalformed.self) { try request.answer(Array(bytes.prefix(count)), correlation: 9) }
        }
        var random = SplitMix(state: 1)
        for _ in 0..<3000 {
            var damaged = bytes
            for _ in 0...random.below(3) { damaged[random.below(bytes.count)] = UInt8(random.below(256)) }
            // Refused or read as something else, but always to its end.
            _ = try? request.answer(damaged, correlation: 9)
        }
        return try request.answer(bytes, correlation: 9)
    }

    private struct SplitMix {
        var state: UInt64

        mutating func below(_ bound: Int) -> Int {
            state &+= 0x9E37_79B9_7F4A_7C15
            var value = state
            value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
            return Int((value ^ (value >> 31)) % UInt64(bound))
        }
    }

    @Test func whatBrokersSayOfTheirPropertiesIsRead() throws {
        func configs(_ resources: [String]) -> [UInt8] {
            answer { writer in
                writer.integer(Int32(0))
                writer.list(resources) { writer, resource in
                    writer.integer(Int16(0))
                    writer.string(nil)
                    writer.integer(Int8(2))
                    writer.string(resource)
                    writer.list([("min.insync.replicas", "2", Int8(3)), ("what.is.that", nil, 0)]) { writer, entry in
                        writer.string(entry.0)
                        writer.string(entry.1)
                        writer.boolean(false)
                        writer.integer(Int8(5))
                        writer.boolean(entry.1 == nil)
                        writer.list(["synonym"]) { writer, name in
                            writer.string(name)
                            writer.string(nil)
                            writer.integer(Int8(1))
                        }
                        writer.integer(entry.2)
                        writer.string(nil)
                    }
                }
            }
        }
        let request = KafkaConfigsRequest(resource: .topic("t"))
        let read = try check(request, configs(["t"]))
        #expect(
            read.error == 0
                && read.entries == [
                    .init(name: "min.insync.replicas", value: "2", isSensitive: false, isUnknown: false),
                    .init(name: "what.is.that", value: nil, isSensitive: true, isUnknown: true),
                ])
        #expect(throws: KafkaMalformed.self) { try request.answer(configs(["t", "u"]), correlation: 9) }
    }

    @Test func endsAreRead() throws {
        let request = KafkaEndOffsetsRequest(topic: "t", partitions: [0, 1], committed: true)
        #expect(request.frame(correlation: 9).dropFirst(22).prefix(5) == [0xFF, 0xFF, 0xFF, 0xFF, 1])
        let bytes = answer { writer in
            writer.integer(Int32(0))
            writer.list(["t"]) { writer, topic in
                writer.string(topic)
                writer.list([(Int32(0), Int16(0), Int64(77)), (1, 6, -1)]) { writer, end in
                    writer.integer(end.0)
                    writer.integer(end.1)
                    writer.integer(Int64(-1))
                    writer.integer(end.2)
                }
            }
        }
        #expect(
            try check(request, bytes)
                == [.init(partition: 0, error: 0, offset: 77), .init(partition: 1, error: 6, offset: -1)])
    }

    @Test func placesOfGroupsAreRead() throws {
        let request = KafkaGroupOffsetsRequest(group: "g", topic: "t", partitions: [0, 1])
        let bytes = answer { writer in
            writer.integer(Int32(0))
            writer.list(["t"]) { writer, topic in
                writer.string(topic)
                writer.list([(Int32(0), Int64(77), Int16(0)), (1, -1, 3)]) { writer, place in
                    writer.integer(place.0)
                    writer.integer(place.1)
                    writer.integer(Int32(5))
                    writer.string("")
                    writer.integer(place.2)
                }
            }
            writer.integer(Int16(16))
        }
        let read = try check(request, bytes)
        #expect(read.error == 16 && KafkaErrorName.of(read.error) == "NOT_COORDINATOR")
        #expect(
            read.places
                == [.init(partition: 0, error: 0, offset: 77), .init(partition: 1, error: 3, offset: -1)])
    }

    @Test func theQuorumIsReadInTheFlexibleEncoding() throws {
        func quorum(_ error: Int16) -> [UInt8] {
            answer(flexible: true) { writer in
                writer.integer(Int16(0))
                writer.compactList(["__cluster_metadata"]) { writer, topic in
                    writer.compactString(topic)
                    writer.compactList([error]) { writer, error in
                        writer.integer(Int32(0))
                        writer.integer(error)
                        writer.integer(Int32(101))
                        writer.integer(Int32(4))
                        writer.integer(Int64(500))
                        for members in [[(Int32(101), Int64(510)), (102, 498)], [(1, 509)]] {
                            writer.compactList(members) { writer, member in
                                writer.integer(member.0)
                                writer.integer(member.1)
                                // A tagged field of a later release.
                                for byte: UInt8 in [1, 9, 2, 0xAA, 0xBB] { writer.integer(byte) }
                            }
                        }
                        writer.noTags()
                    }
                    writer.noTags()
                }
                writer.noTags()
            }
        }
        let request = KafkaQuorumRequest()
        // The tags at the very end are not asked for.
        let bytes = Array(quorum(0).dropLast())
        let read = try check(request, bytes)
        #expect(
            read
                == .init(error: 0, leader: 101, epoch: 4, voters: [.init(id: 101, end: 510), .init(id: 102, end: 498)]))
        #expect(try request.answer(quorum(6), correlation: 9).error == 6)
    }

    @Test func aProbeIsABatchThatCarriesItsChecksum() throws {
        let batch = KafkaProduceRequest.batch(Array("probe".utf8))
        #expect(batch.count == Int(batch[11]) + 12 && batch[16] == 2)
        // Known from a broker that took it.
        #expect(Array(batch[17..<21]) == [212, 19, 78, 193])
        let bytes = answer { writer in
            writer.list(["t"]) { writer, topic in
                writer.string(topic)
                writer.list([Int32(2)]) { writer, partition in
                    writer.integer(partition)
                    writer.integer(Int16(19))
                    writer.integer(Int64(-1))
                    writer.integer(Int64(-1))
                }
            }
        }
        let request = KafkaProduceRequest(topic: "t", partition: 2, value: [1], acks: 1, milliseconds: 100)
        #expect(try check(request, bytes) == .init(partition: 2, error: 19, offset: -1))
    }
}
