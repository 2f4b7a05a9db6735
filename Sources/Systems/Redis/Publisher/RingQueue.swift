/// First in, first out, without moving anything; grows as needed and keeps its room.
struct RingQueue<Element> {
    private var slots: [Element?]
    private var head = 0
    private(set) var count = 0

    init() { slots = [Element?](repeating: nil, count: 16) }

    var isEmpty: Bool { count == 0 }
    var first: Element? { count == 0 ? nil : slots[head] }

    mutating func append(_ element: Element) {
        if count == slots.count { grow() }
        slots[(head + count) & (slots.count - 1)] = element
        count += 1
    }

    @discardableResult
    mutating func removeFirst() -> Element? {
        if count == 0 { return nil }
        defer {
            head = (head + 1) & (slots.count - 1)
            count -= 1
        }
        return slots[head].take()
    }

    private mutating func grow() {
        var larger = [Element?](repeating: nil, count: slots.count * 2)
        for index in 0..<count { larger[index] = slots[(head + index) & (slots.count - 1)] }
        (slots, head) = (larger, 0)
    }
}
