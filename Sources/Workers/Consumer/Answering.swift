import History
import Platform
import Workload

/// What an executor answers: results that wait to be sent, or are on their way to their own log.
///
/// Each stands in a slot with its bytes until its log has confirmed it; one that was not confirmed is sent again, as
/// another try. Its clients' descriptors are in a poller of its own: their tokens are none of the subscriber's.
final class Answering {
    /// How long the log of results is left alone after it did not confirm something.
    private static let backOff: Int64 = 100_000_000
    /// How long one that is to end goes on trying.
    static let patience: Int64 = 15_000_000_000

    private struct Slot {
        var delivery: Int64 = -1
        var event: DecodedEvent?
        /// Of the try that is under way.
        var number: Int64 = 0
        var value: [UInt8] = []
    }

    let forwarder: any Forwarder
    private let poller: Poller
    private var slots: [Slot] = []
    private var vacant: [Int32] = []
    /// Where each delivery that is to be answered stands.
    private var places: [Int64: Int32] = [:]
    /// To be sent, in their order.
    private var due: [Int32] = []
    private var cursor = 0
    private var sendAt: Int64 = .min
    private var completions: [Completion] = []
    private var taken = 0
    private var events: [PollEvent] = []

    init(_ forwarder: any Forwarder) throws(WorkerError) {
        self.forwarder = forwarder
        do throws(KernelFailure) { poller = try Poller() } catch { throw WorkerError(error.description) }
    }

    /// Readable when something happened to one of its clients' descriptors.
    var descriptor: Int32 { poller.descriptor }
    var nextDeadline: Int64 { due.isEmpty ? forwarder.nextDeadline : min(forwarder.nextDeadline, sendAt) }
    var hasMail: Bool { !completions.isEmpty }

    func open(now: Int64) { forwarder.open(poller, now: now) }

    func ready(now: Int64) throws(WorkerError) {
        do throws(KernelFailure) {
            try poller.wait(timeoutNanoseconds: 0, into: &events)
        } catch {
            throw WorkerError(error.description)
        }
        for event in events { forwarder.ready(event, poller, now: now, into: &completions) }
    }

    func expire(now: Int64) {
        if forwarder.nextDeadline <= now { forwarder.expire(poller, now: now, into: &completions) }
    }

    /// The system has moved.
    func use(addresses: [String], now: Int64) {
        forwarder.use(addresses: addresses, poller, now: now, into: &completions)
    }

    func close(now: Int64) { forwarder.close(poller, now: now, into: &completions) }

    // MARK: Dispatches

    /// Only dispatches are answered.
    static func isDispatch(_ event: DecodedEvent) -> Bool { event.kind == .toolCall }

    /// Keeps the bytes of a dispatch that was handed over until somebody has worked on it.
    func keep(_ delivery: Int64, _ event: DecodedEvent, _ value: ArraySlice<UInt8>) {
        let place: Int32
        if let free = vacant.popLast() {
            place = free
        } else {
            place = Int32(slots.count)
            slots.append(Slot())
        }
        slots[Int(place)].delivery = delivery
        slots[Int(place)].event = event
        slots[Int(place)].value.removeAll(keepingCapacity: true)
        slots[Int(place)].value.append(contentsOf: value)
        places[delivery] = place
    }

    /// The work on a dispatch is done: its result is to be sent. False for a delivery that nobody waits for an answer to.
    func answer(_ delivery: Int64) -> Bool {
        guard let place = places[delivery] else { return false }
        due.append(place)
        return true
    }

    /// Nobody is to answer it any more: it comes again, as another delivery or to another.
    func forget(_ delivery: Int64) {
        guard let place = places.removeValue(forKey: delivery) else { return }
        slots[Int(place)].delivery = -1
        vacant.append(place)
    }

    /// The next dispatch whose result is to be sent; nil: there is none at this moment. `prepare` follows.
    func next(now: Int64) -> DecodedEvent? {
        guard cursor < due.count, now >= sendAt else { return nil }
        return slots[Int(due[cursor])].event
    }

    /// Makes the result ready that `next` spoke of, as the try of this number; no byte of it leaves before `send`.
    func prepare(number: Int64, now: Int64) {
        let place = due[cursor]
        cursor += 1
        slots[Int(place)].number = number
        let agent = slots[Int(place)].event?.agent ?? 0
        slots[Int(place)].value.withUnsafeBytes { forwarder.prepare($0, agent: agent, slot: place, now: now) }
        if cursor == due.count {
            due.removeAll(keepingCapacity: true)
            cursor = 0
        }
    }

    func send(now: Int64) { forwarder.send(poller, now: now, into: &completions) }

    /// What became of a try.
    struct Answered {
        var completion: Completion
        var event: DecodedEvent
        var delivery: Int64
        var number: Int64
    }

    /// What became of the next of the tries of which that is known; nil: of no more. Whoever gets an `acked` one is done
    /// with its delivery; any other is sent again, unless `givesUp`.
    func take(now: Int64, givesUp: Bool) -> Answered? {
        guard taken < completions.count else {
            completions.removeAll(keepingCapacity: true)
            taken = 0
            return nil
        }
        let completion = completions[taken]
        taken += 1
        let slot = slots[Int(completion.slot)]
        guard let event = slot.event else { preconditionFailure("what is no event was sent") }
        if completion.outcome == .acked || givesUp {
            forget(slot.delivery)
        } else {
            due.append(completion.slot)
            if completion.again != .atOnce { sendAt = now + Self.backOff }
        }
        return Answered(completion: completion, event: event, delivery: slot.delivery, number: slot.number)
    }
}
