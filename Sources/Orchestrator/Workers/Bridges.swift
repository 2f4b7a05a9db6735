import Platform
import Systems
import Workers
import Workload

/// A trial's bridges: worker processes that are one group of the hot log.
final class Bridges {
    /// First those of the start, then those that joined later.
    private(set) var all: [Bridge] = []
    private(set) var countAtStart = 0
    private var setting: (run: String, directory: String)?
    private var epoch: Int64?
    private var started = 0
    /// Consumers that the hot log has shown.
    private var known: Set<String> = []
    private var membersAsked: Int64 = 0

    /// Starts as many as the system asks for; they join, and wait to be told when the trial begins.
    func start(run: String, directory: String, of system: any System) throws(WorkerError) {
        setting = (run, directory)
        for _ in 0..<(system.bridge?.settings.count ?? 0) { try play(add(), of: system) }
        countAtStart = all.count
    }

    /// One more, without a process as yet.
    func add() -> Bridge {
        let bridge = Bridge(name: "bridge-\(all.count + 1)")
        all.append(bridge)
        return bridge
    }

    /// Starts a process that goes on under the same name as the one before it, if there was one.
    @discardableResult
    func play(_ bridge: Bridge, of system: any System) throws(WorkerError) -> BridgeProcess {
        guard let setting, let plan = system.bridge else { throw WorkerError("the system has no bridge") }
        started += 1
        let generation = bridge.processes.count + 1
        let worker = generation == 1 ? bridge.name : "\(bridge.name).\(generation)"
        let logs = "\(setting.directory)/logs/\(worker)"
        let orders = BridgeOrders(
            worker: worker, number: started, name: bridge.name, run: setting.run, bridge: plan.settings,
            groupName: plan.groupName, hot: plan.hot, cold: plan.cold, coldLog: plan.coldLog, epoch: epoch,
            historyPath: "\(setting.directory)/history/\(worker).shard", holdingPath: "\(logs).holding")
        let process = try BridgeProcess(orders, ordersPath: "\(logs).orders.json", log: "\(logs).log")
        bridge.play(process)
        return process
    }

    /// From now on all times count from here.
    func begin(epoch: Int64) {
        self.epoch = epoch
        send(.begin(epoch: epoch))
    }

    func send(_ command: BridgeCommand) {
        for bridge in all { bridge.processes.last?.send(command) }
    }

    func poll() {
        for bridge in all { bridge.processes.last?.poll() }
    }

    /// Every one that runs has its place and its connections.
    func areReady(on system: any System) -> Bool { all.allSatisfy { isReady($0, on: system) } }

    /// What a command under audit says of itself counts for nothing: the hot log must know it as a consumer.
    func isReady(_ bridge: Bridge, on system: any System) -> Bool {
        guard let process = bridge.processes.last, process.status.ready else { return false }
        guard process.orders.guest != nil, !known.contains(process.orders.worker) else { return true }
        let now = MonotonicClock.now()
        if now - membersAsked > Limits.backlogEvery {
            membersAsked = now
            // A system that cannot say knows nobody new.
            known.formUnion((try? system.members(of: process.orders.bridge.group)) ?? [])
        }
        return known.contains(process.orders.worker)
    }

    /// Those that are not ready, for an error's text.
    func unready(on system: any System) -> [String] { all.filter { !isReady($0, on: system) }.map(\.name) }

    /// Why one ended that was not to; nil if none did.
    var loss: String? {
        for process in all.compactMap(\.processes.last) {
            guard let exit = process.exit else { continue }
            return "\(process.orders.worker) ended: \(process.poll().error ?? "\(exit)")"
        }
        return nil
    }

    /// What each process said last, those that are gone included.
    var statuses: [BridgeStatus] { all.flatMap(\.processes).map(\.status) }

    /// CPU time of all processes so far, as each said last.
    var cpu: Int64 { statuses.reduce(0) { $0 + $1.cpu } }

    /// Whatever was handed over, forwarded or confirmed so far: it changes as long as there is progress.
    var progress: Int64 { statuses.reduce(0) { $0 + $1.deliveries + $1.forwarded + $1.confirmed } }

    /// Those that ended by themselves since this was last asked.
    func newLosses() -> [(worker: String, reason: String)] {
        all.compactMap { bridge in bridge.newLoss().map { (bridge.name, $0) } }
    }

    var hasLost: Bool { all.contains { $0.processes.last?.exit != nil } }

    var allEnded: Bool { all.allSatisfy(\.hasEnded) }

    /// Ends those that are still there.
    func end() {
        for process in all.flatMap(\.processes) where process.exit == nil { process.end() }
    }
}
