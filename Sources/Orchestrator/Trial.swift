import Access
import Checker
import Faults
import History
import Labs
import Platform
import Report
import Suites
import Systems
import Workers
import Workload

/// One trial, from an empty directory to a verdict.
///
/// Everything that is made here is undone on the way out, whatever happens: faults are healed, producers ended, the lab
/// closed. What keeps the trial from a conclusion is written into its history as a gap, so that `check` of the directory
/// later says the same as the run did.
final class TrialRun {
    /// How long the load goes on after a fault's timeline has ended.
    private static let afterFault: Int64 = 2_000_000_000
    /// How often the system is looked at for circumstances, until the first fault.
    private static let observeEvery: Int64 = 50_000_000

    /// What a trial is told by its run.
    struct Setting {
        var n: Int
        var seed: Int64
        /// Tells this trial's events from any other's.
        var run: String
        /// Absolute.
        var directory: String
        /// From the run's directory.
        var relativeDirectory: String
        var ownFilesystems: Bool
        var makeLab: (_ trialDirectory: String) throws(LabError) -> any Lab
        /// What the trial before left standing.
        var standing: Standing
    }

    let cell: Suite.Cell
    let setting: Setting
    let watch: Watch
    let teller: TrialTeller
    let producers = Producers()
    let consumers = Consumers()
    let bridges = Bridges()
    private(set) var cpuMeter: CPUMeter?
    private var lastPolled: Int64 = 0
    private(set) var lab: (any Lab)?
    private var system: (any System)?
    /// Whether the next trial may go on with what this one started.
    private var leavesNoTrace = false
    private var recorder: Recorder?
    private var scene: TrialScene?
    /// Set while faults can be told from what the system does by itself.
    private var observed: (any System)?
    private var lastObserved: Int64 = 0
    /// When the load ended or will end; not known before the fault's timeline is over.
    private var loadEnd: Int64?

    init(cell: Suite.Cell, setting: Setting, watch: Watch, progress: Progress, commands: CommandQueue) {
        (self.cell, self.setting, self.watch) = (cell, setting, watch)
        teller = TrialTeller(progress: progress, commands: commands)
    }

    /// Runs the trial. Throws only if the whole run is to end.
    func run() throws(RunError) -> Summary.Trial {
        let began = MonotonicClock.now()
        var trial = Summary.Trial(
            n: setting.n, seed: setting.seed, status: .failed, directory: setting.relativeDirectory)
        trial.rate.target = cell.workload.rate
        watch.look = { [unowned self] in look() }
        defer { watch.look = {} }
        do throws(TrialError) {
            defer { close() }
            try carryOut(&trial)
            judge(&trial)
            leavesNoTrace = trial.status == .valid && cell.fault.leavesNodesAlone
        } catch {
            trial.reason = error.message
            if error.isInterrupt { throw RunError(.interrupted, error.message) }
        }
        trial.faults = recorder?.faults ?? []
        trial.commands = teller.faultCommands
        trial.seconds = Double(MonotonicClock.now() - began) / 1e9
        return trial
    }

    /// Everybody who reads: the groups that the suite names, and the bridges.
    var groups: [GroupSettings] { cell.groups + [cell.configured.bridge?.group].compactMap { $0 } }

    /// Those of which the history says what they were handed: of bridges under audit nobody knows.
    var toldGroups: [GroupSettings] { cell.configured.bridge?.guest == nil ? groups : cell.groups }

    /// From the trial's start to the first intended event.
    private var lead: Int64 {
        cell.producer == nil ? cell.configured.lead : max(cell.configured.lead, Self.guestsLead)
    }

    /// Time that clients under audit have to start and to connect: an interpreter, its modules, a library's metadata.
    private static let guestsLead: Int64 = 3_000_000_000

    // MARK: Stages

    private func carryOut(_ trial: inout Summary.Trial) throws(TrialError) {
        for folder in ["history", "logs"] {
            try attempt { try Files.makeFolders("\(setting.directory)/\(folder)") }
        }
        let system = try startSystem()
        try startConsumers(system)
        try startBridges(system)
        let recorder = try attempt {
            try Recorder(path: setting.directory + "/history/control.jsonl", header: header(system))
        }
        self.recorder = recorder
        for group in toldGroups { recorder.group(GroupLogs.record(of: group, system)) }
        consumers.begin(epoch: recorder.epoch)
        bridges.begin(epoch: recorder.epoch)
        let plannedEnd = lead + cell.workload.duration
        let scene = TrialScene(
            system: system, watch: watch, recorder: recorder, producers: producers, consumers: consumers,
            bridges: bridges, groups: groups, plannedEnd: plannedEnd, clientAddress: lab?.clientAddress ?? "")
        self.scene = scene
        defer { trial.refusedStarts = scene.refusedStarts }
        try load(system, recorder, scene)
        count(&trial)
        trial.circumstances = system.circumstances.map { .init(name: $0.name, detail: $0.detail) }
        try settle(scene)
        try endConsumers(system, scene, recorder)
        try replay(system)
        trial.restoration = try restore(system)
        recorder.end()
        if let failure = recorder.failure { throw TrialError("the history could not be written: \(failure)") }
    }

