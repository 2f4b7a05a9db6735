/// Numbers for the texts of what went wrong; shared by the connections of one publisher, which is used by one thread.
final class ReasonTable {
    /// Texts can carry numbers of slots or addresses: from here on only their first word is told apart.
    private static let limit = 1000
    private static let longest = 200

    private var texts = [""]
    private var numbers = ["": UInt16(0)]

    subscript(number: UInt16) -> String { texts[Int(number)] }

    func number(_ text: String) -> UInt16 {
        if let number = numbers[text] { return number }
        if texts.count >= Self.limit, let first = text.split(separator: " ").first, first.count < text.count {
            return number(String(first))
        }
        if texts.count >= 2 * Self.limit { return numbers.values.max() ?? 0 }
        let number = UInt16(texts.count)
        texts.append(text)
        numbers[text] = number
        return number
    }

    func number(ofError error: UnsafeRawBufferPointer) -> UInt16 {
        number(String(decoding: error.prefix(Self.longest), as: UTF8.self))
    }
}
