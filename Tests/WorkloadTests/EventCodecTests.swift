import Testing

@testable import Workload

struct EventCodecTests {
    private let codec = EventCodec(run: "run-1", seed: 1, longest: 2000)

    private func write(_ event: PlannedEvent, with codec: EventCodec? = nil) -> (value: [UInt8], crc: UInt32) {
        var value = [UInt8](repeating: 0xAA, count: EventCodec.length(of: event))
        let crc = value.withUnsafeMutableBytes {
            (codec ?? self.codec).encode(event, intended: event.intended + 5, into: $0)
        }
        return (value, crc)
    }

    private func event(payload: Int32 = 300) -> PlannedEvent {
        PlannedEvent(agent: 7, seq: 41, intended: 1_000_000, payloadLength: payload, kind: .memoryWrite)
    }

    @Test(arguments: [0, 1, 300, 2000] as [Int32])
    func whatWasWrittenIsReadBack(payload: Int32) throws {
        let (value, crc) = write(event(payload: payload))
        let decoded = try #require(EventCodec.decode(value))
        #expect(
            decoded
                == DecodedEvent(
                    run: EventCodec.runNumber("run-1"), agent: 7, seq: 41, intended: 1_000_005, kind: .memoryWrite,
                    crc: crc, intact: true, payloadLength: Int(payload)))
        #expect(value.dropFirst(EventCodec.headerLength).allSatisfy { (32..<127).contains($0) })
    }

    @Test func everyFlippedByteIsSeen() {
        let (value, crc) = write(event())
        for index in value.indices {
            for bit in [1, 0x80] as [UInt8] {
                var damaged = value
                damaged[index] ^= bit
                guard let decoded = EventCodec.decode(damaged) else {
                    #expect(index < EventCodec.headerLength, "payload byte \(index) made the event unreadable")
                    continue
                }
                #expect(decoded.crc != crc && !decoded.intact, "byte \(index) was flipped unseen")
                #expect(decoded.agent == 7 && decoded.seq == 41)
            }
        }
    }

    @Test func aValueOfAnotherLengthCannotBeRead() {
        let (value, _) = write(event())
        for count in 0..<value.count { #expect(EventCodec.decode(Array(value.prefix(count))) == nil) }
        #expect(EventCodec.decode(value + [0]) == nil)
        #expect(EventCodec.decode([UInt8](repeating: 0, count: 400)) == nil)
    }

    @Test func theChecksumTellsEventsApart() {
        let crc = write(event()).crc
        var other = event()
        other.seq += 1
        #expect(write(other).crc != crc)
        #expect(write(event(), with: EventCodec(run: "run-1", seed: 2, longest: 2000)).crc != crc)
        #expect(write(event(), with: EventCodec(run: "run-1", seed: 1, longest: 9000)).crc == crc)
    }

    @Test func theRunIsReadAndNotPartOfTheEvent() {
        let mine = write(event())
        let other = write(event(), with: EventCodec(run: "run-2", seed: 1, longest: 2000))
        #expect(other.crc == mine.crc)
        #expect(EventCodec.decode(mine.value)?.run == EventCodec.runNumber("run-1"))
        #expect(EventCodec.decode(other.value)?.run == EventCodec.runNumber("run-2"))
    }

    @Test func kindsHaveTheNamesOfTheContract() {
        for kind in EventKind.allCases { #expect(EventKind(name: kind.name) == kind) }
        #expect(
            EventKind.usual.map(\.name) == [
                "tool-call", "tool-result", "memory-write", "memory-read", "state-transition", "task-completion",
            ])
        #expect(EventKind(name: "toolCall") == nil)
    }
}
