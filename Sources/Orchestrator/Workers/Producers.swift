import Platform
import Suites
import Systems
import Workers
import Workload

/// A trial's producers: worker processes that share its agents.
final class Producers {
    /// What all of them have in common.
    struct Setting {
        var cell: Suite.Cell
        var run: String
        var seed: Int64
        /// The trial's start by CLOCK_MONOTONIC.
        var epoch: Int64
        /// From the trial's start to the load's, and from the start of one that joins later to its own: time to connect.
        var lead: Int64
        /// The trial's.
        var directory: String
        /// What answers to `worker ROLE ORDERS.json`: this very program.
        var executable = "/proc/self/exe"
        /// Where the workload's additional kinds go; nil: where all others go.
        var straight: ProducerOrders.Straight?
    }

    /// First those of the start, in their order, then those that took another's identity.
    private(set) var all: [Producer] = []
    private(set) var countAtStart = 0
    private var setting: Setting?
    /// By identity: the shards that its processes wrote or write.
    private var shards: [String: [String]] = [:]
    /// No more load is asked for.
    private(set) var isDismissed = false

    /// Starts them all; they begin their load when their lead is over.
    func start(_ setting: Setting, client: ClientOrders) throws(WorkerError) {
        self.setting = setting
        for index in 0..<setting.cell.workload.producers {
            let name = "producer-\(index + 1)"
            let producer = Producer(name: name, identity: name, clock: Self.clock(setting))
            all.append(producer)
            try play(producer, client: client)
        }
        countAtStart = all.count
    }

    private static func clock(_ setting: Setting) -> () -> Int64 { { MonotonicClock.now() - setting.epoch } }

    /// A producer without a process as yet, that has the identity of the one of this number, counted from 1.
    func add(as number: Int) throws(WorkerError) -> Producer {
        guard let setting, all.indices.contains(number - 1), number <= countAtStart else {
            throw WorkerError("there is no producer \(number): the workload has \(countAtStart) (see producers)")
        }
        let identity = all[number - 1].identity
        let producer = Producer(
            name: "\(identity).\(generation(of: identity))", identity: identity, clock: Self.clock(setting))
        all.append(producer)
        return producer
    }

    private func generation(of identity: String) -> Int { (shards[identity] ?? []).count + 1 }

    /// Starts a process that goes on where those before it with the same identity stopped, if there were any.
    @discardableResult
    func play(_ producer: Producer, client: ClientOrders) throws(WorkerError) -> ProducerProcess {
        guard let setting else { throw WorkerError("the producers have not been started") }
        let generation = generation(of: producer.identity)
        let worker = generation == 1 ? producer.identity : "\(producer.identity).\(generation)"
        let cell = setting.cell
        let (history, logs) = ("\(setting.directory)/history/\(worker)", "\(setting.directory)/logs/\(worker)")
        var orders = ProducerOrders(
            worker: worker, run: setting.run, seed: UInt64(bitPattern: setting.seed),
            agents: cell.workload.agents(ofProducer: number(of: producer.identity)), workload: cell.workload,
            client: client, retries: cell.configured.retries, inFlight: cell.workload.inFlight, epoch: setting.epoch,
            loadStart: setting.lead, historyPath: "\(history).shard", schedulePath: "\(history).schedule.json")
        orders.guest = cell.producer
        (orders.identity, orders.generation) = (producer.identity, generation)
        orders.straight = setting.straight
        orders.resumes = shards[producer.identity] ?? []
        if generation > 1 { orders.begins = Self.clock(setting)() + setting.lead }
        let process = try ProducerProcess(
            orders, ordersPath: "\(logs).orders.json", log: "\(logs).log",
            executable: setting.executable)
        shards[producer.identity, default: []].append(orders.historyPath)
        producer.play(process)
        return process
    }

    /// The place of an identity among those of the start.
    private func number(of identity: String) -> Int { all.firstIndex { $0.identity == identity } ?? 0 }

    private var processes: [ProducerProcess] { all.flatMap(\.processes) }

    /// What all of them said last, summed; nil before any was started.
    var status: ProducerStatus? {
        guard let first = all.first?.processes.first else { return nil }
        return processes.dropFirst().reduce(first.status) { $0 + $1.status }
    }

    func poll() {
        for producer in all { producer.processes.last?.poll() }
    }

    func send(_ command: ProducerCommand) {
        for process in processes { process.send(command) }
    }

    /// How long an attempt may stay unanswered, in seconds.
    var timeout: Double { Double(all.first?.processes.first?.orders.timeout ?? 0) / 1e9 }

    var allEnded: Bool { all.allSatisfy(\.hasEnded) }

    /// Those that ended by themselves since this was last asked: what is lost with them, or who fenced them.
    func newEnds() -> [(producer: Producer, end: Producer.End)] {
        all.compactMap { producer in
            guard let end = producer.newEnd() else { return nil }
            if case .fenced(let reason) = end, !isPlanned(fencingOf: producer) {
                return (producer, .lost("the broker fenced it, and no fault gave its identity to another: \(reason)"))
            }
            return (producer, end)
        }
    }

    /// A fault started another with the same identity after it.
    private func isPlanned(fencingOf producer: Producer) -> Bool {
        guard let generation = producer.processes.last?.orders.generation else { return false }
        return all.contains { other in
            other !== producer && other.identity == producer.identity
                && other.processes.contains { $0.orders.generation > generation }
        }
    }

    /// From now on nobody is started in place of one that is gone.
    func dismiss() {
        if !isDismissed { isShort = all.contains { agentsAreAlone(of: $0.identity) } }
        isDismissed = true
    }

    /// A fault left nobody to play some of the agents: no wonder if less was offered than was planned.
    private(set) var isShort = false

    private func agentsAreAlone(of identity: String) -> Bool {
        !all.contains { $0.identity == identity && ($0.isRunning || $0.processes.last?.finishedWell == true) }
    }

    /// Ends those that are still there.
    func end() {
        dismiss()
        for process in processes where process.exit == nil { process.end() }
    }
}
