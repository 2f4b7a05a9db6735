public import History

/// What the checker says of one history. Names, nesting and meaning are those of the contract's section 4.
public struct Verdict: Codable, Equatable, Sendable {
    public var version = 1
    public var valid = true
    public var invalidReasons: [String] = []
    public var events = Events()
    public var log = LogFigures()
    public var logs: [Name: LogFigures]?
    public var transactions = Transactions()
    public var groups: [Name: GroupFigures] = [:]
    public var loss = Loss()
    public var agents = Agents()
    /// Nil in a verdict that an earlier Holdfast wrote.
    public var states: States?
    public var availability = Availability()
    public var latency = Latency()
    /// Of the shards that the history's header names; nil: it names none.
    public var shards: [Name: Shard]?
    /// By the dotted name of the finding.
    public var examples: [Name: [Example]] = [:]

    public init() {}

    enum CodingKeys: String, CodingKey {
        case version, valid
        case invalidReasons = "invalid_reasons"
        case events, log, logs, transactions, groups, loss, agents, states, availability, latency, shards, examples
    }

    /// The events of the agents of one shard.
    public struct Shard: Codable, Equatable, Sendable {
        public var attempted = 0, acked = 0, lost = 0
        public var longestGapNanoseconds: Int64 = 0
        public var ack = Percentiles()

        public init() {}

        enum CodingKeys: String, CodingKey {
            case attempted, acked, lost, ack
            case longestGapNanoseconds = "longest_gap_ns"
        }
    }

    public struct Events: Codable, Equatable, Sendable {
        public var attempted = 0, acked = 0, failed = 0, unknown = 0
    }

    public struct LogFigures: Codable, Equatable, Sendable {
        public var passes = 0, entries = 0, lost = 0, recovered = 0, expired = 0, corrupted = 0, diverged = 0
        public var misplaced = 0, backdated = 0
        public var unexpected = Unexpected()
        public var duplicated = Duplicated()
        public var reordered = Reordered()
    }

    public struct Unexpected: Codable, Equatable, Sendable {
        public var failed = 0, neverAttempted = 0, foreign = 0

        enum CodingKeys: String, CodingKey {
            case failed
            case neverAttempted = "never_attempted"
            case foreign
        }
    }

    public struct Duplicated: Codable, Equatable, Sendable {
        public var retried = 0, unexplained = 0
    }

    public struct Reordered: Codable, Equatable, Sendable {
        public var retried = 0, unexplained = 0
        public var maxDisplacement: Int64 = 0

        enum CodingKeys: String, CodingKey {
            case retried, unexplained
            case maxDisplacement = "max_displacement"
        }
    }

    public struct Transactions: Codable, Equatable, Sendable {
        public var committed = 0, aborted = 0, unknown = 0, torn = 0, leaked = 0
    }

    public struct GroupFigures: Codable, Equatable, Sendable {
        public struct Undelivered: Codable, Equatable, Sendable { public var skipped = 0, behind = 0 }
        public struct Redelivered: Codable, Equatable, Sendable { public var unacked = 0, acked = 0 }
        public struct DeadLetters: Codable, Equatable, Sendable {
            public var poison = 0, moved = 0, missing = 0
            public init() {}
        }
        public struct Lag: Codable, Equatable, Sendable {
            public var maxEvents = 0
            public var maxNanoseconds: Int64 = 0

            enum CodingKeys: String, CodingKey {
                case maxEvents = "max_events"
                case maxNanoseconds = "max_ns"
            }
        }

        public struct Pause: Codable, Equatable, Sendable {
            public var longestNanoseconds: Int64 = 0
            /// The one with the longest pause, if there is any.
            public var stream: Name?
            public var streams: [Name: Int64] = [:]

            public init() {}

            enum CodingKeys: String, CodingKey {
                case longestNanoseconds = "longest_ns"
                case stream, streams
            }
        }

        public var deliveries = 0
        public var undelivered = Undelivered()
        public var expiredUnseen = 0, unprocessed = 0
        public var redelivered = Redelivered()
        public var outOfOrder = 0, outOfOrderAcross = 0, vanished = 0, moved = 0, stuck = 0, acksLost = 0
        public var abortedRead = 0, earlyRead = 0, tornRead = 0, corrupted = 0
        public var lag = Lag()
        public var deadLetters: DeadLetters?
        /// Nil in a verdict that an earlier Holdfast wrote.
        public var pause: Pause?
        /// Null in JSON if the group never caught up.
        public var catchUpNanoseconds: Int64?

        public init() {}

