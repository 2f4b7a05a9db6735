import Documents
import Faults
import Labs
import Report
import Systems
import Workload

/// A configuration as a suite writes it, before it meets its faults.
struct ConfigurationEntry {
    var name: String
    var kind: any SystemKind
    var settings: Value?
    var ack: Value?
    var retries: Value?
    var transactions: Value?
    var workload: Value?
    var trials: Int?
    var groups: Value?
    var results: Value?
    /// Clients under audit that take the place of Holdfast's own.
    var producer: GuestSettings?
    var consumer: GuestSettings?
    /// Where that is written.
    private var consumerPlace: Value?
    /// Nil: the suite's own list is meant.
    var faults: [FaultEntry]?
    var place: Value
    /// Fields that only its system has.
    var own: [String: Value] = [:]
    /// Where its name is written.
    var namePlace: Value

    init(_ value: Value, _ search: FaultSearch) throws(Diagnostic) {
        var fields = try Fields(value, of: "a configuration")
        place = value
        namePlace = try fields.required("name", such: "name: everysec")
        name = try namePlace.name()
        guard name.utf8.count <= 200 else {
            throw namePlace.diagnostic("has more than 200 bytes", remedy: "a configuration's name is a short one")
        }
        let system = try fields.required("system", such: "system: redis-standalone")
        settings = try fields.optional("settings")
        ack = try fields.optional("ack")
        retries = try fields.optional("retries")
        transactions = try fields.optional("transactions")
        workload = try fields.optional("workload")
        trials = try fields.optional("trials")?.wholeNumber(in: SuiteReader.trials)
        groups = try fields.optional("groups")
        results = try fields.optional("results")
        let faults = try fields.optional("faults")
        let producer = try fields.optional("producer")
        consumerPlace = try fields.optional("consumer")
        kind = try Systems.named(system)
        for name in kind.ownFields { own[name] = try fields.optional(name) }
        try fields.finish()
        if let settings { _ = try settings.mapping() }
        self.producer = try GuestReader.producer(producer, for: self)
        consumer = try GuestReader.consumer(consumerPlace)
        self.faults = if let faults { try FaultEntry.list(faults, search) } else { nil }
    }

    /// Checks it with the workload that it is to run under.
    func configured(for workload: WorkloadSettings, in lab: any LabKind) throws(Diagnostic) -> any ConfiguredSystem {
        var text = ConfigurationText(
            name: name, settings: settings, ack: ack, retries: retries, transactions: transactions, place: place,
            agents: workload.agents, inFlight: workload.inFlight, lab: lab)
        text.own = own
        return try kind.configure(text)
    }

    /// Refuses what a consumer under audit cannot do.
    func checkConsumer(in groups: [GroupSettings], _ workload: WorkloadSettings) throws(Diagnostic) {
        if let consumerPlace { try GuestReader.check(consumerAt: consumerPlace, in: groups, workload) }
    }

    /// What a report shows of it.
    func summary(_ configured: any ConfiguredSystem, _ workload: WorkloadSettings) -> Summary.Configuration {
        var shown: [String: String] = [:]
        if let settings, case .mapping(let entries) = settings.content {
            for (key, value) in entries { shown[key.text] = value.isScalar ? value.text : value.flow }
        }
        for (field, value) in own { shown[field] = value.flow }
        if let producer { shown["producer"] = producer.command.joined(separator: " ") }
        if let consumer { shown["consumer"] = consumer.command.joined(separator: " ") }
        var summary = Summary.Configuration(
            name: name, system: kind.name, settings: shown, ack: configured.acknowledgement,
            retries: configured.retries.rawValue,
            promise: configured.promise)
        summary.eventBytes = Int64(workload.meanEventBytes)
        summary.retentionNanoseconds = configured.retention(of: workload)
        summary.keepsInMemory = configured.keepsInMemory
        return summary
    }
}
