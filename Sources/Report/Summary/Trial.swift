public import Checker

extension Summary {
    /// One run of one configuration under one fault with one seed.
    public struct Trial: Equatable, Sendable {
        public enum Status: String, Codable, Sendable {
            /// It says what its verdict says.
            case valid
            /// It says nothing: a fault without effect, a gap in the history.
            case invalid
            /// This machine lacks something that it needs; it was not started.
            case skipped
            /// The harness itself failed.
            case failed
        }

        /// Events a second.
        public struct Rate: Codable, Hashable, Sendable {
            public var target = 0.0
            public var achieved: Double?
            /// The broker could not keep up although the generator did: latencies compare with nothing.
            public var saturated = false

            public init(target: Double = 0, achieved: Double? = nil, saturated: Bool = false) {
                (self.target, self.achieved, self.saturated) = (target, achieved, saturated)
            }

            public func encode(to encoder: any Encoder) throws {
                var container = encoder.container(keyedBy: CodingKeys.self)
                try container.encode(target, forKey: .target)
                try container.encode(achieved, forKey: .achieved)
                try container.encode(saturated, forKey: .saturated)
            }
        }

        /// What held when the first fault began and sets the trial apart: `fsync-pending`.
        public struct Circumstance: Codable, Hashable, Sendable {
            public var name: String
            public var detail: String

            public init(name: String, detail: String) { (self.name, self.detail) = (name, detail) }
        }

        /// A fault's record of the history.
        public struct FaultMark: Codable, Hashable, Sendable {
            /// Nanoseconds from the trial's start.
            public var t: Int64
            public var id: Int64
            public var action: String
            public var node: String?
            /// `begin`, `effect`, `end`.
            public var phase: String
            public var detail: String?

            public init(t: Int64, id: Int64, action: String, node: String?, phase: String, detail: String?) {
                (self.t, self.id, self.action, self.node) = (t, id, action, node)
                (self.phase, self.detail) = (phase, detail)
            }
        }

        public var n: Int
        public var seed: Int64
        public var status: Status
        public var reason: String?
        public var refusedStarts = 0
        public var rate = Rate()
        /// From the run's directory: `trials/CONFIGURATION/FAULT/N`.
        public var directory: String
        public var verdict: Verdict?
        public var circumstances: [Circumstance] = []
        /// Wall time of the whole trial.
        public var seconds: Double?
        /// Send time less intended time while the generator was free to send, 99th percentile.
        public var scheduleErrorNanosecondsP99: Int64?
        public var faults: [FaultMark] = []
        /// Command lines that injected and healed the faults.
        public var commands: [String] = []
        /// By the group's name; nil in a trial without groups, or where nobody counted.
        public var groups: [String: GroupRun]?
        public var cpu: CPU?
        /// Nil where nobody restored an agent.
        public var restoration: Restoration?
        /// Its history was not kept: figures can be seen, and not traced.
        public var historyRemoved = false

        public init(n: Int, seed: Int64, status: Status, reason: String? = nil, directory: String) {
            (self.n, self.seed, self.status) = (n, seed, status)
            (self.reason, self.directory) = (reason, directory)
        }

        /// Its figures count: valid, and so says its verdict.
        public var isJudged: Bool { status == .valid && verdict?.valid == true }

        /// It ran, and says nothing.
        public var isInvalid: Bool { status == .invalid || (status == .valid && !isJudged) }
    }
}

extension Summary.Trial: Codable {
    enum CodingKeys: String, CodingKey {
        case n, seed, status, reason
        case refusedStarts = "refused_starts"
        case rate, directory, verdict, circumstances, seconds
        case scheduleErrorNanosecondsP99 = "schedule_error_p99_ns"
        case faults, commands, groups, cpu, restoration
        case historyRemoved = "history_removed"
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            n: try container.decode(Int.self, forKey: .n), seed: try container.decode(Int64.self, forKey: .seed),
            status: try container.decode(Status.self, forKey: .status),
            reason: try container.decodeIfPresent(String.self, forKey: .reason),
            directory: try container.decode(String.self, forKey: .directory))
        refusedStarts = try container.decode(Int.self, forKey: .refusedStarts)
        rate = try container.decode(Rate.self, forKey: .rate)
        verdict = try container.decodeIfPresent(Verdict.self, forKey: .verdict)
        circumstances = try container.decodeIfPresent([Circumstance].self, forKey: .circumstances) ?? []
        seconds = try container.decodeIfPresent(Double.self, forKey: .seconds)
        scheduleErrorNanosecondsP99 = try container.decodeIfPresent(Int64.self, forKey: .scheduleErrorNanosecondsP99)
        faults = try container.decodeIfPresent([FaultMark].self, forKey: .faults) ?? []
        commands = try container.decodeIfPresent([String].self, forKey: .commands) ?? []
        groups = try container.decodeIfPresent([String: GroupRun].self, forKey: .groups)
        cpu = try container.decodeIfPresent(CPU.self, forKey: .cpu)
        restoration = try container.decodeIfPresent(Restoration.self, forKey: .restoration)
        historyRemoved = try container.decodeIfPresent(Bool.self, forKey: .historyRemoved) ?? false
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(n, forKey: .n)
        try container.encode(seed, forKey: .seed)
        try container.encode(status, forKey: .status)
        try container.encode(reason, forKey: .reason)
        try container.encode(refusedStarts, forKey: .refusedStarts)
        try container.encode(rate, forKey: .rate)
        try container.encode(directory, forKey: .directory)
        try container.encode(verdict, forKey: .verdict)
        try container.encode(circumstances, forKey: .circumstances)
        try container.encode(seconds, forKey: .seconds)
        try container.encode(scheduleErrorNanosecondsP99, forKey: .scheduleErrorNanosecondsP99)
        try container.encode(faults, forKey: .faults)
        try container.encode(commands, forKey: .commands)
        try container.encodeIfPresent(groups, forKey: .groups)
        try container.encodeIfPresent(cpu, forKey: .cpu)
        try container.encodeIfPresent(restoration, forKey: .restoration)
        if historyRemoved { try container.encode(true, forKey: .historyRemoved) }
    }
}
