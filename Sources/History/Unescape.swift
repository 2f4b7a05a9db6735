/// Undoes the escapes of a string that the scanner has passed, into `output` (emptied first). False if there is a
/// surrogate without its other half: such a text has no UTF-8. Each is put out as the three bytes that it would have,
/// so that texts stay comparable.
func unescape(_ text: UnsafeBufferPointer<UInt8>, into output: inout [UInt8]) -> Bool {
    output.removeAll(keepingCapacity: true)
    guard let base = text.baseAddress else { return true }
    var whole = true
    var place = base
    let end = base + text.count
    while place < end {
        guard place.pointee == UInt8(ascii: "\\") else {
            output.append(place.pointee)
            place += 1
            continue
        }
        if place[1] != UInt8(ascii: "u") {
            output.append(simpleEscape(place[1]))
            place += 2
            continue
        }
        guard let first = hexadecimal(place + 2) else { return false }
        place += 6
        var scalar = UInt32(first)
        if first & 0xFC00 == 0xD800, end - place >= 6, place[0] == UInt8(ascii: "\\"), place[1] == UInt8(ascii: "u"),
            let second = hexadecimal(place + 2), second & 0xFC00 == 0xDC00
        {
            scalar = 0x10000 + (UInt32(first & 0x3FF) << 10 | UInt32(second & 0x3FF))
            place += 6
        } else if first & 0xF800 == 0xD800 {
            whole = false
        }
        appendUTF8(scalar, to: &output)
    }
    return whole
}

private func simpleEscape(_ byte: UInt8) -> UInt8 {
    switch byte {
    case UInt8(ascii: "b"): 0x08
    case UInt8(ascii: "f"): 0x0C
    case UInt8(ascii: "n"): 0x0A
    case UInt8(ascii: "r"): 0x0D
    case UInt8(ascii: "t"): 0x09
    default: byte
    }
}

private func appendUTF8(_ scalar: UInt32, to output: inout [UInt8]) {
    func tail(_ shift: UInt32) -> UInt8 { 0x80 | UInt8(scalar >> shift & 0x3F) }
    switch scalar {
    case 0..<0x80: output.append(UInt8(scalar))
    case 0x80..<0x800: output += [0xC0 | UInt8(scalar >> 6), tail(0)]
    case 0x800..<0x10000: output += [0xE0 | UInt8(scalar >> 12), tail(6), tail(0)]
    default: output += [0xF0 | UInt8(scalar >> 18), tail(12), tail(6), tail(0)]
    }
}
