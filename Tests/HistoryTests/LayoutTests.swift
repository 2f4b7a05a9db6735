import History
import Testing

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
}
