import Checker
import Faults
import Foundation
import Glibc
public import Labs
import Platform
public import Report
public import Suites
import Systems
import Workload

/// Runs a suite: trial after trial, and at the end the reports. Used inside, where labs can be made.
public final class Run {
    public enum Volume: Sendable { case quiet, normal, verbose }

    public struct Options: Sendable {
        /// Absolute; made by the run.
        public var directory: String
        public var lab: any LabKind
        public var noSkips: Bool
        public var volume: Volume
        public var version: String
        public var keep = Keep.all
        /// Its directory has what an earlier run of the same suite came to; the rest is done.
        public var resumes = false

        public init(directory: String, lab: any LabKind, noSkips: Bool, volume: Volume, version: String) {
            (self.directory, self.lab, self.noSkips) = (directory, lab, noSkips)
            (self.volume, self.version) = (volume, version)
        }
    }

    private let suite: Suite
    private let plan: Plan
    private let options: Options
    private let interrupts: Interrupts
    private let watch: Watch
    private let log: RunLog
    private let lock: FileLock
    private let resumption: Resumption?
    private let progress: Progress
    private let started = Date()
    private let clock = MonotonicClock.now()
    private let commands = CommandQueue()
    private let standing = Standing()

    /// Makes the run's directory. Throws if it holds something already, or can't be written.
    public init(_ suite: Suite, plan: Plan, options: Options) throws(RunError) {
        (self.suite, self.plan, self.options) = (suite, plan, options)
        interrupts = try Interrupts()
        watch = Watch(interrupts: interrupts)
        do {
            try Files.makeFolders(options.directory)
        } catch {
            throw RunError(.io, "cannot make \(options.directory): \(error); choose another --out")
        }
        let logPath = options.directory + "/run.log"
        log = try RunLog(path: logPath)
        do { lock = try FileLock(logPath, create: false) } catch {
            throw RunError(
                .usage, "another run is at work in \(options.directory) (\(error)); wait for its end, or name another")
        }
        resumption =
            options.resumes
            ? try Resumption(of: options.directory, for: suite, plan: plan, lab: options.lab.name) : nil
        let volume: Progress.Volume =
            switch options.volume {
            case .quiet: .quiet
            case .normal: .normal
            case .verbose: .verbose
            }
        progress = Progress(volume: volume, log: log)
    }

    /// Carries the suite out and writes the reports, also when a signal ends it half-way. The summary's `exit` is the
    /// run's exit status.
    public func carryOut() throws(RunError) -> Summary {
        log.write("holdfast \(options.version), suite \(suite.path), lab \(options.lab.name)")
        let queue = commands
        CommandLog.observe { queue.add($0) }
        defer {
            for line in standing.close() { progress.say("left behind: \(line)") }
            CommandLog.observe(nil)
        }
        var summary = empty()
        do throws(RunError) {
            for (index, planned) in plan.trials.enumerated() {
                if planned.isOptional, isSettled(planned.cell, summary) {
                    summary.planned? -= 1
                    continue
                }
                var trial = try result(of: index)
                let cell = add(trial, of: planned.cell, to: &summary)
                if try thinned(&trial, of: cell, summary) {
                    summary.cells[summary.cells.count - 1].trials[cell.trials.count - 1] = trial
                }
                try write(&summary)
            }
        } catch {
            guard error.code == .interrupted, let signal = interrupts.pending else { throw error }
            progress.say("ended by signal \(signal): what was found so far is in the report")
            summary.interruptedBy = signal
        }
        try write(&summary)
        progress.close()
        return summary
    }

    private func result(of index: Int) throws(RunError) -> Summary.Trial {
        let planned = plan.trials[index]
        let place = planned.cell.directory(trial: planned.n)
        let title = "[\(index + 1)/\(plan.trials.count)] \(planned.cell.label), trial \(planned.n)"
        progress.begin(title)
        if let reason = planned.skip {
            progress.say("  skipped: \(reason)")
            var trial = Summary.Trial(
                n: planned.n, seed: planned.seed, status: .skipped, reason: reason, directory: place)
            trial.rate.target = planned.cell.workload.rate
            return trial
        }
        if let done = resumption?.trial(in: place) {
            progress.say("  done already: \(Self.line(done, acknowledged: planned.cell.configured.acknowledged))")
            return done
        }
        if interrupts.pending != nil { throw RunError(.interrupted, "the run was ended by a signal") }
        let directory = "\(options.directory)/\(place)"
        if options.resumes, Files.isFolder(directory) {
            do { try Files.removeTree(directory) } catch {
                throw RunError(.io, "what is left in \(directory): \(error)")
            }
        }
        let setting = TrialRun.Setting(
            n: planned.n, seed: planned.seed, run: runName(index),
            directory: directory, relativeDirectory: place,
            ownFilesystems: options.lab.filesystemRefusal == nil,
            makeLab: { [lab = options.lab] directory throws(LabError) in try lab.open(directory: directory) },
            standing: standing)
        let trial = try TrialRun(
            cell: planned.cell, setting: setting, watch: watch, progress: progress, commands: commands
        ).run()
        progress.say("  \(Self.line(trial, acknowledged: planned.cell.configured.acknowledged))")
        return trial
    }

