import Documents
import Labs
import Platform

/// What one node sends to others is held back for a while: a queue of the kernel's `netem` on the node's own interface,
/// into which just what goes there is sorted. Whatever else the node sends passes by it.
struct DelayedLink {
    let id: Int64
    let node: any Node
    let far: FarSides
    let delay: Duration

    private var interface: String { node.networkInterface }
    /// Packets that may be held back at once; the kernel's own bound would lose some of a busy node's.
    private static let packets = 100_000

    private var knocks: Knocks { Knocks(node: node, far: far) }

    func make() throws(FaultError) {
        guard try !tc(["qdisc", "show", "dev", interface]).contains("htb") else {
            throw FaultError(.failed, "delay \(node.name): a limit or another delay is there; heal it before")
        }
        try tc(["qdisc", "add", "dev", interface, "root", "handle", Self.handle, "htb"])
        // A class that bounds nothing: only what is sorted into it meets the queue behind it.
        try tc([
            "class", "add", "dev", interface, "parent", Self.handle, "classid", Self.handle + "1", "htb", "rate",
            "100gbit",
        ])
        try tc([
            "qdisc", "add", "dev", interface, "parent", Self.handle + "1", "netem", "delay",
            "\(delay.nanoseconds / 1000)us", "limit", "\(Self.packets)",
        ])
        for address in far.addresses {
            try tc([
                "filter", "add", "dev", interface, "parent", Self.handle, "protocol", "ip", "prio", "1", "u32",
                "match", "ip", "dst", "\(address)/32", "flowid", Self.handle + "1",
            ])
        }
    }

    private static let handle = "2:"

    /// The shortest way there and back, in nanoseconds, before anything is delayed.
    func measure() throws(FaultError) -> [Int64] {
        var times: [Int64] = []
        for (address, time) in zip(far.addresses, answers()) {
            guard let time else {
                throw FaultError(
                    .failed, "delay \(node.name): \(address) does not answer even before anything is delayed")
            }
            guard time < delay.nanoseconds else {
                throw FaultError(
                    .failed,
                    "delay \(node.name): an answer from \(address) takes \(Self.milliseconds(time)) as it is, so that "
                        + "\(delay.written) more would not show; delay by more")
            }
            times.append(time)
        }
        return times
    }

    /// Every answer takes at least as long as the delay now.
    func prove(after before: [Int64]) throws(FaultError) -> String {
        var lines: [String] = []
        for ((address, time), earlier) in zip(zip(far.addresses, answers()), before) {
            guard let time else {
                throw FaultError(.failed, "delay \(node.name): \(address) does not answer any more")
            }
            guard time >= delay.nanoseconds else {
                throw FaultError(
                    .failed,
                    "delay \(node.name): an answer from \(address) takes \(Self.milliseconds(time)), not \(delay.written)"
                )
            }
            lines.append("\(address): \(Self.milliseconds(time)), and \(Self.milliseconds(earlier)) before")
        }
        return "answers take " + lines.joined(separator: "; ")
    }

    func remove(in scene: any Scene, whileOthersHold othersHold: Bool) throws(FaultError) -> String {
        if try hasQueue() { try tc(["qdisc", "del", "dev", interface, "root"]) }
        guard try !hasQueue() else { throw FaultError(.failed, "heal \(node.name): its queue is still there") }
        if othersHold { return "the queue is gone; something else still holds up what goes there" }
        var times: [Int64?] = []
        let came = try scene.wait(upTo: FaultLimits.healSeconds) {
            times = answers()
            return times.allSatisfy { ($0 ?? .max) < delay.nanoseconds }
        }
        guard came else {
            throw FaultError(
                .failed, "heal \(node.name): the queue is gone, and answers still take \(delay.written) or more")
        }
        return "the queue is gone; answers take "
            + times.map { Self.milliseconds($0 ?? 0) }.joined(separator: ", ")
    }

    private func answers() -> [Int64?] {
        knocks.shortestAnswers(of: FaultLimits.timedKnocks, upTo: delay + .seconds(1))
    }

    private func hasQueue() throws(FaultError) -> Bool {
        try tc(["qdisc", "show", "dev", interface]).contains("htb \(Self.handle) root")
    }

    private static func milliseconds(_ nanoseconds: Int64) -> String {
        "\(Double(nanoseconds / 1000) / 1000) ms"
    }

    @discardableResult private func tc(_ arguments: [String]) throws(FaultError) -> String {
        try TrafficControl.run(arguments, on: node, for: Delay.name)
    }
}
