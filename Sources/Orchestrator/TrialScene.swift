import Faults
import Labs
import Platform
import Systems
import Workers
import Workload

/// The trial as its fault sees it.
final class TrialScene: Scene {
    let system: any System
    let patience: any Patience
    let ledger: FaultLedger
    let plannedEnd: Int64
    let clientAddress: String
    private let recorder: Recorder
    private let crew: Producers
    private let readers: Consumers
    private let carriers: Bridges
    private let groups: [GroupSettings]
    private(set) var refusedStarts = 0
    private var backlogsAsked: Int64?
    private var hadBacklog = true
    /// What groups had before them when that was asked last.
    private(set) var leftOver: Int64 = 0
    private var pendingAsked: Int64 = 0
    private var pending = 0

    init(
        system: any System, watch: Watch, recorder: Recorder, producers: Producers, consumers: Consumers,
        bridges: Bridges, groups: [GroupSettings], plannedEnd: Int64, clientAddress: String
    ) {
        (self.system, patience, self.recorder, crew) = (system, watch, recorder, producers)
        (readers, carriers, self.groups) = (consumers, bridges, groups)
        (self.plannedEnd, self.clientAddress) = (plannedEnd, clientAddress)
        ledger = FaultLedger(now: { recorder.now }, record: { recorder.fault($0) })
    }

    var now: Int64 { recorder.now }
    var acked: Int { Int(crew.status?.acked ?? 0) }

    func tellClients() {
        crew.send(.addresses(system.clientOrders().addresses))
        guard let group = groups.first else { return }
        let addresses = system.subscription(of: group).client.addresses
        readers.send(.addresses(addresses))
        carriers.send(.addresses(addresses))
    }

    var producers: [any Worker] { crew.all }
    var producersAtStart: Int { crew.countAtStart }
    var isLoadOver: Bool { crew.isDismissed }

    func addProducer(as number: Int) throws(FaultError) -> any Worker {
        do { return try crew.add(as: number) } catch { throw FaultError(.failed, "start: \(error)") }
    }

    var consumers: [any Worker] { readers.all }
    var consumersAtStart: Int { readers.countAtStart }

    func addConsumer(to group: String) throws(FaultError) -> any Worker {
        do { return try readers.add(to: group) } catch { throw FaultError(.failed, "start: \(error)") }
    }

    var bridges: [any Worker] { carriers.all }
    var bridgesAtStart: Int { carriers.countAtStart }

    func addBridge() throws(FaultError) -> any Worker { carriers.add() }

    func holding(of worker: any Worker, stage: Holding.Stage?) -> Int {
        guard let bridge = worker as? Bridge else { return (worker as? Consumer)?.holding ?? 0 }
        if let orders = bridge.processes.last?.orders, orders.guest != nil { return pending(of: orders.bridge.group) }
        return switch stage {
        case nil: bridge.holding
        case .read: bridge.holding(at: .read)
        case .produced: bridge.holding(at: .produced)
        case .acked: bridge.holding(at: .acked)
        }
    }

    /// Where a bridge under audit stands only it knows; that its group has entries in hand is seen at the hot log.
    private func pending(of group: GroupSettings) -> Int {
        let now = MonotonicClock.now()
        if now - pendingAsked >= Limits.pendingEvery {
            pendingAsked = now
            pending = (try? system.backlog(of: group)).map { Int($0.pending) } ?? 0
        }
        return pending
    }

    /// Asks the system at most ten times a second; a system that cannot say has not caught up.
    var areGroupsCaughtUp: Bool {
        let now = MonotonicClock.now()
        if backlogsAsked.map({ now - $0 >= Limits.backlogEvery }) ?? true {
            backlogsAsked = now
            let backlogs = groups.map { try? system.backlog(of: $0) }
            hadBacklog = !backlogs.allSatisfy { $0?.isEmpty ?? false }
            leftOver = backlogs.reduce(0) { $0 + ($1.map { $0.unread + $0.pending } ?? 0) }
        }
        return !hadBacklog
    }

    func restart(_ worker: any Worker) throws(FaultError) -> String {
        switch worker {
        case let producer as Producer: return try restart(producer)
        case let consumer as Consumer: return try restart(consumer)
        case let bridge as Bridge: return try restart(bridge)
        default: preconditionFailure("\(worker.name) is no worker of this trial")
        }
    }

    private func restart(_ consumer: Consumer) throws(FaultError) -> String {
        let process: ConsumerProcess
        do {
            process = try readers.play(consumer, of: system)
        } catch {
            throw FaultError(.failed, "\(consumer.name): \(error)")
        }
        let came = try wait(upTo: Limits.consumersJoin) { process.poll().ready || process.exit != nil }
        guard came, process.exit == nil else {
            throw FaultError(
                .failed,
                "\(consumer.name): process \(process.pid) \(process.exit.map { "ended, \($0)" } ?? "has no place in its group"); "
                    + "see logs/\(process.orders.worker).log")
        }
        return "process \(process.pid) is a member of \(consumer.group.name)"
    }

    private func restart(_ bridge: Bridge) throws(FaultError) -> String {
        let process: BridgeProcess
        do {
            process = try carriers.play(bridge, of: system)
        } catch {
            throw FaultError(.failed, "\(bridge.name): \(error)")
        }
        let came = try wait(upTo: Limits.consumersJoin) {
            process.poll()
            return carriers.isReady(bridge, on: system) || process.exit != nil
        }
        guard came, process.exit == nil else {
            throw FaultError(
                .failed,
                "\(bridge.name): process \(process.pid) \(process.exit.map { "ended, \($0)" } ?? "does not connect"); "
                    + "see logs/\(process.orders.worker).log")
        }
        return "process \(process.pid) is a bridge"
    }

    private func restart(_ producer: Producer) throws(FaultError) -> String {
        let process: ProducerProcess
        do {
            process = try crew.play(producer, client: system.clientOrders())
        } catch {
            throw FaultError(.failed, "\(producer.name): \(error)")
        }
        let came = try wait(upTo: Limits.producerConnects) { process.status.connected || process.exit != nil }
        guard came, process.exit == nil else {
            throw FaultError(
                .failed,
                "\(producer.name): process \(process.pid) \(process.exit.map { "ended, \($0)" } ?? "does not connect"); "
                    + "see logs/\(process.orders.worker).log")
        }
        return "process \(process.pid) is connected, generation \(process.orders.generation)"
    }

    /// Records what became of producers that ended by themselves; returns what nobody meant.
    func noteEnds() -> [(worker: String, reason: String)] {
        var lost: [(worker: String, reason: String)] = []
        for (producer, end) in crew.newEnds() {
            switch end {
            case .lost(let reason): lost.append((producer.name, reason))
            case .fenced(let reason):
                let id = ledger.begin("fenced", node: producer.name)
                ledger.effect(id, reason)
                ledger.end(id)
            }
        }
        lost += readers.newLosses() + carriers.newLosses()
        return lost
    }

    func countRefusedStart() { refusedStarts += 1 }
}
