import History
import Workload

/// What the consumers of a process have in hand: a state machine without clock, sockets or files.
///
/// Each consumer works on one event after the other, in the order in which they were handed over, for as long as the
/// group's `processing` says. Times are nanoseconds from the trial's start.
struct Hands: Sendable {
    private enum State: Sendable {
        /// Not to be worked on before the broker has confirmed it.
        case unconfirmed
        /// To be worked on.
        case due
        /// On its way to the dead letters.
        case moving
        /// The work is done, and the broker has not confirmed it.
        case done
        case closed
    }

    private struct Entry: Sendable {
        var handed: Handed
        var state: State
    }

    private struct Consumer: Sendable {
        /// Deliveries in their order; those before `head` are behind us.
        var queue: [Int64] = []
        var head = 0
        /// When the work on the first is done; nil: nobody has begun it.
        var end: Int64?
        /// Deliveries neither processed nor given back.
        var unfinished = 0
    }

    private let ack: GroupSettings.Ack
    private let processing: Int64
    private let batch: Int
    private var consumers: [Consumer]
    /// Of deliveries `first`, `first` + 1, …; those before are all closed.
    private var entries: [Entry] = []
    private var base: Int64 = 0
    private var closedAtBase = 0
    private var counts = (unconfirmed: 0, due: 0, moving: 0, done: 0)
    /// By stream: everything before is committed.
    private var committed: [Position]

    init(_ group: GroupSettings, consumers: Int, streams: Int) {
        (ack, processing, batch) = (group.ack, group.processing, group.batch)
        self.consumers = [Consumer](repeating: Consumer(), count: consumers)
        committed = [Position](repeating: Position(0, 0), count: streams)
    }

    /// Takes what was handed over; returns the delivery's number.
    mutating func take(_ handed: Handed) -> Int64 {
        let delivery = base + Int64(entries.count)
        let waits = ack == .beforeProcessing
        entries.append(Entry(handed: handed, state: waits ? .unconfirmed : .due))
        if waits { counts.unconfirmed += 1 } else { counts.due += 1 }
        let consumer = Int(handed.consumer)
        consumers[consumer].queue.append(delivery)
        consumers[consumer].unfinished += 1
        return delivery
    }

    /// How many more events a consumer may be handed: a batch once it has nothing in hand; where the client library
    /// acknowledges by itself, reading goes on meanwhile.
    func room(of consumer: Int) -> Int {
        let held = consumers[consumer].unfinished
        return ack == .auto ? max(0, batch - held) : held == 0 ? batch : 0
    }

    /// Somebody may still ask for it.
    func isKnown(_ delivery: Int64) -> Bool { delivery >= base && delivery < base + Int64(entries.count) }

    /// The work on it is done, and the broker has not confirmed it.
    func isUnconfirmed(_ delivery: Int64) -> Bool {
        isKnown(delivery) && entries[Int(delivery - base)].state == .done
    }

    func handed(_ delivery: Int64) -> Handed { entries[Int(delivery - base)].handed }

    /// A delivery on which the work is done at `now`; nil when there is no more. Whoever gets it says what became of
    /// it: `finish`, `giveBack` or `move`.
    mutating func next(_ now: Int64) -> Int64? {
        for index in consumers.indices {
            forget(index)
            while let first = head(of: index) {
                guard first >= base else {
                    consumers[index].head += 1
                    continue
                }
                switch entries[Int(first - base)].state {
                case .due:
                    let end = consumers[index].end ?? now + processing
                    if end > now {
                        consumers[index].end = end
                    } else {
                        consumers[index].end = nil
                        consumers[index].head += 1
                        return first
                    }
                case .unconfirmed: break
                // Nobody is to work on it any more.
                case .closed, .moving, .done:
                    consumers[index].end = nil
                    consumers[index].head += 1
                    continue
                }
                break
            }
        }
        return nil
    }