    /// Starts the lab and the servers, and makes durable what that wrote.
    private func startSystem() throws(TrialError) -> any System {
        teller.say("starting \(cell.configuration.kind.name)")
        let trial = TrialSetting(
            run: setting.run, agents: cell.workload.agents, logDirectory: setting.directory + "/logs",
            expectedBytes: cell.expectedBytes, ownFilesystems: setting.ownFilesystems, groups: cell.groups,
            preload: cell.fault.timeline.verbs.contains { $0 is any PreloadedVerb } ? Preload.library : nil)
        let standing = setting.standing.take(for: cell.configured, trial) { teller.warn("left behind: \($0)") }
        let lab: any Lab
        if let standing { lab = standing.lab } else { lab = try attempt { try setting.makeLab(setting.directory) } }
        self.lab = lab
        let system: any System
        if let access = lab.kind.access {
            guard let external = cell.configured.makeSystem(trial, at: access) else {
                throw TrialError("\(cell.configuration.kind.name) is not built for the lab \(lab.kind.name) yet")
            }
            system = external
        } else {
            system = standing?.system ?? cell.configured.makeSystem(trial)
        }
        self.system = system
        try attempt { try system.start(in: lab, patience: watch) }
        for node in lab.nodes { try attempt { try node.syncData() } }
        return system
    }

    /// The load and, while it goes on, the fault's timeline; then everything is healed, however it went.
    private func load(_ system: any System, _ recorder: Recorder, _ scene: TrialScene) throws(TrialError) {
        let engine = FaultEngine(
            fault: cell.fault, scene: scene, loadStart: lead, duration: .nanoseconds(cell.workload.duration),
            seed: UInt64(bitPattern: setting.seed), tell: { [teller] in teller.say("fault: " + $0) })
        defer {
            producers.end()
            heal(engine, scene)
        }
        var setting = Producers.Setting(
            cell: cell, run: setting.run, seed: setting.seed, epoch: recorder.epoch, lead: lead,
            directory: setting.directory)
        setting.straight = system.straight
        try attempt { try producers.start(setting, client: system.clientOrders()) }
        cpuMeter = CPUMeter(consumers, bridges, lab?.nodes ?? [])
        teller.say("load")
        observed = system
        defer { observed = nil }
        try walk(engine)
        let afterFault = cell.fault.timeline.isEmpty ? 0 : recorder.now + Self.afterFault
        try finish(until: max(scene.plannedEnd, afterFault), recorder, engine)
    }

    /// Walks the fault's timeline. What could not be proven makes the trial invalid, and the load goes on to its end.
    private func walk(_ engine: FaultEngine) throws(TrialError) {
        teller.isFaultAtWork = true
        defer { teller.isFaultAtWork = false }
        do throws(FaultError) {
            try engine.run()
        } catch {
            if error.code == .interrupted { throw TrialError(error.message, isInterrupt: true) }
            invalidate(error.message)
        }
    }

    private func finish(until end: Int64, _ recorder: Recorder, _ engine: FaultEngine) throws(TrialError) {
        loadEnd = end
        producers.send(.until(end))
        _ = try patiently(upTo: Double(end - recorder.now) / 1e9 + 1) { recorder.now >= end }
        teller.say("draining")
        producers.dismiss()
        do throws(FaultError) { try engine.resumeWorkers() } catch { invalidate("healing: \(error.message)") }
        // Nothing new is begun from here on and nothing tried again: what is in flight is answered or times out.
        let ended = try patiently(upTo: producers.timeout + Limits.drain) { producers.allEnded }
        if !ended { invalidate("the producers did not come to their end within \(Int(Limits.drain)) s") }
    }

    private func heal(_ engine: FaultEngine, _ scene: TrialScene) {
        guard !scene.ledger.open.isEmpty else { return }
        teller.say("healing")
        teller.isFaultAtWork = true
        defer { teller.isFaultAtWork = false }
        do throws(FaultError) {
            // A run that is to end heals all the same: no signal interrupts this wait.
            try watch.uninterrupted { () throws(FaultError) in try engine.healAll() }
        } catch {
            invalidate("healing: \(error.message)")
        }
    }

    private func settle(_ scene: TrialScene) throws(TrialError) {
        let converged: Bool
        do throws(FaultError) {
            converged = try scene.settle(upTo: .seconds(Int(Limits.converged)))
        } catch {
            if error.code == .interrupted { throw TrialError(error.message, isInterrupt: true) }
            return invalidate("settling: \(error.message)")
        }
        if !converged { invalidate("the system is not whole \(Int(Limits.converged)) s after healing") }
    }

