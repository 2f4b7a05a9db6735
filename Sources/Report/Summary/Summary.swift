/// What a run came to: `summary.json`. Everything that a report shows is in here or derived from it, so that a report
/// can be made again without the run.
public struct Summary: Codable, Equatable, Sendable {
    public var suite = ""
    /// When the run began, as ISO 8601 with its offset from UTC.
    public var started = ""
    public var seconds = 0.0
    public var machine = Machine()
    /// Version by the name of a program or library: `holdfast`, `redis-server`, `kernel`.
    public var versions: [String: String] = [:]
    public var configurations: [Configuration] = []
    public var cells: [Cell] = []
    public var notApplicable: [Combination] = []
    public var gates: [GateOutcome] = []
    public var controls: [ControlOutcome] = []
    /// What is said of the brokers, and what the trials say to it; nil where the suite has no claims.
    public var claims: [ClaimOutcome]?
    public var exit: Int32 = 0

    public var seed: Int64 = 0
    public var lab = ""
    /// The suite's file as it was given, and its text.
    public var suiteFile = ""
    public var suiteText = ""
    /// Skipped trials count as invalid.
    public var noSkips = false
    /// The signal that ended the run before it was through.
    public var interruptedBy: Int32?
    /// How many trials the run set out to do; nil where that is not known.
    public var planned: Int?
    /// What failed in the harness outside of a trial.
    public var failure: String?
    /// What configurations are to keep to be recommended.
    public var slo: Objectives?
    /// How it compares with an earlier run, where one was given.
    public var baseline: Baseline?

    public init() {}

    /// How many trials the run did not come to: it was killed before, or is still under way.
    public var missing: Int { max(0, (planned ?? 0) - cells.reduce(0) { $0 + $1.trials.count }) }

    enum CodingKeys: String, CodingKey {
        case suite, started, seconds, machine, versions, configurations, cells
        case notApplicable = "not_applicable"
        case gates, controls, claims, exit, seed, lab
        case suiteFile = "suite_file"
        case suiteText = "suite_text"
        case noSkips = "no_skips"
        case interruptedBy = "interrupted_by"
        case planned
        case failure, slo, baseline
    }
}

extension Summary {
    public struct Machine: Codable, Hashable, Sendable {
        public var cores = 0
        public var memoryBytes: Int64 = 0
        public var kernel = ""
        public var architecture = ""
        /// Of the run's directory.
        public var filesystem = ""

        public init() {}

        enum CodingKeys: String, CodingKey {
            case cores
            case memoryBytes = "memory_bytes"
            case kernel, architecture, filesystem
        }
    }

    /// What a suite says of a configuration, and what an acknowledgement promises there.
    public struct Configuration: Codable, Hashable, Sendable {
        public var name: String
        public var system: String
        public var settings: [String: String]
        public var ack: String
        public var retries: String
        /// `one process has applied it in memory`.
        public var promise: String
        /// After how long its settings let events go, in nanoseconds; nil: they stay.
        public var retentionNanoseconds: Int64?
        /// Its log is in memory, whatever of it is on a disk as well.
        public var keepsInMemory = false
        /// Mean bytes of an event.
        public var eventBytes: Int64?

        public init(
            name: String, system: String, settings: [String: String], ack: String, retries: String, promise: String
        ) {
            (self.name, self.system, self.settings) = (name, system, settings)
            (self.ack, self.retries, self.promise) = (ack, retries, promise)
        }

        enum CodingKeys: String, CodingKey {
            case name, system, settings, ack, retries, promise
            case retentionNanoseconds = "retention_ns"
            case keepsInMemory = "keeps_in_memory"
            case eventBytes = "event_bytes"
        }

        public init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            name = try container.decode(String.self, forKey: .name)
            system = try container.decode(String.self, forKey: .system)
            settings = try container.decode([String: String].self, forKey: .settings)
            ack = try container.decode(String.self, forKey: .ack)
            retries = try container.decode(String.self, forKey: .retries)
            promise = try container.decode(String.self, forKey: .promise)
            retentionNanoseconds = try container.decodeIfPresent(Int64.self, forKey: .retentionNanoseconds)
            keepsInMemory = try container.decodeIfPresent(Bool.self, forKey: .keepsInMemory) ?? false
            eventBytes = try container.decodeIfPresent(Int64.self, forKey: .eventBytes)
        }
    }

    /// A configuration and a fault that does not apply to it.
    public struct Combination: Codable, Hashable, Sendable {
        public var configuration: String
        public var fault: String

        public init(configuration: String, fault: String) {
            (self.configuration, self.fault) = (configuration, fault)
        }
    }

    /// One configuration under one fault.
    public struct Cell: Codable, Equatable, Sendable {
        public var configuration: String
        public var system: String
        public var fault: String
        public var description: String?
        /// What counts as acknowledged there, if nobody answers: `sent`.
        public var acknowledged: String?
        public var trials: [Trial]

        public init(
            configuration: String, system: String, fault: String, description: String? = nil,
            acknowledged: String? = nil, trials: [Trial] = []
        ) {
            (self.configuration, self.system, self.fault) = (configuration, system, fault)
            (self.description, self.acknowledged, self.trials) = (description, acknowledged, trials)
        }

        public func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(configuration, forKey: .configuration)
            try container.encode(system, forKey: .system)
            try container.encode(fault, forKey: .fault)
            try container.encode(description, forKey: .description)
            try container.encodeIfPresent(acknowledged, forKey: .acknowledged)
            try container.encode(trials, forKey: .trials)
        }
    }
}
