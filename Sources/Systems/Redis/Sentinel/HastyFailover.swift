/// A fail-over of a primary that answered: its sentinel found it down, began to replace it, heard from it again, and went
/// on all the same. What is lost by that is the sentinels' doing.
///
/// It happens behind a fail-over, with `down-after-milliseconds` no longer than the second between two PINGs: to a sentinel
/// that has heard of the switch, a new primary that was not asked yet is silent for as long as that, and what others
/// said of the old primary still counts as their word on the new one.
struct HastyFailover: Equatable {
    var replaced: ServerAddress
    var successor: ServerAddress

    /// Those that one sentinel led.
    ///
    /// - Parameter log: what it wrote, from its first start on.
    static func found(in log: String) -> [HastyFailover] {
        var found: [HastyFailover] = []
        var replaced: ServerAddress?
        var answered = false
        for line in log.split(separator: "\n") {
            guard let event = Event(line) else { continue }
            switch event.name {
            case "+try-failover": (replaced, answered) = (event.address, false)
            case "-sdown" where event.address == replaced: answered = true
            case "+promoted-slave":
                if let replaced, answered { found.append(Self(replaced: replaced, successor: event.address)) }
                replaced = nil
            case _ where event.name.hasPrefix("-failover-abort"): replaced = nil
            default: continue
            }
        }
        return found
    }

    /// A line as `676:X 28 Nov 2026 19:41:15.996 # +sdown master holdfast 198.18.0.12 6379`.
    private struct Event {
        let name: Substring
        let address: ServerAddress

        init?(_ line: Substring) {
            let words = line.split(separator: " ")
            guard let mark = words.firstIndex(where: { $0 == "#" || $0 == "*" }), words.count > mark + 5,
                let address = SentinelView.place(words[mark + 4], words[mark + 5])
            else { return nil }
            (name, self.address) = (words[mark + 1], address)
        }
    }
}
