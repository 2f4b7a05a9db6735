import Labs
import Platform
import Systems

/// What Holdfast does in an operator's place, each step an action of its own.
extension Scene {
    /// Makes a node lead, and tells the clients once it is proven that it does.
    func promote(_ node: any Node, detail: String?) throws(FaultError) {
        let id = ledger.begin(Promote.name, node: node.name, detail: detail)
        let seen = try asking { () throws(SystemError) in try system.promote(node, patience: patience) }
        ledger.effect(id, seen)
        tellClients()
        ledger.end(id, "clients were told")
        // If it can be reached, the old primary is one no more.
        try rejoinStrays()
    }

    /// Makes nodes that are back, and follow nobody or the wrong one, follow the leader.
    func rejoinStrays() throws(FaultError) {
        for node in system.strays() {
            let id = ledger.begin("rejoin", node: node.name)
            ledger.effect(id, try asking { () throws(SystemError) in try system.rejoin(node) })
            ledger.end(id)
        }
    }

    /// Waits for an event, doing what an operator would meanwhile. False if it did not come in time.
    func attend(
        _ event: any BuiltWait, upTo limit: Duration, isOver: () -> Bool
    ) throws(FaultError) -> Bool {
        let deadline = MonotonicClock.now() + limit.nanoseconds
        var asked: Int64 = .min
        while true {
            try event.attend(in: self)
            let left = Double(deadline - MonotonicClock.now()) / 1e9
            let came = try wait(upTo: max(0, min(left, FaultLimits.attendSeconds))) {
                let now = MonotonicClock.now()
                if asked != .min, now - asked < FaultLimits.askNanoseconds, now < deadline { return false }
                asked = now
                return isOver()
            }
            if came { return true }
            if MonotonicClock.now() >= deadline { return false }
        }
    }

    /// After healing: waits until the system is whole, bringing back who follows the wrong one.
    public func settle(upTo limit: Duration) throws(FaultError) -> Bool {
        let event = Converged()
        return try attend(event, upTo: limit) { event.isOver(for: [], ackedSinceLastStep: 0, in: self) }
    }
}
