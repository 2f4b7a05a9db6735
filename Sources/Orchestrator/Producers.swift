import Platform
import Suites
import Systems
import Workers
import Workload

/// A trial's producers: worker processes that share its agents.
final class Producers {
    private var processes: [ProducerProcess] = []
    private var lost: Set<String> = []

    /// Starts them all; they begin their load `lead` after the trial's start.
    func start(
        _ cell: Suite.Cell, client: ClientOrders, run: String, seed: Int64, epoch: Int64, lead: Int64, directory: String
    ) throws(ProducerError) {
        for index in 0..<cell.workload.producers {
            let name = "producer-\(index + 1)"
            let orders = ProducerOrders(
                worker: name, run: run, seed: UInt64(bitPattern: seed),
                agents: cell.workload.agents(ofProducer: index), workload: cell.workload, client: client,
                retries: cell.configured.retries, inFlight: cell.workload.inFlight, epoch: epoch, loadStart: lead,
                historyPath: "\(directory)/history/\(name).shard",
                schedulePath: "\(directory)/history/\(name).schedule.json")
            processes.append(
                try ProducerProcess(
                    orders, ordersPath: "\(directory)/logs/\(name).orders.json", log: "\(directory)/logs/\(name).log"))
        }
    }

    /// What all of them said last, summed; nil before any was started.
    var status: ProducerStatus? {
        guard let first = processes.first else { return nil }
        return processes.dropFirst().reduce(first.status) { $0 + $1.status }
    }

    func poll() {
        for process in processes { process.poll() }
    }

    func send(_ command: ProducerCommand) {
        for process in processes { process.send(command) }
    }

    /// How long an attempt may stay unanswered, in seconds.
    var timeout: Double { Double(processes.first?.orders.timeout ?? 0) / 1e9 }

    var allEnded: Bool { processes.allSatisfy { $0.exit != nil } }

    /// Those that died unplanned since this was last asked, each with what is known of it.
    func newlyLost() -> [(worker: String, reason: String)] {
        processes.compactMap { process in
            guard let exit = process.exit, !process.finishedWell else { return nil }
            let name = process.orders.worker
            guard lost.insert(name).inserted else { return nil }
            return (name, "\(exit)\(process.status.error.map { ": " + $0 } ?? ""); see logs/\(name).log")
        }
    }

    /// Ends those that are still there.
    func end() {
        for process in processes where process.exit == nil { process.end() }
    }
}
