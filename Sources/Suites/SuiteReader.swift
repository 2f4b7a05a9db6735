import Documents
import Faults
import Labs
import Report
import Systems
import Workload

/// Reads a suite and puts configurations and faults together to cells; refuses whatever could not be run or judged.
struct SuiteReader {
    static let trials = 1...10_000
    static let seeds = 0...Int.max

    private let lab: any LabKind
    private var workload = WorkloadDraft()
    private var trials = 1
    private var groups: Value?
    private var results: Value?
    private var faults: (list: Value, entries: [FaultEntry])?
    private var cells: [Suite.Cell] = []
    /// The fault's name by the folder of each cell.
    private var folders: [String: String] = [:]
    private var notApplicable: [Summary.Combination] = []

    private init(lab: any LabKind) { self.lab = lab }

    static func read(
        _ document: Value, text: String, search: FaultSearch, lab: any LabKind
    ) throws(Diagnostic) -> Suite {
        var reader = SuiteReader(lab: lab)
        return try reader.suite(document, text: text, search: search)
    }

    private mutating func suite(_ document: Value, text: String, search: FaultSearch) throws(Diagnostic) -> Suite {
        var fields = try Fields(document, of: "a suite")
        let name = try fields.required("suite", such: "suite: redis-matrix").name()
        let workload = try fields.optional("workload")
        groups = try fields.optional("groups")
        results = try fields.optional("results")
        let configurations = try fields.required("configurations", such: "a list of {name: …, system: …}")
        let faults = try fields.optional("faults")
        trials = try fields.optional("trials")?.wholeNumber(in: Self.trials) ?? 1
        let seed = try fields.optional("seed")?.wholeNumber(in: Self.seeds) ?? 1
        let until = try fields.optional("until")
        let controls = try fields.optional("controls")
        let gates = try fields.optional("gates")
        let slo = try fields.optional("slo")
        let claims = try fields.optional("claims")
        try fields.finish()

        if let workload { try self.workload.apply(workload) }
        if let faults { self.faults = (faults, try FaultEntry.list(faults, search)) }
        let entries = try self.configurations(configurations, search)
        var checked: [Suite.Configuration] = []
        for entry in entries { checked.append(try add(entry)) }
        try checkFaultsAreUsed(entries)
        let judged = try JudgementReader.gates(gates)
        let proven = try JudgementReader.controls(controls)
        for (gate, place) in judged { try checkMatch(gate.configuration, gate.fault, entries, place, "gate") }
        for (control, place) in proven {
            try checkMatch(control.configuration, control.fault, entries, place, "control")
        }
        let claimed = try ClaimsReader.read(claims)
        for (pattern, place) in claimed.flatMap(\.patterns) { try checkMatch(pattern, entries, place) }
        var suite = Suite(
            name: name, path: document.file, text: text, seed: Int64(seed), configurations: checked, cells: cells,
            notApplicable: notApplicable, gates: judged.map(\.gate), controls: proven.map(\.control),
            until: try until.map { value throws(Diagnostic) in try Until(value) },
            slo: try slo.map { value throws(Diagnostic) in try ObjectivesReader.read(value) })
        suite.claims = claimed.map(\.claim)
        return suite
    }

    private func configurations(
        _ value: Value, _ search: FaultSearch
    ) throws(Diagnostic) -> [ConfigurationEntry] {
        var entries: [ConfigurationEntry] = []
        var lines: [String: Int] = [:]
        var folders: [String: String] = [:]
        for item in try value.list() {
            let entry = try ConfigurationEntry(item, search)
            if let line = lines[entry.name] {
                throw entry.namePlace.diagnostic(
                    "another configuration is called \(shown(entry.name))",
                    remedy: "it stands on line \(line); rename one")
            }
            let folder = FileName.safe(entry.name)
            if let other = folders[folder] {
                throw entry.namePlace.diagnostic(
                    "\(shown(entry.name)) and \(shown(other)) would share the folder \(shown(folder))",
                    remedy: "rename one so that they differ in letters, digits or one of ._-+=")
            }
            (lines[entry.name], folders[folder]) = (entry.namePlace.line, entry.name)
            entries.append(entry)
        }
        guard !entries.isEmpty else {
            throw value.diagnostic("is empty", remedy: "a suite has at least one configuration")
        }
        return entries
    }

