import Faults
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
    private let producers: Producers
    private(set) var refusedStarts = 0

    init(
        system: any System, watch: Watch, recorder: Recorder, producers: Producers, plannedEnd: Int64,
        clientAddress: String
    ) {
        (self.system, patience, self.recorder, self.producers) = (system, watch, recorder, producers)
        (self.plannedEnd, self.clientAddress) = (plannedEnd, clientAddress)
        ledger = FaultLedger(now: { recorder.now }, record: { recorder.fault($0) })
    }

    var now: Int64 { recorder.now }
    var acked: Int { Int(producers.status?.acked ?? 0) }

    func tellClients() { producers.send(.addresses(system.clientOrders().addresses)) }

    func countRefusedStart() { refusedStarts += 1 }
}
