import Platform
import Suites
import Systems
import Workers
import Workload

/// A trial's consumers: worker processes, each of one group.
final class Consumers {
    /// What all of them have in common.
    struct Setting {
        var groups: [GroupSettings]
        var run: String
        var poison: Poison
        /// The trial's.
        var directory: String
        /// By the name of the group: the index of the log that holds its dead letters.
        var deadLogs: [String: Int] = [:]
        /// The client under audit that is the consumers, and the bytes of the longest event that it may be handed.
        var guest: GuestSettings?
        var longestValue = 0
        /// What answers to `worker ROLE ORDERS.json`: this very program.
        var executable = "/proc/self/exe"
    }

    /// First those of the start, group by group, then those that joined later.
    private(set) var all: [Consumer] = []
    private(set) var countAtStart = 0
    private var setting: Setting?
    private var epoch: Int64?
    private var started = 0

    /// Starts them all; they join their groups, and wait to be told when the trial begins.
    func start(_ setting: Setting, of system: any System) throws(WorkerError) {
        self.setting = setting
        for group in setting.groups {
            for _ in 0..<group.processes { try play(make(group), of: system) }
        }
        countAtStart = all.count
    }

    private func make(_ group: GroupSettings) -> Consumer {
        let consumer = Consumer(name: "consumer-\(all.count + 1)", group: group)
        all.append(consumer)
        return consumer
    }

    /// One more of a group, without a process as yet.
    func add(to name: String) throws(WorkerError) -> Consumer {
        guard let group = setting?.groups.first(where: { $0.name == name }) else {
            throw WorkerError("there is no group \(name)")
        }
        return make(group)
    }

    /// Starts a process that goes on under the same names as the one before it, if there was one.
    @discardableResult
    func play(_ consumer: Consumer, of system: any System) throws(WorkerError) -> ConsumerProcess {
        guard let setting else { throw WorkerError("the consumers have not been started") }
        started += 1
        let generation = consumer.processes.count + 1
        let worker = generation == 1 ? consumer.name : "\(consumer.name).\(generation)"
        let (client, groupName) = system.subscription(of: consumer.group)
        let (history, logs) = ("\(setting.directory)/history/\(worker)", "\(setting.directory)/logs/\(worker)")
        let dead = system.deadStreams(of: consumer.group)
        var orders = ConsumerOrders(
            worker: worker, number: started, run: setting.run, group: consumer.group, groupName: groupName,
            consumers: names(of: consumer), client: client, poison: setting.poison,
            deadLetters: dead.isEmpty
                ? nil : .init(streams: dead, log: setting.deadLogs[consumer.group.name] ?? 0),
            epoch: epoch, historyPath: "\(history).shard", holdingPath: "\(logs).holding")
        (orders.guest, orders.longestValue) = (setting.guest, setting.longestValue)
        if consumer.group.answers {
            orders.results = .init(client: system.resultOrders(), log: GroupLogs.resultsLog(system))
            orders.keepsValues = true
            // What cannot be executed is answered, too.
            orders.poison.share = 0
        }
        let process = try ConsumerProcess(
            orders, ordersPath: "\(logs).orders.json", log: "\(logs).log", executable: setting.executable)
        consumer.play(process)
        return process
    }

    /// A process that has one consumer goes by the same name.
    private func names(of consumer: Consumer) -> [String] {
        let group = consumer.group
        let place = all.filter { $0.group.name == group.name }.firstIndex { $0 === consumer } ?? 0
        let count = place < group.processes ? group.consumers(ofProcess: place) : 1
        return count == 1 ? [consumer.name] : (1...count).map { "\(consumer.name)-\($0)" }
    }

    /// From now on all times count from here.
    func begin(epoch: Int64) {
        self.epoch = epoch
        send(.begin(epoch: epoch))
    }

    func send(_ command: ConsumerCommand) {
        for consumer in all { consumer.processes.last?.send(command) }
    }

    func poll() {
        for consumer in all { consumer.processes.last?.poll() }
    }

    /// Every one that runs has its place in its group.
    var areReady: Bool { all.allSatisfy { $0.processes.last?.status.ready ?? false } }

    /// Those that are not ready, for an error's text.
    var unready: [String] { all.filter { $0.processes.last?.status.ready != true }.map(\.name) }

    /// What each process of a group said last, those that are gone included.
    func statuses(of group: String) -> [ConsumerStatus] {
        all.filter { $0.group.name == group }.flatMap(\.processes).map(\.status)
    }

    /// CPU time of all processes so far, as each said last.
    var cpu: Int64 { all.flatMap(\.processes).reduce(0) { $0 + $1.status.cpu } }

    /// Whether somebody is there who could still read for the group.
    func isAlive(_ group: String) -> Bool { all.contains { $0.group.name == group && !$0.hasEnded } }

    /// Whatever was handed over, worked on or confirmed so far: it changes as long as there is progress.
    var progress: Int64 {
        all.flatMap(\.processes).reduce(0) { $0 + $1.status.deliveries + $1.status.processed + $1.status.confirmed }
    }

    /// Those that ended by themselves since this was last asked.
    func newLosses() -> [(worker: String, reason: String)] {
        all.compactMap { consumer in consumer.newLoss().map { (consumer.name, $0) } }
    }

    var hasLost: Bool { all.contains { $0.processes.last?.exit != nil } }

    var allEnded: Bool { all.allSatisfy(\.hasEnded) }

    /// Ends those that are still there.
    func end() {
        for process in all.flatMap(\.processes) where process.exit == nil { process.end() }
    }
}
