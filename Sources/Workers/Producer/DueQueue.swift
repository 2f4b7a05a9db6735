/// Who is due when: a binary heap of (time, agent). Entries are never removed but by coming up; one that is out of date
/// is the caller's to recognise.
struct DueQueue: Sendable {
    struct Entry: Sendable, BitwiseCopyable {
        var time: Int64
        var agent: Int32
    }

    private var heap: [Entry] = []

    init(capacity: Int) { heap.reserveCapacity(capacity) }

    var first: Entry? { heap.first }

    mutating func insert(_ entry: Entry) {
        heap.append(entry)
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            if heap[parent].time <= entry.time { break }
            heap[child] = heap[parent]
            child = parent
        }
        heap[child] = entry
    }

    mutating func removeFirst() {
        let last = heap.removeLast()
        if heap.isEmpty { return }
        var parent = 0
        while true {
            var child = 2 * parent + 1
            if child >= heap.count { break }
            if child + 1 < heap.count && heap[child + 1].time < heap[child].time { child += 1 }
            if heap[child].time >= last.time { break }
            heap[parent] = heap[child]
            parent = child
        }
        heap[parent] = last
    }
}
