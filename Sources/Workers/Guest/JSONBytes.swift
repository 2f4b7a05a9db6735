/// Writes JSON into bytes that are used again and again: orders come by the ten thousand a second.
struct JSONBytes {
    private static let digits: [UInt8] = Array("0123456789abcdef".utf8)
    private static let base64: [UInt8] = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func text(_ text: String, into bytes: inout [UInt8]) {
        bytes.append(0x22)
        for byte in text.utf8 {
            switch byte {
            case 0x22, 0x5C:
                bytes.append(0x5C)
                bytes.append(byte)
            case 0..<0x20:
                bytes.append(contentsOf: "\\u00".utf8)
                bytes.append(digits[Int(byte >> 4)])
                bytes.append(digits[Int(byte & 15)])
            default: bytes.append(byte)
            }
        }
        bytes.append(0x22)
    }

    static func base64(_ value: UnsafeRawBufferPointer, into bytes: inout [UInt8]) {
        bytes.append(0x22)
        var place = 0
        base64.withUnsafeBufferPointer { letters in
            while place < value.count {
                let left = min(3, value.count - place)
                var word = UInt32(value[place]) << 16
                if left > 1 { word |= UInt32(value[place + 1]) << 8 }
                if left > 2 { word |= UInt32(value[place + 2]) }
                bytes.append(letters[Int(word >> 18)])
                bytes.append(letters[Int(word >> 12 & 63)])
                bytes.append(left > 1 ? letters[Int(word >> 6 & 63)] : 0x3D)
                bytes.append(left > 2 ? letters[Int(word & 63)] : 0x3D)
                place += left
            }
        }
        bytes.append(0x22)
    }
}
