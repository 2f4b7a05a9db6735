import History
import Workload

/// What a consumer under audit was handed, and what it said of each delivery: a state machine that refuses what cannot
/// be true.
///
/// In which order it works and acknowledges is its own affair: what comes of that the verdict says.
struct DeliveryLedger {
    struct Place: Hashable {
        /// Which of the orders' streams.
        var stream: Int32
        var position: Position
    }

    private struct Entry {
        /// The number of its last delivery.
        var delivery: Int64 = 0
        /// Deliveries of it on which the work is not done.
        var unprocessed = 0
        /// Deliveries of it that no `ack` speaks of.
        var unconfirmed = 0
        /// The broker takes it for done.
        var isConfirmed = false
    }

    private let ack: GroupSettings.Ack
    /// Each entry is confirmed by itself, if at all.
    private let hasAcks: Bool
    private var entries: [Place: Entry] = [:]
    /// By stream: everything before is confirmed.
    private var committed: [Position]
    private(set) var counters = ConsumerStatus()

    init(_ group: GroupSettings, form: Position.Form, streams: Int) {
        ack = group.ack
        hasAcks = form == .entry && group.ack != .none
        committed = [Position](repeating: Position(0, 0), count: streams)
    }

    mutating func deliver(_ place: Place) {
        let (number, end) = (counters.deliveries, committed[Int(place.stream)])
        change(place) { entry in
            entry.delivery = number
            entry.unprocessed += 1
            entry.unconfirmed += 1
            entry.isConfirmed = place.position < end
        }
        counters.deliveries += 1
    }

    /// Returns the delivery's number.
    mutating func process(_ place: Place) throws(WorkerError) -> Int64 {
        guard let entry = entries[place], entry.unprocessed > 0 else {
            throw WorkerError("position: it was not handed this entry, or its work on it is done already")
        }
        change(place) { $0.unprocessed -= 1 }
        counters.processed += 1
        return entry.delivery
    }

    /// Returns the delivery's number.
    mutating func confirm(_ place: Place) throws(WorkerError) -> Int64 {
        guard hasAcks else { throw WorkerError("type: the broker confirms no single entries to this group") }
        guard let entry = entries[place], entry.unconfirmed > 0 else {
            throw WorkerError("position: it was not handed this entry, or it is acknowledged already")
        }
        change(place) { entry in
            entry.unconfirmed -= 1
            entry.isConfirmed = true
        }
        counters.confirmed += 1
        return entry.delivery
    }

    mutating func confirm(stream: Int32, before position: Position) {
        committed[Int(stream)] = position
        counters.confirmed += 1
        if !showsConfirmed { return }
        for place in entries.keys where place.stream == stream && place.position < position {
            change(place) { $0.isConfirmed = true }
        }
    }

    private mutating func change(_ place: Place, _ how: (inout Entry) -> Void) {
        var entry = entries[place] ?? Entry()
        if isAtRisk(entry) { counters.holding -= 1 }
        how(&entry)
        if isAtRisk(entry) { counters.holding += 1 }
        let isOver = entry.unprocessed == 0 && (entry.unconfirmed == 0 || !hasAcks)
        entries[place] = isOver ? nil : entry
    }

    /// Only what the broker takes for done is lost with the process: the rest comes again.
    private var showsConfirmed: Bool { ack == .beforeProcessing || ack == .auto }

    /// A crash at this moment would show on it (`ConsumerStatus.holding`).
    private func isAtRisk(_ entry: Entry) -> Bool {
        entry.unprocessed > 0 && (entry.isConfirmed || !showsConfirmed)
    }
}
