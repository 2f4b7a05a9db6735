public import Labs
public import Systems

/// A process of Holdfast's own that faults can be about: one that plays agents, or reads what they wrote.
public protocol Worker: ProcessOwner {}

extension ProcessOwner {
    /// It has a process, stopped or not.
    var isUp: Bool { if case .gone = state { false } else { true } }
}

/// The trial as a verb or a wait sees it.
public protocol Scene: AnyObject {
    var system: any System { get }
    var patience: any Patience { get }
    var ledger: FaultLedger { get }
    /// Nanoseconds since the trial's start.
    var now: Int64 { get }
    /// Events acknowledged so far, as the workers say.
    var acked: Int { get }
    /// Where the producers' load ends if nothing holds it up, in nanoseconds since the trial's start.
    var plannedEnd: Int64 { get }
    /// The address from which clients reach the nodes.
    var clientAddress: String { get }
    /// Tells every client where the system is found from now on.
    func tellClients()
    /// The producers: first those of the start, in their order, then those that were started under another's identity.
    var producers: [any Worker] { get }
    /// How many of them there were at the start.
    var producersAtStart: Int { get }
    /// No more load is asked for: who is gone stays gone.
    var isLoadOver: Bool { get }
    /// Lets another process go on where a worker's last one stopped; returns what was seen of it once it is connected.
    func restart(_ worker: any Worker) throws(FaultError) -> String
    /// Makes a producer that has the identity of another, counted from 1, which may still be there.
    func addProducer(as number: Int) throws(FaultError) -> any Worker
    /// The consumer processes: first those of the start, group by group, then those that joined later.
    var consumers: [any Worker] { get }
    /// How many of them there were at the start.
    var consumersAtStart: Int { get }
    /// Makes one more consumer of a group, without a process as yet.
    func addConsumer(to group: String) throws(FaultError) -> any Worker
    /// The bridges: first those of the start, then those that joined later.
    var bridges: [any Worker] { get }
    /// How many of them there were at the start.
    var bridgesAtStart: Int { get }
    /// Makes one more bridge, without a process as yet.
    func addBridge() throws(FaultError) -> any Worker
    /// How many events a crash of this worker would show on; it may be stopped. With a stage: how many a bridge has
    /// brought that far and no further, which it stands still with as long as somebody asks.
    func holding(of worker: any Worker, stage: Holding.Stage?) -> Int
    /// No group has anything before it.
    var areGroupsCaughtUp: Bool { get }
    /// Counts a server that refused to start after a fault.
    func countRefusedStart()
}

/// What takes a node down until it is started again.
let downing: Set<String> = ["kill", "terminate", "power-loss"]

extension Scene {
    /// Every process of Holdfast's own that there is.
    var workers: [any Worker] { producers + consumers + bridges }

    /// Waits, and turns the run's end into the engine's own error.
    public func wait(upTo seconds: Double, until condition: () -> Bool) throws(FaultError) -> Bool {
        do {
            return try patience.wait(upTo: seconds, until: condition)
        } catch {
            throw FaultError(error.code == .interrupted ? .interrupted : .failed, error.message)
        }
    }

    /// Does something to a node's machine, with the lab's errors in the engine's words.
    func doing(_ what: String, _ target: any ProcessOwner, _ body: () throws(LabError) -> Void) throws(FaultError) {
        do {
            try body()
        } catch {
            throw FaultError(.failed, "\(what) \(target.name): \(error.message)")
        }
    }

    func asking<T>(_ body: () throws(SystemError) -> T) throws(FaultError) -> T {
        do {
            return try body()
        } catch {
            let code: FaultError.Code =
                switch error.code {
                case .interrupted: .interrupted
                case .unreachable: .absent
                default: .failed
                }
            throw FaultError(code, error.message)
        }
    }

    /// Ends the process of each target, and keeps it to be started again.
    func takeDown(
        _ targets: [any ProcessOwner], action: String, _ end: (any ProcessOwner) throws(LabError) -> Void
    ) throws(FaultError) {
        let ids = targets.map { ledger.begin(action, node: $0.name) }
        for (target, id) in zip(targets, ids) {
            ledger.keepOpen(id, node: target.name) { scene throws(FaultError) in
                if target is any Worker, scene.isLoadOver { return "stays down: the load is over" }
                try scene.revive(target)
                return describe(target)
            }
            try doing(action, target) { () throws(LabError) in try end(target) }
            ledger.effect(id, describe(target))
        }
    }

