import Documents
import Glibc
import Labs
import Systems

/// A share of what one node sends to others vanishes: rules in its own packet filter throw a die for each packet.
struct LossyLink {
    let id: Int64
    let node: any Node
    let far: FarSides
    let share: Share

    private var rules: MarkedRules { MarkedRules(node: node, mark: "holdfast drop \(id)", verb: Drop.name) }
    private var knocks: Knocks { Knocks(node: node, far: far) }

    func make() throws(FaultError) {
        // Certainty is no probability that the die knows.
        let die =
            share == .percent(100)
            ? [] : ["-m", "statistic", "--mode", "random", "--probability", "\(share.fraction)"]
        try rules.insert(far.addresses.map { ["OUTPUT", "-d", $0] + die + ["-j", "DROP"] }, part: "dice")
    }

    /// How many knocks in a row get through by chance no oftener than once in a thousand million times.
    private var patience: Int { Int((-log(1e-9) / share.fraction).rounded(.up)) }

    /// Knocks at each address until one was lost there, by its own missing answer and by the rules' counters.
    func prove(in scene: any Scene) throws(FaultError) -> String {
        var knocked = 0
        var lost = [Int](repeating: 0, count: far.addresses.count)
        let deadline = scene.now + Int64(FaultLimits.dropSeconds * 1e9)
        while true {
            for (index, count) in knocks.unanswered(FaultLimits.knocks).enumerated() { lost[index] += count }
            knocked += FaultLimits.knocks
            let dropped = try rules.packets("dice")
            if lost.allSatisfy({ $0 > 0 }), dropped >= Int64(lost.max() ?? 0) {
                return zip(far.addresses, lost).map { "\($0): \($1) of \(knocked) knocks lost" }.joined(separator: ", ")
                    + "; \(dropped) packets dropped"
            }
            guard scene.now < deadline, knocked < patience else {
                let whole = zip(far.addresses, lost).filter { $0.1 == 0 }.map(\.0)
                throw FaultError(
                    .failed,
                    "drop \(node.name): of \(knocked) knocks none is lost towards \(whole.joined(separator: ", ")) "
                        + "(\(dropped) packets dropped in all): too small a share to be seen, or no loss at all")
            }
            // The run may be at its end.
            _ = try scene.wait(upTo: 0, until: { true })
        }
    }

    /// Takes the rules away, and proves that every knock is answered again.
    func remove(in scene: any Scene, whileOthersHold othersHold: Bool) throws(FaultError) -> String {
        try rules.remove()
        if othersHold { return "its rules are gone; something else still holds up what goes there" }
        let came = try scene.wait(upTo: FaultLimits.healSeconds) {
            knocks.unanswered(FaultLimits.knocks).allSatisfy { $0 == 0 }
        }
        guard came else {
            throw FaultError(.failed, "heal \(node.name): the rules are gone, and knocks are still lost")
        }
        return "all of \(FaultLimits.knocks) knocks are answered"
    }
}
