import Faults
import Labs
import Systems
import Workers

/// The trial as its fault sees it.
final class TrialScene: Scene {
    let system: any System
    let patience: any Patience
    let ledger: FaultLedger
    let plannedEnd: Int64
    let clientAddress: String
    private let recorder: Recorder
    private let crew: Producers
    private(set) var refusedStarts = 0

    init(
        system: any System, watch: Watch, recorder: Recorder, producers: Producers, plannedEnd: Int64,
        clientAddress: String
    ) {
        (self.system, patience, self.recorder, crew) = (system, watch, recorder, producers)
        (self.plannedEnd, self.clientAddress) = (plannedEnd, clientAddress)
        ledger = FaultLedger(now: { recorder.now }, record: { recorder.fault($0) })
    }

    var now: Int64 { recorder.now }
    var acked: Int { Int(crew.status?.acked ?? 0) }

    func tellClients() { crew.send(.addresses(system.clientOrders().addresses)) }

    var producers: [any Worker] { crew.all }
    var producersAtStart: Int { crew.countAtStart }
    var isLoadOver: Bool { crew.isDismissed }

    func addProducer(as number: Int) throws(FaultError) -> any Worker {
        do { return try crew.add(as: number) } catch { throw FaultError(.failed, "start: \(error)") }
    }

    func restart(_ worker: any Worker) throws(FaultError) -> String {
        guard let producer = worker as? Producer else { preconditionFailure("\(worker.name) is no producer") }
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
        return lost
    }

    func countRefusedStart() { refusedStarts += 1 }
}