        enum CodingKeys: String, CodingKey {
            case deliveries, undelivered
            case expiredUnseen = "expired_unseen"
            case unprocessed, redelivered
            case outOfOrder = "out_of_order"
            case outOfOrderAcross = "out_of_order_across"
            case vanished, moved, stuck
            case acksLost = "acks_lost"
            case abortedRead = "aborted_read"
            case earlyRead = "early_read"
            case tornRead = "torn_read"
            case corrupted, lag
            case deadLetters = "dead_letters"
            case pause
            case catchUpNanoseconds = "catch_up_ns"
        }
    }

    public struct Loss: Codable, Equatable, Sendable {
        public var tailAgents = 0, holeAgents = 0
        public var windowNanoseconds: Int64 = 0

        enum CodingKeys: String, CodingKey {
            case tailAgents = "tail_agents"
            case holeAgents = "hole_agents"
            case windowNanoseconds = "window_ns"
        }
    }

    public struct Agents: Codable, Equatable, Sendable {
        public var total = 0, intact = 0, repairable = 0, damaged = 0
    }

    /// Agents with an acked event, by the state to which they would be restored.
    public struct States: Codable, Equatable, Sendable {
        public struct Counts: Codable, Equatable, Sendable {
            public var intact = 0, repairable = 0, damaged = 0
            public init() {}
        }

        /// From the log of record.
        public var log = Counts()
        /// From what each group applied, against what the log that it reads is expected to lead to.
        public var groups: [Name: Counts] = [:]

        public init() {}
    }

    public struct Availability: Codable, Equatable, Sendable {
        public struct Recovery: Codable, Equatable, Sendable {
            public var fault: Int64
            /// Nanoseconds; null in JSON if no acknowledgement followed.
            public var nanoseconds: Int64?

            public init(fault: Int64, nanoseconds: Int64?) { (self.fault, self.nanoseconds) = (fault, nanoseconds) }

            enum CodingKeys: String, CodingKey {
                case fault
                case nanoseconds = "ns"
            }

            public func encode(to encoder: any Encoder) throws {
                var container = encoder.container(keyedBy: CodingKeys.self)
                try container.encode(fault, forKey: .fault)
                try container.encode(nanoseconds, forKey: .nanoseconds)
            }
        }

        public var longestGapNanoseconds: Int64 = 0
        public var recovery: [Recovery] = []
        /// The same for each log that events went to first; nil where that is one.
        public var logs: [Name: Availability]?

        public init() {}

        enum CodingKeys: String, CodingKey {
            case longestGapNanoseconds = "longest_gap_ns"
            case recovery, logs
        }
    }

    public struct Percentiles: Codable, Equatable, Sendable {
        public var count = 0
        public var p50: Int64 = 0, p90: Int64 = 0, p99: Int64 = 0, p999: Int64 = 0, max: Int64 = 0
        public init() {}
    }

    public struct Latency: Codable, Equatable, Sendable {
        public var ack = Percentiles()
        public var delivery: [Name: Percentiles] = [:]
        /// From a dispatch's intended time to the delivery of its result; nil where nobody reads results.
        public var turn: Percentiles?
        /// Of `ack`, for each log that events went to first; nil where that is one.
        public var logs: [Name: Percentiles]?
        /// Of `ack`, what went to the first log; nil without a fault that had an effect.
        public var phases: Phases?

        /// By the events' intended times.
        public struct Phases: Codable, Equatable, Sendable {
            public var before = Percentiles()
            public var during = Percentiles()
            public var after = Percentiles()
            public init() {}
        }
    }

    /// One occurrence of a finding; which keys it has is the contract's table below the verdict.
    public struct Example: Codable, Equatable, Sendable {
        public var agent: Int64?
        public var seq: Int64?
        public var attemptNumber: Int64?
        public var stream: String?
        public var position: WrittenPosition?
        public var transaction: String?

        public init() {}

        enum CodingKeys: String, CodingKey {
            case agent, seq
            case attemptNumber = "try"
            case stream, position, transaction
        }
    }

    /// A position as JSON writes it: a whole number or `"MS-SEQ"`.
    public struct WrittenPosition: Codable, Equatable, Sendable {
        public var position: Position
        public var form: Position.Form

        public init(_ position: Position, _ form: Position.Form) { (self.position, self.form) = (position, form) }

        public init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let offset = try? container.decode(UInt64.self) {
                self.init(Position(offset), .offset)
                return
            }
            let halves = try container.decode(String.self).split(separator: "-").map { UInt64($0) }
            guard halves.count == 2, let major = halves[0], let minor = halves[1] else {
                throw DecodingError.dataCorruptedError(
                    in: container, debugDescription: "a position is a whole number or \"MS-SEQ\"")
            }
            self.init(Position(major, minor), .entry)
        }

        public func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch form {
            case .offset: try container.encode(position.major)
            case .entry: try container.encode("\(position.major)-\(position.minor)")
            }
        }
    }
}
