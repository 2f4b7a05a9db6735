import Workload

/// What is known of each delivery until the broker has confirmed it, found by its number.
struct KafkaDeliveries {
    struct Entry: BitwiseCopyable {
        var member: Int32
        /// Which of its shares, as they were numbered when they were given.
        var share: Int32
        var offset: Int64
        var times: Int32
        var event: DecodedEvent?
        fileprivate var isOpen = true

        init(member: Int32, share: Int32, offset: Int64, times: Int32, event: DecodedEvent?) {
            (self.member, self.share, self.offset) = (member, share, offset)
            (self.times, self.event) = (times, event)
        }
    }

    private var entries: [Entry] = []
    /// The number of the first of them.
    private var base: Int64 = 0
    private var head = 0

    /// The number that the next delivery gets.
    var next: Int64 { base + Int64(entries.count) }

    mutating func append(_ entry: Entry) { entries.append(entry) }

    /// The next delivery, of which nobody will ask.
    mutating func skip() {
        precondition(entries.isEmpty, "deliveries are either kept or not")
        base += 1
    }

    subscript(delivery: Int64) -> Entry? {
        guard delivery >= base, delivery < next else { return nil }
        let entry = entries[Int(delivery - base)]
        return entry.isOpen ? entry : nil
    }

    mutating func close(_ delivery: Int64) {
        guard delivery >= base, delivery < next else { return }
        entries[Int(delivery - base)].isOpen = false
        while head < entries.count, !entries[head].isOpen { head += 1 }
        guard head == entries.count || head >= 4096 else { return }
        entries.removeFirst(head)
        base += Int64(head)
        head = 0
    }
}