    /// Starts a process again.
    func revive(_ target: any ProcessOwner) throws(FaultError) {
        switch target {
        case let node as any Node: try revive(node)
        case let worker as any Worker:
            let id = ledger.begin("restart", node: worker.name)
            ledger.effect(id, try restart(worker))
            ledger.end(id)
            ledger.endOpen(downing, node: worker.name, detail: "started again")
        default: preconditionFailure("\(target.name) is neither a node nor a worker")
        }
    }

    /// Starts a node's server again. One that refuses is repaired as an operator would, and what cannot be repaired
    /// comes back empty: each step an action of its own.
    func revive(_ node: any Node) throws(FaultError) { try revive([node]) }

    /// Starts the servers of several nodes again at the same moment: one may need another to come up.
    func revive(_ nodes: [any Node]) throws(FaultError) {
        for node in try restartOnce(nodes, note: nil) {
            if ledger.open.contains(where: { $0.action == FillDisk.name && $0.node == node.name }) {
                throw FaultError(
                    .failed, "\(node.name) refuses to start, and its disk is still full: heal fill-disk before")
            }
            countRefusedStart()
            if try mend(node) {
                if try restartOnce([node], note: "after the repair").isEmpty { continue }
                countRefusedStart()
            }
            try empty(node)
            guard try restartOnce([node], note: "with nothing left").isEmpty else {
                throw FaultError(.failed, "\(node.name) refuses to start even without data; see its log")
            }
        }
    }

    /// Repairs the data of a server that refused to start, as an action; false if that can't be done.
    private func mend(_ node: any Node) throws(FaultError) -> Bool {
        let id = ledger.begin("repair", node: node.name)
        defer { ledger.end(id) }
        do throws(SystemError) {
            ledger.effect(id, try system.repair(node))
            return true
        } catch {
            if error.code == .interrupted { throw FaultError(.interrupted, error.message) }
            ledger.effect(id, "could not be repaired: \(error.message)")
            return false
        }
    }

    /// Erases a node's data, as an action.
    func empty(_ target: any ProcessOwner) throws(FaultError) {
        guard let node = target as? any Node else {
            throw FaultError(.failed, "restart \(target.name): a worker's history is never emptied; leave data out")
        }
        let id = ledger.begin("empty", node: node.name)
        try doing("empty", node) { () throws(LabError) in try node.eraseData() }
        ledger.effect(id, "its data is gone")
        ledger.end(id)
    }

    /// One start of each; returns those that refused.
    private func restartOnce(_ nodes: [any Node], note: String?) throws(FaultError) -> [any Node] {
        let ids = nodes.map { ledger.begin("restart", node: $0.name, detail: note) }
        for node in nodes { try asking { () throws(SystemError) in try system.launch(node) } }
        var refused: [any Node] = []
        for (node, id) in zip(nodes, ids) {
            let result = try asking { () throws(SystemError) in
                try system.awaitAnswer(of: node, patience: patience)
            }
            switch result {
            case .answered: ledger.effect(id, "answers, its data loaded: \(describe(node))")
            case .waits(let others): ledger.effect(id, "runs and waits for \(others): \(describe(node.state))")
            case .refused(let log):
                ledger.effect(id, "refused: \(log)")
                ledger.end(id)
                refused.append(node)
                continue
            }
            (node as? ExternalNode)?.answers()
            ledger.end(id)
            ledger.endOpen(downing, node: node.name, detail: "started again")
        }
        return refused
    }
}

extension Scene {
    /// Whether another open action loses, holds up or refuses packets somewhere: what probes see then may be its doing.
    func isNetworkTroubled(but id: Int64) -> Bool {
        let troubling: Set<String> = [Isolate.name, Limit.name, Drop.name, Delay.name, Reset.name]
        return ledger.open.contains { $0.id != id && troubling.contains($0.action) }
    }
}

/// A process's state in words; of one that nobody here sees, what was seen instead.
func describe(_ owner: any ProcessOwner) -> String { (owner as? ExternalNode)?.seen ?? describe(owner.state) }

func describe(_ state: ProcessState) -> String {
    switch state {
    case .running(let pid): "process \(pid) runs"
    case .stopped(let pid): "process \(pid) is stopped"
    case .gone(let status): status.map { "process is gone, \($0)" } ?? "no process"
    }
}