    private func replay(_ system: any System) throws(TrialError) {
        teller.say("replaying")
        var writer = try attempt {
            try ShardWriter(path: setting.directory + "/history/replay.shard", worker: "replay")
        }
        do throws(SystemError) {
            try system.replay(passes: 2, into: &writer, patience: watch)
        } catch {
            if error.code == .interrupted { throw TrialError(error.message, isInterrupt: true) }
            invalidate("replay: \(error.message)")
        }
        do throws(ShardError) { try writer.close() } catch { throw TrialError("\(error)") }
    }

    /// Reads the history back from the disk, as `check` would, and takes the verdict from it.
    private func judge(_ trial: inout Summary.Trial) {
        teller.say("checking")
        let verdict: Verdict
        do {
            let history = try History.open(directory: setting.directory)
            verdict = check(history)
            try Files.write(verdict.json.pretty, to: setting.directory + "/verdict.json")
            if let timeline = Timeline(history: history) {
                try Reporter.write(timeline, toTrial: setting.directory)
            }
        } catch {
            trial.reason = "the history could not be checked: \(error)"
            return
        }
        trial.verdict = verdict
        trial.status = verdict.valid ? .valid : .invalid
        trial.reason = verdict.valid ? nil : verdict.invalidReasons.joined(separator: "; ")
        guard let load = producers.status, let loadEnd else { return }
        trial.scheduleErrorNanosecondsP99 = load.scheduleError99
        // By the history: each event once, whoever of several processes with one identity began it.
        let achieved = Double(verdict.events.attempted) / (Double(loadEnd - lead) / 1e9)
        trial.rate.achieved = achieved
        // A generator that fell behind has written a gap and made the trial invalid; else it was the broker.
        trial.rate.saturated = verdict.valid && !producers.isShort && achieved < 0.95 * cell.workload.rate
    }

    private func close() {
        producers.end()
        consumers.end()
        bridges.end()
        system?.collectLogs()
        for line in system?.leave() ?? [] { teller.warn("not removed: \(line)") }
        if leavesNoTrace, let lab, let system, lab.kind.access == nil {
            setting.standing.keep(lab, system)
        } else {
            let nodes = lab?.nodes ?? []
            for line in lab?.close() ?? [] { teller.warn("left behind: \(line)") }
            for node in nodes { Preload.remove(of: node) }
        }
        if let lab, lab.kind.access == nil { Access.drop() }
        (lab, system) = (nil, nil)
        teller.tellCommands()
    }

    // MARK: Looking

    /// What must not wait while the trial waits for something else.
    private func look() {
        producers.poll()
        let clock = MonotonicClock.now()
        if clock - lastPolled > Limits.consumersEvery {
            lastPolled = clock
            consumers.poll()
            bridges.poll()
        }
        for (worker, reason) in scene?.noteEnds() ?? [] { invalidate(reason, worker: worker) }
        teller.tellCommands()
        if let observed, clock - lastObserved > Self.observeEvery {
            lastObserved = clock
            if recorder?.faults.isEmpty == true { observed.observe() } else { self.observed = nil }
        }
        teller.glimpse(clock, producers.status, elapsed: recorder.map { min($0.now, loadEnd ?? .max) - lead })
    }

    func invalidate(_ reason: String, worker: String = "holdfast") {
        teller.warn("invalid: \(worker): \(reason)")
        recorder?.gap(worker: worker, reason)
    }

    private func header(_ system: any System) -> History.Header {
        var header = History.Header()
        header.run = Name(setting.run)
        header.system = cell.configuration.kind.name
        header.configuration = cell.configuration.name
        header.fault = cell.fault.name
        header.seed = setting.seed
        header.retries = cell.configured.retries.rawValue
        let retains = cell.configured.retains || cell.configured.dropsAcknowledged(by: cell.groups)
        header.retention = retains
        header.shards = system.parts.map { shard in
            let streams = Set(shard.streams)
            let agents = (0..<cell.workload.agents).filter { streams.contains($0 % system.streams.count) }
            return History.Shard(name: Name(shard.name), agents: agents.map(Int64.init))
        }
        header.logs = GroupLogs.logs(of: cell.groups, system, retains: retains)
        return header
    }

    // MARK: Errors

    func patiently(upTo seconds: Double, until condition: () -> Bool) throws(TrialError) -> Bool {
        do throws(SystemError) {
            return try watch.wait(upTo: seconds, until: condition)
        } catch {
            throw TrialError(error.message, isInterrupt: error.code == .interrupted)
        }
    }

    func attempt<T: ~Copyable>(_ body: () throws -> T) throws(TrialError) -> T {
        do {
            return try body()
        } catch let error as SystemError {
            throw TrialError(error.message, isInterrupt: error.code == .interrupted)
        } catch {
            throw TrialError("\(error)")
        }
    }
}

/// Why a trial could not be carried through.
struct TrialError: Error {
    var message: String
    var isInterrupt: Bool

    init(_ message: String, isInterrupt: Bool = false) { (self.message, self.isInterrupt) = (message, isInterrupt) }
}