    /// Told apart from every other run's trials, also of the same seed: by when it began.
    private func runName(_ index: Int) -> String {
        "\(UInt64(started.timeIntervalSince1970 * 1e6))-\(index + 1)"
    }

    private static func line(_ trial: Summary.Trial, acknowledged: String?) -> String {
        guard let verdict = trial.verdict else { return "\(trial.status.rawValue): \(trial.reason ?? "")" }
        let seconds = trial.seconds.map { " in \(Int($0.rounded())) s" } ?? ""
        if trial.status != .valid { return "\(trial.status.rawValue)\(seconds): \(trial.reason ?? "")" }
        return "\(acknowledged ?? "acked") \(verdict.events.acked), lost \(verdict.log.lost)\(seconds)"
    }

    // MARK: Summary

    private func empty() -> Summary {
        var summary = Summary()
        summary.suite = suite.name
        summary.started =
            resumption?.earlier.started ?? LocalTimeFormat("%Y-%m-%dT%H:%M:%S%z").string(from: started)
        summary.machine = .here(directory: options.directory)
        summary.versions = ["holdfast": options.version, "kernel": summary.machine.kernel]
        for server in plan.servers {
            let name = summary.versions[server.name] == nil ? server.name : "\(server.name) (\(server.path))"
            summary.versions[name] = server.version
        }
        summary.configurations = suite.configurations.map(\.summary)
        summary.notApplicable = suite.notApplicable
        summary.gates = suite.gates.map { GateOutcome(gate: $0) }
        summary.controls = suite.controls.map { ControlOutcome(control: $0) }
        summary.slo = suite.slo
        summary.claims = suite.claims.isEmpty ? nil : suite.claims.map { ClaimOutcome(claim: $0) }
        summary.seed = suite.seed
        summary.planned = plan.trials.count
        summary.lab = options.lab.name
        (summary.suiteFile, summary.suiteText) = (suite.path, suite.text)
        summary.noSkips = options.noSkips
        return summary
    }

    private func isSettled(_ cell: Suite.Cell, _ summary: Summary) -> Bool {
        guard let until = suite.until, let last = summary.cells.last else { return false }
        return last.isSettled(halfWidth: until.halfWidth)
    }

    /// Removes the history of a trial that is not to be kept; whether it did.
    private func thinned(
        _ trial: inout Summary.Trial, of cell: Summary.Cell, _ summary: Summary
    ) throws(RunError) -> Bool {
        let isKept =
            switch options.keep {
            case .all: true
            case .failed: summary.isOfInterest(trial, of: cell)
            case .none: false
            }
        let history = "\(options.directory)/\(trial.directory)/history"
        guard !isKept, Files.isFolder(history) else { return false }
        do { try Files.removeTree(history) } catch { throw RunError(.io, "removing \(history): \(error)") }
        trial.historyRemoved = true
        return true
    }

    /// Returns the trial's cell as it is then.
    @discardableResult private func add(
        _ trial: Summary.Trial, of cell: Suite.Cell, to summary: inout Summary
    ) -> Summary.Cell {
        if trial.n == 1 {
            summary.cells.append(
                Summary.Cell(
                    configuration: cell.configuration.name, system: cell.configuration.kind.name,
                    fault: cell.fault.name, description: cell.description,
                    acknowledged: cell.configured.acknowledged))
        }
        summary.cells[summary.cells.count - 1].trials.append(trial)
        return summary.cells[summary.cells.count - 1]
    }

    private func write(_ summary: inout Summary) throws(RunError) {
        summary.seconds = Double(MonotonicClock.now() - clock) / 1e9 + (resumption?.earlier.seconds ?? 0)
        summary.judge()
        if let signal = summary.interruptedBy { summary.exit = 128 + signal }
        do {
            try Reporter.write(summary, to: options.directory)
        } catch {
            throw RunError(.io, "\(error)")
        }
    }
}
