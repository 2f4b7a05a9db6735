/// Everything recorded during one trial, as the checker reads it: control records as values, and the mass of records
/// as chunks of 64 bytes each. It is the same whether it came from a directory of shards or an interchange file.
///
/// Chunks and the records in them stand in file order, which breaks ties of time. For a directory, file order is:
/// control.jsonl, then the shards in the order of their names (UTF-8 bytes).
public struct History {
    public var header: Header
    public var groups: [Group] = []
    public var groupEnds: [GroupEnd] = []
    public var faults: [FaultRecord] = []
    /// How many `end` records there are.
    public var ends = 0
    /// The latest time that an `end` record carries.
    public var lastEnd: Int64 = 0
    /// Every name, by its number; 0 is none.
    public var names: [Name] = [Name("")]
    /// Names of groups, by the number that deliveries, acks, commits and processed records carry.
    public var groupNames: [Name] = []
    /// How a stream writes its positions, by the number of its name; absent where no record showed a position.
    public var forms: [UInt32: Position.Form] = [:]
    public var chunks: [RecordChunk] = []

    public init(header: Header) { self.header = header }
}

extension History {
    public struct Header: Sendable {
        public var run = Name("")
        public var system = ""
        public var configuration = ""
        public var fault: String?
        public var seed: Int64 = 0
        public var retries = ""
        public var retention = false
        /// In the order of the text; empty if the header has no `logs`.
        public var logs: [Log] = []
        /// Parts of the agents that have a primary of their own at the start; empty: nobody tells them apart.
        public var shards: [Shard] = []

        public init() {}
    }

    /// Agents whose events go to one shard of a cluster.
    public struct Shard: Sendable {
        public var name: Name
        public var agents: [Int64]

        public init(name: Name, agents: [Int64]) { (self.name, self.agents) = (name, agents) }
    }

    /// One of several logs that should hold the same events.
    public struct Log: Sendable {
        public var name: Name
        public var streams: [Name]
        /// The kinds that it expects; nil: all.
        public var kinds: [Name]?
        public var ofRecord = false
        public var own = false
        public var retention = false

        public init(name: Name, streams: [Name]) {
            self.name = name
            self.streams = streams
        }
    }

    /// What is said once of a consumer group. Groups that only occur in other records have none of these.
    public struct Group: Sendable {
        public var name: Name
        /// `isolation` is `read_committed`.
        public var readCommitted = false
        public var log: Name?
        public var dead: Name?
        public var processing = false

        public init(name: Name) { self.name = name }
    }

    /// What the system itself says of a group's place in a stream when all is over.
    public struct GroupEnd: Sendable {
        public var group: Name
        public var stream: Name
        public var passed: Position?
        public var pending: [Position]

        public init(group: Name, stream: Name, passed: Position?, pending: [Position]) {
            (self.group, self.stream, self.passed, self.pending) = (group, stream, passed, pending)
        }
    }

    public struct FaultRecord: Sendable {
        public enum Phase: String, Sendable { case begin, effect, end }
        public var t: Int64
        public var id: Int64
        public var action: String
        public var node: String?
        public var phase: Phase
        public var detail: String?

        public init(t: Int64, id: Int64, action: String, node: String?, phase: Phase, detail: String?) {
            (self.t, self.id, self.action, self.node, self.phase, self.detail) = (t, id, action, node, phase, detail)
        }
    }
}

/// A run of records that share one numbering of names.
///
/// `records` stays valid as long as `owner` lives, which holds the mapping or the array behind it: whoever keeps the
/// pointer keeps the chunk or its history. Checksums are
/// verified by whoever made the chunk. Records of unknown type and definitions do not occur in it.
public struct RecordChunk {
    public let records: UnsafeBufferPointer<Record>
    /// From the records' numbers to those of `History.names`; nil: they are the same.
    public let names: [UInt32]?
    /// From the records' group numbers to those of `History.groupNames`; nil: they are the same.
    public let groups: [UInt32]?
    /// How many records of each type there are, by raw value: passes skip chunks without what they look for.
    public let counts: [Int]
    public let owner: AnyObject

    public init(
        records: UnsafeBufferPointer<Record>, names: [UInt32]?, groups: [UInt32]?, counts: [Int], owner: AnyObject
    ) {
        (self.records, self.names, self.groups, self.counts, self.owner) = (records, names, groups, counts, owner)
    }
}
