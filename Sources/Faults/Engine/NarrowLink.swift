import Labs
import Platform

/// A bound on how fast one node sends to others: a queue for each of them on the node's own interface.
struct NarrowLink {
    let id: Int64
    let node: any Node
    let far: FarSides
    let bitsPerSecond: Int64

    private var interface: String { node.networkInterface }

    func make() throws(FaultError) {
        try tc(["qdisc", "add", "dev", interface, "root", "handle", "1:", "htb"])
        for (index, address) in far.addresses.enumerated() {
            let name = Self.className(index)
            try tc([
                "class", "add", "dev", interface, "parent", "1:", "classid", name, "htb", "rate",
                "\(bitsPerSecond)bit", "ceil", "\(bitsPerSecond)bit",
            ])
            try tc([
                "filter", "add", "dev", interface, "parent", "1:", "protocol", "ip", "prio", "1", "u32", "match",
                "ip", "dst", "\(address)/32", "flowid", name,
            ])
        }
    }

    private static func className(_ index: Int) -> String { "1:\(String(index + 1, radix: 16))" }

    @discardableResult private func tc(_ arguments: [String]) throws(FaultError) -> String {
        try TrafficControl.run(arguments, on: node, for: Limit.name)
    }

    /// What one queue has let through, and what waits in it, in bytes.
    struct Counters: Equatable {
        var sent: Int64
        var waiting: Int64
    }

    private func counters() throws(FaultError) -> [Counters] {
        let text = try tc(["-s", "class", "show", "dev", interface])
        return far.addresses.indices.map {
            Self.counters(of: Self.className($0), in: text) ?? Counters(sent: 0, waiting: 0)
        }
    }

    /// `Sent 1442 bytes 1 pkt (…)` and `backlog 5768b 4p` in the class's paragraph.
    static func counters(of name: String, in text: String) -> Counters? {
        var isOwn = false
        var counters: Counters?
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            if words.first == "class" {
                isOwn = words.count > 2 && words[2] == name
                if isOwn { counters = Counters(sent: 0, waiting: 0) }
            } else if isOwn, words.first == "Sent", words.count > 1 {
                counters?.sent = Int64(words[1]) ?? 0
            } else if isOwn, words.first == "backlog", words.count > 1 {
                counters?.waiting = bytes(words[1])
            }
        }
        return counters
    }

    /// `5768b`, `12Kb`: as tc writes sizes.
    private static func bytes(_ text: Substring) -> Int64 {
        let units: [(String, Int64)] = [("Kb", 1024), ("Mb", 1024 * 1024), ("b", 1)]
        for (unit, factor) in units where text.hasSuffix(unit) {
            return (Int64(text.dropLast(unit.count)) ?? 0) * factor
        }
        return 0
    }

    /// Looks in a row, 50 ms apart, that must find something waiting: any queue holds a packet for a moment.
    private static let looksInARow = 5

    /// What goes there keeps waiting in its queue while the queue lets more through. A destination that nothing is sent
    /// to cannot lag; of the others each must, and there must be one.
    func prove(in scene: any Scene) throws(FaultError) -> String {
        let before = try counters()
        var seen = before
        var lagging = [Int64](repeating: 0, count: before.count)
        var row = [Int](repeating: 0, count: before.count)
        let deadline = MonotonicClock.now() + Int64(FaultLimits.limitSeconds * 1e9)
        while true {
            let moment = MonotonicClock.now() + 50_000_000
            _ = try scene.wait(upTo: 1) { MonotonicClock.now() >= moment }
            seen = try counters()
            for index in seen.indices {
                lagging[index] = max(lagging[index], seen[index].waiting)
                row[index] = seen[index].waiting > 0 ? row[index] + 1 : 0
            }
            let used = seen.indices.filter { seen[$0].sent > before[$0].sent || seen[$0].waiting > 0 }
            let isBounded = used.allSatisfy { row[$0] >= Self.looksInARow && seen[$0].sent > before[$0].sent }
            if !used.isEmpty, isBounded { break }
            guard MonotonicClock.now() < deadline else {
                throw FaultError(
                    .failed,
                    "limit \(node.name): nothing keeps waiting for the bound of \(bitsPerSecond) bit/s within "
                        + "\(Int(FaultLimits.limitSeconds)) s: too little is sent there")
            }
        }
        return zip(far.addresses, seen.indices).map { address, index in
            "\(address): \(seen[index].sent - before[index].sent) bytes sent, \(lagging[index]) waiting"
        }.joined(separator: "; ")
    }

    func remove() throws(FaultError) -> String {
        if try hasQueue() { try tc(["qdisc", "del", "dev", interface, "root"]) }
        guard try !hasQueue() else { throw FaultError(.failed, "heal \(node.name): its queue is still there") }
        return "the queue is gone"
    }

    private func hasQueue() throws(FaultError) -> Bool {
        try tc(["qdisc", "show", "dev", interface]).contains("htb 1: root")
    }
}
