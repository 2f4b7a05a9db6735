/// Bytes that come in at one end and go out at the other, in one piece of memory that grows as needed and is kept.
struct ByteQueue: ~Copyable {
    private var memory: UnsafeMutableRawBufferPointer
    private var start = 0
    private var end = 0

    init(capacity: Int) {
        precondition(capacity > 0)
        memory = .allocate(byteCount: capacity, alignment: 16)
    }

    deinit { memory.deallocate() }

    var count: Int { end - start }
    var isEmpty: Bool { start == end }

    /// What is in the queue; valid until it is changed.
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: memory[start..<end]) }

    /// Room for `count` bytes behind the last one; they count once `commit` says how many were filled.
    mutating func room(_ count: Int) -> UnsafeMutableRawBufferPointer {
        if memory.count - end < count { makeRoom(count) }
        return UnsafeMutableRawBufferPointer(rebasing: memory[end..<end + count])
    }

    mutating func commit(_ count: Int) {
        precondition(count >= 0 && count <= memory.count - end, "more was filled than there was room for")
        end += count
    }

    mutating func removeFirst(_ count: Int) {
        precondition(count >= 0 && count <= end - start, "more was taken than there is")
        start += count
        if start == end { (start, end) = (0, 0) }
    }

    mutating func removeAll() { (start, end) = (0, 0) }

    private mutating func makeRoom(_ count: Int) {
        let used = end - start
        if memory.count - used >= count && start >= used {
            memory.copyMemory(from: bytes)
        } else {
            let larger = UnsafeMutableRawBufferPointer.allocate(
                byteCount: max(memory.count * 2, used + count), alignment: 16)
            larger.copyMemory(from: bytes)
            memory.deallocate()
            memory = larger
        }
        (start, end) = (0, used)
    }
}
