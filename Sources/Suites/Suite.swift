import Documents
public import Faults
public import Report
public import Systems
public import Workload

/// A suite, read and checked in full: what is to be run, and what it is judged by. Nothing was started for it.
public struct Suite: Sendable {
    public var name: String
    /// As it was given.
    public var path: String
    /// The file's own text, kept for the report.
    public var text: String
    /// What every trial's seed is derived from.
    public var seed: Int64
    public var configurations: [Configuration]
    /// In the order of the file: configuration by configuration, each with its faults.
    public var cells: [Cell]
    /// Faults of the suite's list that were passed over for a configuration that they do not apply to.
    public var notApplicable: [Summary.Combination]
    public var gates: [Gate]
    public var controls: [Control]
    /// More trials of each cell than it has at the least, as needed; nil: just those.
    public var until: Until?
    /// What a configuration must keep to be recommended.
    public var slo: Objectives?
    /// What is said of the brokers, to be held against the cells.
    public var claims: [Claim] = []

    public struct Configuration: Sendable {
        public var name: String
        public var kind: any SystemKind
        /// As a report shows it.
        public var summary: Summary.Configuration
    }

    /// One configuration under one fault.
    public struct Cell: Sendable {
        public var configuration: Configuration
        /// Checked with this cell's workload.
        public var configured: any ConfiguredSystem
        public var fault: FaultFile
        public var description: String?
        public var workload: WorkloadSettings
        public var groups: [GroupSettings]
        /// Clients under audit that take the place of Holdfast's own.
        public var producer: GuestSettings?
        public var consumer: GuestSettings?
        public var trials: Int
        /// 1 but for a fault that a configuration has several times: which of them.
        public var occurrence: Int

        /// `everysec/power-loss`: what `--only` looks at.
        public var label: String { "\(configuration.name)/\(fault.name)" }

        /// The folder of a trial, from the run's: `trials/CONFIGURATION/FAULT/N`.
        public func directory(trial n: Int) -> String {
            let fault = FileName.safe(fault.name) + (occurrence > 1 ? "-\(occurrence)" : "")
            return "trials/\(FileName.safe(configuration.name))/\(fault)/\(n)"
        }

        /// How long the load lasts at the least: its duration, or the fault's timeline and 2 s.
        public var leastLoad: Duration {
            let duration = Duration.nanoseconds(workload.duration)
            guard !fault.timeline.isEmpty else { return duration }
            return max(duration, fault.timeline.leastDuration(workload: duration) + .seconds(2))
        }

        /// Events that the load then has.
        public var leastEvents: Int {
            Int(workload.rate * Double(leastLoad.wholeNanoseconds) / 1e9)
        }
    }

    /// The seed of a cell's trial; trials are numbered from 1.
    public func seed(of cell: Cell, trial n: Int) -> Int64 {
        TrialSeed.derived(
            from: seed, configuration: cell.configuration.name, fault: cell.fault.name, occurrence: cell.occurrence,
            trial: n)
    }
}
