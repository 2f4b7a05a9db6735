import Labs
import Workload

/// A checked configuration of the hybrid.
struct ConfiguredHybrid: ConfiguredSystem {
    let hot: any ConfiguredSystem
    let cold: ConfiguredKafka
    let own: BridgeSettings

    var bridge: BridgeSettings? { own }
    var straightKinds: [EventKind] { BridgeSettings.straightKinds }
    // What agents wait for is the hot tier's alone.
    var retries: Retries { hot.retries }
    var acknowledgement: String { hot.acknowledgement }
    var acknowledged: String? { hot.acknowledged }
    var promise: String { "\(hot.promise); once a bridge has carried it: \(cold.promise)" }
    var client: ServerVersion? { cold.client }
    var filesystem: Filesystem { hot.filesystem }
    var lead: Int64 { max(hot.lead, cold.lead) }
    var retains: Bool { hot.retains || cold.retains }
    /// What is to be replayed later is read from the cold tier.
    func retention(of workload: WorkloadSettings) -> Int64? { cold.retention(of: workload) }

    /// The bridges' group reads the hot tier, too.
    func objection(to groups: [GroupSettings], in lab: any LabKind) -> (problem: String, remedy: String)? {
        hot.objection(to: groups + [own.group], in: lab)
    }

    func dropsAcknowledged(by groups: [GroupSettings]) -> Bool { hot.dropsAcknowledged(by: groups + [own.group]) }

    func server(in lab: any LabKind) throws(SystemError) -> ServerVersion { try hot.server(in: lab) }

    func servers(in lab: any LabKind) throws(SystemError) -> [ServerVersion] {
        try hot.servers(in: lab) + cold.servers(in: lab)
    }

    func filesystemBytes(expecting expectedBytes: Int) -> Int64 {
        max(hot.filesystemBytes(expecting: expectedBytes), cold.filesystemBytes(expecting: expectedBytes))
    }

    func lack(for groups: [GroupSettings]) -> String? { hot.lack(for: groups) }

    func makeSystem(_ trial: TrialSetting) -> any System {
        var (hotTrial, coldTrial) = (trial, trial)
        hotTrial.groups.append(own.group)
        coldTrial.groups = []
        return HybridSystem(
            hot: hot.makeSystem(hotTrial), cold: cold.makeSystem(coldTrial), bridge: own,
            hotRetains: hot.retains || hot.dropsAcknowledged(by: hotTrial.groups), coldRetains: cold.retains)
    }
}
