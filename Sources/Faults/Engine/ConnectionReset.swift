import Labs
import Platform
import Systems

/// One round of resets: connections of a node with others end by a TCP reset, and no new ones come about meanwhile.
///
/// With `dropsReplies` what the node answers is lost for a while before: requests arrive and are served, the kernel
/// acknowledges them, and nobody hears of it. The answers stay lost until their connections are gone, for the kernel
/// would send them again.
struct ConnectionReset {
    let node: any Node
    let far: FarSides
    let dropsReplies: Bool
    private let rules: MarkedRules
    private let port: UInt16
    /// Where the far nodes take connections: this one may have opened some.
    private let farPorts: [(address: String, port: UInt16)]

    init(id: Int64, node: any Node, far: FarSides, dropsReplies: Bool, in scene: any Scene) {
        (self.node, self.far, self.dropsReplies) = (node, far, dropsReplies)
        rules = MarkedRules(node: node, mark: "holdfast reset \(id)", verb: Reset.name)
        port = scene.system.port(of: node)
        farPorts = far.nodes.map { ($0.address, scene.system.port(of: $0)) }
    }

    func dropReplies() throws(FaultError) {
        // Longer than any packet without data, but for those that begin a connection: what the kernel itself says passes.
        // Whoever missed that would be out for a second, longer than the round.
        let data = ["!", "--tcp-flags", "SYN", "SYN", "-m", "length", "--length", "53:65535", "-j", "DROP"]
        try rules.insert(
            far.addresses.map { ["OUTPUT", "-d", $0, "-p", "tcp", "--sport", "\(port)"] + data }, part: "answers")
    }

    func resetWhatComes() throws(FaultError) {
        let reset = ["-j", "REJECT", "--reject-with", "tcp-reset"]
        let own = far.addresses.map { ["INPUT", "-s", $0, "-p", "tcp", "--dport", "\(port)"] }
        let opened = farPorts.map { ["INPUT", "-s", $0.address, "-p", "tcp", "--sport", "\($0.port)"] }
        try rules.insert((own + opened).map { $0 + ["!", "--syn"] + reset }, part: "connections")
        try rules.insert(own.map { $0 + ["--syn"] + reset }, part: "attempts")
    }

    /// Whether anyone is connected; true where nothing can tell.
    var hasConnections: Bool { connections([]).map { $0 > 0 } ?? true }

    /// Ends what is still open because nothing came over it: whoever waits for an answer sends nothing. Where the kernel
    /// can't do that, it stays.
    private func endTheSilent() -> Int { connections(["-K"]) ?? 0 }

    /// How many connections the node has with the far side; nil without `ss`.
    private func connections(_ options: [String]) -> Int? {
        var sum = 0
        for address in far.addresses {
            let ends =
                [["sport", "=", ":\(port)"]]
                + farPorts.filter { $0.address == address }.map {
                    ["dport", "=", ":\($0.port)"]
                }
            for end in ends {
                let filter = ["state", "established", "dst", address, "and"] + end
                guard let result = try? node.runInNetwork("ss", options + ["-H", "-t", "-n"] + filter),
                    result.succeeded
                else { return nil }
                sum += result.output.split(separator: "\n").count
            }
        }
        return sum
    }

    /// Ends the round: says what was counted, and takes the rules away.
    func finish() throws(FaultError) -> String {
        let silent = endTheSilent()
        let answers = dropsReplies ? try rules.packets("answers") : 0
        let packets = try rules.packets("connections")
        let attempts = try rules.packets("attempts")
        try rules.remove()
        guard packets + Int64(silent) > 0 else {
            throw FaultError(.failed, "reset \(node.name): no connection with \(far.names) was there to be reset")
        }
        guard !dropsReplies || answers > 0 else {
            throw FaultError(.failed, "reset \(node.name): it sent no answer to \(far.names) that could be dropped")
        }
        var parts = dropsReplies ? ["\(answers) packets of answers dropped"] : []
        parts.append("\(packets) packets of connections answered by a reset")
        if silent > 0 { parts.append("\(silent) silent connections ended by a reset") }
        if attempts > 0 { parts.append("\(attempts) tries to connect refused") }
        return parts.joined(separator: ", ")
    }

    func remove() throws(FaultError) -> String {
        try rules.remove()
        return "its rules are gone"
    }
}
