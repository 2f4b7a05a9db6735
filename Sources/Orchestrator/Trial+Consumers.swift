import History
import Labs
import Platform
import Report
import Suites
import Systems
import Workers
import Workload

/// A trial's consumer groups: how they begin, how they end, what they counted.
extension TrialRun {
    /// Starts the consumers and waits until each has its place: nothing may be produced that a group would miss.
    func startConsumers(_ system: any System) throws(TrialError) {
        guard !cell.groups.isEmpty else { return }
        teller.say("consumers join")
        var setting = Consumers.Setting(
            groups: cell.groups, run: setting.run,
            poison: Poison(share: cell.workload.poison, seed: UInt64(bitPattern: setting.seed)),
            directory: setting.directory)
        setting.deadLogs = GroupLogs.deadLogs(of: cell.groups, system)
        setting.guest = cell.consumer
        setting.longestValue = EventCodec.headerLength + cell.workload.payload.upperBound
        try attempt { try consumers.start(setting, of: system) }
        guard try patiently(upTo: Limits.consumersJoin, until: { consumers.areReady || consumers.hasLost }),
            !consumers.hasLost
        else {
            let names = consumers.unready.joined(separator: ", ")
            throw TrialError(
                "these have no place in their groups after \(Int(Limits.consumersJoin)) s: \(names); see logs")
        }
    }

    /// Lets the groups catch up, ends their consumers, and writes down where the groups stand.
    func endConsumers(_ system: any System, _ scene: TrialScene, _ recorder: Recorder) throws(TrialError) {
        guard !groups.isEmpty else { return }
        teller.say("groups catch up")
        var (progress, since) = (self.progress, recorder.now)
        _ = try patiently(upTo: Limits.catchUp) {
            if scene.areGroupsCaughtUp { return true }
            // Bridges under audit do not count for us: what is before them does.
            let current = self.progress - (cell.configured.bridge?.guest == nil ? 0 : scene.leftOver)
            if current != progress { (progress, since) = (current, recorder.now) }
            return Double(recorder.now - since) / 1e9 > standstill
        }
        consumers.send(.stop)
        bridges.send(.stop)
        let ended = try patiently(upTo: Double(Limits.consumerLeaves.nanoseconds) / 1e9) {
            consumers.allEnded && bridges.allEnded
        }
        if !ended { invalidate("the consumers did not come to their end") }
        if cell.configured.bridge?.guest != nil, !scene.areGroupsCaughtUp {
            teller.warn("the bridges left with \(scene.leftOver) entries before them that they had not confirmed")
        }
        do throws(SystemError) {
            var pending = 0
            let told = Set(toldGroups.map { Name($0.name) })
            for end in try system.groupEnds(patience: watch) where told.contains(end.group) {
                recorder.groupEnd(end, form: system.form)
                pending += end.pending.count
            }
            if pending > 0, cell.configured.dropsAcknowledged(by: cell.groups) {
                invalidate(
                    "\(pending) entries are still pending, and acknowledged ones behind them were let go: those cannot be "
                        + "told from lost ones")
            }
        } catch {
            if error.code == .interrupted { throw TrialError(error.message, isInterrupt: true) }
            invalidate("where the groups stand: \(error.message)")
        }
    }

    private var progress: Int64 { consumers.progress + bridges.progress }

    /// Starts the bridges and waits until each has its place and its connections.
    func startBridges(_ system: any System) throws(TrialError) {
        guard system.bridge != nil else { return }
        teller.say("bridges join")
        try attempt { try bridges.start(run: setting.run, directory: setting.directory, of: system) }
        let came = try patiently(upTo: Limits.consumersJoin) { bridges.areReady(on: system) || bridges.hasLost }
        if let loss = bridges.loss { throw TrialError("\(loss); see logs") }
        guard came else {
            let names = bridges.unready(on: system).joined(separator: ", ")
            throw TrialError("these are not ready after \(Int(Limits.consumersJoin)) s: \(names); see logs")
        }
    }

    /// What the history does not hold: what workers and servers counted of themselves.
    func count(_ trial: inout Summary.Trial) {
        guard !groups.isEmpty else { return }
        var counted = Dictionary(
            uniqueKeysWithValues: cell.groups.map { group in
                let statuses = consumers.statuses(of: group.name)
                return (
                    group.name,
                    Summary.Trial.GroupRun(
                        consumers: group.consumers, rebalances: statuses.reduce(0) { $0 + $1.rebalances },
                        refusals: statuses.reduce(0) { $0 + $1.refusals })
                )
            })
        if let bridge = cell.configured.bridge, bridge.guest == nil {
            let statuses = bridges.statuses
            counted[bridge.group.name] = Summary.Trial.GroupRun(
                consumers: bridge.count, rebalances: statuses.reduce(0) { $0 + $1.rebalances },
                refusals: statuses.reduce(0) { $0 + $1.refusals })
        }
        trial.groups = counted
        trial.cpu = cpuMeter.map {
            Summary.Trial.CPU(
                harnessNanoseconds: $0.harness(producers, consumers, bridges),
                serversNanoseconds: $0.servers(lab?.nodes ?? []))
        }
    }

    /// How long groups may make no progress before nobody waits for them any more: longer than a dead member's place
    /// stays taken, or what it held is left alone.
    private var standstill: Double {
        let own = groups.map { max($0.sessionTimeout, 2 * ($0.claim ?? 0), $0.processing) }.max() ?? 0
        return Limits.standstill + Double(own) / 1e9
    }

    /// Restores one agent, drawn by the seed, as its owner would after a crash. It is a measurement beside the verdict.
    func restore(_ system: any System) throws(TrialError) -> Summary.Trial.Restoration? {
        guard !cell.groups.isEmpty else { return nil }
        teller.say("restoring an agent")
        let restorer = Restorer(system: system, run: setting.run, patience: watch)
        do throws(SystemError) {
            return try restorer.restore(setting.seed % Int64(cell.workload.agents))
        } catch {
            if error.code == .interrupted { throw TrialError(error.message, isInterrupt: true) }
            teller.warn("no agent could be restored: \(error.message)")
            return nil
        }
    }
}