    private mutating func head(of index: Int) -> Int64? {
        let consumer = consumers[index]
        if consumer.head < consumer.queue.count { return consumer.queue[consumer.head] }
        if consumer.head > 0 {
            consumers[index].queue.removeAll(keepingCapacity: true)
            consumers[index].head = 0
        }
        return nil
    }

    /// A queue that is never empty (`auto`) still forgets what is behind it.
    private mutating func forget(_ index: Int) {
        guard consumers[index].head >= 4096 else { return }
        consumers[index].queue.removeFirst(consumers[index].head)
        consumers[index].head = 0
    }

    /// When the next work that was begun is done; `Int64.max`: none was.
    var nextEnd: Int64 { consumers.reduce(.max) { min($0, $1.end ?? .max) } }

    /// The work on a delivery is done. What the broker is still to confirm stays open.
    mutating func finish(_ delivery: Int64) {
        finishWork(on: delivery)
        set(delivery, ack == .afterProcessing ? .done : .closed)
    }

    /// It could not be processed, and comes again as another delivery.
    mutating func giveBack(_ delivery: Int64) {
        finishWork(on: delivery)
        set(delivery, .closed)
    }

    /// It could not be processed, and is on its way to the dead letters: `finish` or `giveBack` follows.
    mutating func move(_ delivery: Int64) { set(delivery, .moving) }

    private mutating func finishWork(on delivery: Int64) {
        consumers[Int(handed(delivery).consumer)].unfinished -= 1
    }

    /// The broker confirmed it.
    mutating func confirm(_ delivery: Int64) {
        guard delivery >= base else { return }
        switch entries[Int(delivery - base)].state {
        case .unconfirmed: set(delivery, .due)
        case .done: set(delivery, .closed)
        case .due, .moving, .closed: break
        }
    }

    /// The broker confirmed everything of a stream that stands before a position.
    mutating func confirm(stream: Int32, before position: Position) {
        committed[Int(stream)] = max(committed[Int(stream)], position)
        guard counts.unconfirmed + counts.done > 0 else { return }
        // By number: what closes may be forgotten at once, and all places with it.
        for delivery in base..<(base + Int64(entries.count)) where isKnown(delivery) {
            let handed = handed(delivery)
            if handed.stream == stream, handed.position < position { confirm(delivery) }
        }
    }

    /// The broker will not confirm it. What waited for that is not worked on.
    mutating func abandon(_ delivery: Int64) {
        guard delivery >= base else { return }
        switch entries[Int(delivery - base)].state {
        case .unconfirmed:
            finishWork(on: delivery)
            set(delivery, .closed)
        case .done: set(delivery, .closed)
        case .due, .moving, .closed: break
        }
    }

    /// Nothing is in hand, or on its way anywhere.
    var isEmpty: Bool { counts.unconfirmed + counts.due + counts.moving == 0 }

    /// Events that a crash at this moment would show on, for certain (`ConsumerStatus.holding`): not those of which
    /// the broker may have been told.
    var holding: Int {
        switch ack {
        case .afterProcessing, .beforeProcessing, .none: counts.due
        case .auto:
            entries.count { entry in
                entry.state == .due && entry.handed.position < committed[Int(entry.handed.stream)]
            }
        }
    }

    private mutating func set(_ delivery: Int64, _ state: State) {
        let index = Int(delivery - base)
        count(entries[index].state, -1)
        count(state, 1)
        entries[index].state = state
        if state == .closed { dropClosed() }
    }

    private mutating func count(_ state: State, _ change: Int) {
        switch state {
        case .unconfirmed: counts.unconfirmed += change
        case .due: counts.due += change
        case .moving: counts.moving += change
        case .done: counts.done += change
        case .closed: break
        }
    }

    /// Forgets what is closed at the front, a good part at a time.
    private mutating func dropClosed() {
        while closedAtBase < entries.count, entries[closedAtBase].state == .closed { closedAtBase += 1 }
        guard closedAtBase == entries.count || closedAtBase >= 1024 else { return }
        entries.removeFirst(closedAtBase)
        base += Int64(closedAtBase)
        closedAtBase = 0
    }
}
