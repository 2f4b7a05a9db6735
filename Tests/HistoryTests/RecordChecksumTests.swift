import CChecksum
import Testing

struct RecordChecksumTests {
    private let width = 64

    private func records(_ count: Int) -> [UInt8] {
        var bytes = (0..<count * width).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 / 64) }
        for start in stride(from: 0, to: bytes.count, by: width) {
            let sum = bytes.withUnsafeBytes { holdfast_crc32c(0, $0.baseAddress! + start + 4, width - 4) }
            withUnsafeBytes(of: sum.littleEndian) { bytes.replaceSubrange(start..<start + 4, with: $0) }
        }
        return bytes
    }

    /// Several are verified at a time: whichever of them is wrong, those before it count.
    @Test(arguments: 0...9)
    func theFirstWrongRecordIsFound(count: Int) {
        let whole = records(count)
        #expect(holdfast_check_records(whole, count) == count)
        for wrong in 0..<count {
            for place in [0, 3, 4, 7, 8, 40, width - 1] {
                var bytes = whole
                bytes[wrong * width + place] ^= 0x10
                #expect(holdfast_check_records(bytes, count) == wrong, "byte \(place)")
            }
        }
    }
}
