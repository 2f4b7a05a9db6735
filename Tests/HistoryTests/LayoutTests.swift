import Testing

@testable import History

@Suite struct LayoutTests {
    @Test func recordsTakeSixtyFourBytes() {
        #expect(MemoryLayout<Record>.size == 64)
        #expect(MemoryLayout<Record>.stride == 64)
        #expect(Record.size == 64)
    }

    @Test func everyFieldStandsWhereTheFormatSays() {
        #expect(MemoryLayout<Record>.offset(of: \.checksum) == 0)
        #expect(MemoryLayout<Record>.offset(of: \.rawType) == 4)
        #expect(MemoryLayout<Record>.offset(of: \.word) == 5)
        #expect(MemoryLayout<Record>.offset(of: \.logOrGroup) == 6)
        #expect(MemoryLayout<Record>.offset(of: \.t) == 8)
        #expect(MemoryLayout<Record>.offset(of: \.agent) == 16)
        #expect(MemoryLayout<Record>.offset(of: \.seq) == 24)
        #expect(MemoryLayout<Record>.offset(of: \.major) == 32)
        #expect(MemoryLayout<Record>.offset(of: \.minor) == 40)
        #expect(MemoryLayout<Record>.offset(of: \.crc) == 48)
        #expect(MemoryLayout<Record>.offset(of: \.second) == 52)
        #expect(MemoryLayout<Record>.offset(of: \.stream) == 56)
        #expect(MemoryLayout<Record>.offset(of: \.last) == 60)
    }

    @Test func pairsAndSpansAreAsLongAsRecords() {
        #expect(MemoryLayout<DeliveryPair>.size == 64)
        #expect(MemoryLayout<DeliveryPair>.offset(of: \.t) == 8)
        #expect(MemoryLayout<DeliveryPair>.offset(of: \.minor) == 32)
        #expect(MemoryLayout<DeliveryPair>.offset(of: \.secondAgent) == 42)
        #expect(MemoryLayout<DeliveryPair>.offset(of: \.secondCRC) == 56)
        #expect(MemoryLayout<DeliveryPair>.offset(of: \.minorStep) == 62)
        #expect(MemoryLayout<DeliverySpan>.size == 64)
        #expect(MemoryLayout<DeliverySpan>.offset(of: \.rawMeaning) == 5)
        #expect(MemoryLayout<DeliverySpan>.offset(of: \.start) == 16)
        #expect(MemoryLayout<DeliverySpan>.offset(of: \.count) == 24)
        #expect(MemoryLayout<DeliverySpan>.offset(of: \.consumer) == 60)
    }
}
