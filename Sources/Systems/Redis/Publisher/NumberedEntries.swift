import History
import Workers

/// Entries that bear their events' numbers (`ids: event`): a server that has one refuses it the second time, and that
/// refusal of a repeated try is as good as an acknowledgement.
///
/// That is so because the stream is one agent's, who has one event under way at a time: what is there under this ID or a
/// later one is this event, or came after it. The refusal of a first try is a clash with another writer, and a failure.
struct NumberedEntries {
    private static let refusal = "ERR The ID specified in XADD is equal or smaller"

    /// By slot: the entry of an event that was tried before; 0: none was.
    private var repeated: [UInt64]
    /// The server's text, once it has come.
    private var reason: UInt16?

    /// Nil where the server gives the IDs.
    init?(_ client: ClientOrders, slots: Int) {
        guard client.settings["ids"] == RedisSettings.IDs.event.rawValue else { return nil }
        repeated = [UInt64](repeating: 0, count: slots)
    }

    /// `MAJOR-0`; 0-0 can be no entry.
    static func major(of seq: Int64) -> UInt64 { UInt64(seq) + 1 }

    /// An attempt goes out: of the event with that number, for the `number`-th time.
    mutating func note(slot: Int32, number: Int64, seq: Int64) {
        repeated[Int(slot)] = number > 1 ? Self.major(of: seq) : 0
    }

    /// Takes refusals of repeated tries for what they are.
    mutating func settle(_ completions: inout [Completion], from first: Int, _ reasons: ReasonTable) {
        for place in completions.indices[first...] {
            let completion = completions[place]
            let entry = repeated[Int(completion.slot)]
            guard entry > 0, completion.outcome == .failed, isRefusal(completion.reason, reasons) else { continue }
            completions[place] = Completion(
                slot: completion.slot, outcome: .acked, position: Position(entry, 0))
        }
    }

    private mutating func isRefusal(_ number: UInt16, _ reasons: ReasonTable) -> Bool {
        if let reason { return number == reason }
        guard reasons[number].hasPrefix(Self.refusal) else { return false }
        reason = number
        return true
    }
}