    /// Adds a configuration's cells.
    private mutating func add(_ entry: ConfigurationEntry) throws(Diagnostic) -> Suite.Configuration {
        var groups = try GroupReader.read(entry.groups ?? groups, for: entry.kind)
        try ResultsReader.add(entry.results ?? results, to: &groups, for: entry.kind)
        var draft = workload
        if let own = entry.workload { try draft.apply(own) }
        let usual = try draft.checked(for: entry.place)
        let configuration = Suite.Configuration(
            name: entry.name, kind: entry.kind,
            summary: entry.summary(try entry.configured(for: usual, in: lab), usual))
        guard let faults = entry.faults ?? faults?.entries else {
            var missing = entry.place
            missing.path += ".faults"
            throw missing.diagnostic(
                "is missing, and the suite has no faults either",
                remedy: "add one of them, such as faults: [none, primary-kill]")
        }
        var earlier: [FaultEntry] = []
        for fault in faults {
            guard fault.fault.applies(to: entry.kind.name) else {
                try passOver(fault, entry)
                continue
            }
            if earlier.contains(where: { $0.isSame(as: fault) }) {
                throw fault.place.diagnostic(
                    "\(shown(fault.fault.name)) is in the list twice", remedy: "keep one, and set its trials")
            }
            var own = draft
            if let workload = fault.workload { try own.apply(workload) }
            var settings = try own.checked(for: entry.place)
            try entry.checkConsumer(in: groups, settings)
            if let problem = fault.fault.missingProducer(of: settings.producers) { throw problem }
            let configured = try entry.configured(for: settings, in: lab)
            if let objection = configured.objection(to: groups, in: lab) {
                throw entry.place.diagnostic(objection.problem, remedy: objection.remedy)
            }
            settings.additionalKinds = configured.straightKinds
            if let problem = fault.fault.missingConsumer(of: groups, hasBridges: configured.bridge != nil) {
                throw problem
            }
            if let problem = fault.fault.missingBridge(of: configured.bridge?.count ?? 0) { throw problem }
            let occurrence = 1 + earlier.count { $0.fault.name == fault.fault.name }
            let cell = Suite.Cell(
                configuration: configuration, configured: configured, fault: fault.fault,
                description: fault.description, workload: settings, groups: groups,
                producer: entry.producer, consumer: entry.consumer,
                trials: fault.trials ?? entry.trials ?? trials,
                occurrence: occurrence)
            let folder = cell.directory(trial: 1)
            if let other = folders.updateValue(fault.fault.name, forKey: folder) {
                throw fault.place.diagnostic(
                    "\(shown(fault.fault.name)) and \(shown(other)) would share a folder",
                    remedy: "rename one of the faults")
            }
            cells.append(cell)
            earlier.append(fault)
        }
        return configuration
    }

    /// A fault of the suite's list may not apply to some configurations; one that a configuration names must.
    private mutating func passOver(_ fault: FaultEntry, _ entry: ConfigurationEntry) throws(Diagnostic) {
        guard entry.faults == nil else {
            throw fault.place.diagnostic(
                "the fault \(shown(fault.fault.name)) does not apply to \(entry.kind.name)",
                remedy: "it applies to \(fault.fault.appliesTo.joined(separator: ", ")); leave it out here")
        }
        let combination = Summary.Combination(configuration: entry.name, fault: fault.fault.name)
        if !notApplicable.contains(combination) { notApplicable.append(combination) }
    }

    private func checkFaultsAreUsed(_ entries: [ConfigurationEntry]) throws(Diagnostic) {
        guard let faults else { return }
        let users = entries.filter { $0.faults == nil }
        guard !users.isEmpty else {
            throw faults.list.diagnostic(
                "no configuration takes this list, for each has faults of its own", remedy: "leave it out")
        }
        for entry in faults.entries where !users.contains(where: { entry.fault.applies(to: $0.kind.name) }) {
            let systems = users.map(\.kind.name).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
            throw entry.place.diagnostic(
                "the fault \(shown(entry.fault.name)) applies to no configuration here",
                remedy: "it applies to \(entry.fault.appliesTo.joined(separator: ", ")); here is "
                    + systems.joined(separator: ", "))
        }
    }

    private func checkMatch(
        _ pattern: CellPattern, _ entries: [ConfigurationEntry], _ place: Value
    ) throws(Diagnostic) {
        try checkMatch(pattern.configuration, pattern.fault, entries, place, "claim")
        guard let row = pattern.row else { return }
        let found = cells.filter {
            pattern.configuration.matches($0.configuration.name) && pattern.fault.matches($0.fault.name)
        }
        let rows = found.compactMap(\.description)
        if !rows.contains(where: row.matches) {
            throw place.diagnostic(
                "no cell of these is described as \(shown(row.pattern)), so the claim judges nothing",
                remedy: suggestion(for: row.pattern, among: rows))
        }
    }

    /// A pattern that fits nothing is a slip of the pen, and would hold for ever.
    private func checkMatch(
        _ configuration: Glob, _ fault: Glob, _ entries: [ConfigurationEntry], _ place: Value, _ word: String
    ) throws(Diagnostic) {
        let pairs =
            cells.map { ($0.configuration.name, $0.fault.name) } + notApplicable.map { ($0.configuration, $0.fault) }
        if pairs.contains(where: { configuration.matches($0.0) && fault.matches($0.1) }) { return }
        func value(_ name: String) -> Value {
            guard case .mapping(let fields) = place.content else { return place }
            return fields.first { $0.key.text == name }?.value ?? place
        }
        let names = entries.map(\.name)
        guard names.contains(where: configuration.matches) else {
            throw value("configuration").diagnostic(
                "no configuration fits \(shown(configuration.pattern)), so the \(word) judges nothing",
                remedy: suggestion(for: configuration.pattern, among: names))
        }
        let faults = pairs.filter { configuration.matches($0.0) }.map(\.1)
            .reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        throw value("fault").diagnostic(
            "no fault of \(shown(configuration.pattern)) fits \(shown(fault.pattern)), so the \(word) judges nothing",
            remedy: suggestion(for: fault.pattern, among: faults))
    }
}
