/// What a consumer was handed of one partition and the broker has not confirmed, from the moment that the partition was
/// given to it until it gives it up.
final class KafkaShare {
    private struct Entry: BitwiseCopyable {
        var offset: Int64
        var delivery: Int64
        var isDone = false
    }

    let stream: Int32
    let partition: Int32
    /// The partition is somebody else's now, for all that is known.
    private(set) var isLost = false
    /// In order of offsets; those before `head` are behind us.
    private var entries: [Entry] = []
    private var head = 0
    /// So many from `head` on are done: what stands behind them can be committed.
    private var run = 0
    /// Handed over, and nobody has said what became of it.
    private(set) var inHand = 0
    /// Acknowledged, and not confirmed.
    private(set) var unconfirmed = 0

    init(stream: Int32, partition: Int32) { (self.stream, self.partition) = (stream, partition) }

    /// The offset behind what can be committed; nil: nothing can.
    var committable: Int64? { run > 0 && !isLost ? entries[head + run - 1].offset + 1 : nil }

    func take(offset: Int64, delivery: Int64) {
        entries.append(Entry(offset: offset, delivery: delivery))
        inHand += 1
    }

    private func place(of offset: Int64) -> Int? {
        var (low, high) = (head, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].offset < offset { low = middle + 1 } else { high = middle }
        }
        return low < entries.count && entries[low].offset == offset ? low : nil
    }

    /// The entry was handed over again, as another delivery.
    func renew(offset: Int64, delivery: Int64) {
        if let place = place(of: offset) { entries[place].delivery = delivery }
    }

    /// The entry will not be handed over again, and is not done.
    func abandon() { inHand -= 1 }

    /// False: nobody can tell the broker any more.
    func acknowledge(offset: Int64) -> Bool {
        guard !isLost, let place = place(of: offset), !entries[place].isDone else { return false }
        entries[place].isDone = true
        inHand -= 1
        unconfirmed += 1
        while head + run < entries.count, entries[head + run].isDone { run += 1 }
        return true
    }

    /// What is done before this offset is confirmed, or will not be.
    func settle(before offset: Int64, _ each: (_ delivery: Int64) -> Void) {
        while run > 0, entries[head].offset < offset {
            each(entries[head].delivery)
            head += 1
            run -= 1
            unconfirmed -= 1
        }
        // Moves little, and seldom.
        guard head == entries.count || head >= 4096 else { return }
        entries.removeFirst(head)
        head = 0
    }

    /// Gives the partition up: what is acknowledged will not be confirmed, but for what a commit under way has.
    func lose(exceptBefore offset: Int64?, _ each: (_ delivery: Int64) -> Void) {
        isLost = true
        var kept: [Entry] = []
        for (index, entry) in entries[head...].enumerated() where entry.isDone {
            if index < run, entry.offset < offset ?? .min { kept.append(entry) } else { each(entry.delivery) }
        }
        (entries, head, run, inHand, unconfirmed) = (kept, 0, kept.count, 0, kept.count)
    }
}
