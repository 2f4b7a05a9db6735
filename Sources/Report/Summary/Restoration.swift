extension Summary.Trial {
    /// How long it took to restore one agent, as if it had crashed, by reading its stream while nothing else went on.
    public struct Restoration: Codable, Hashable, Sendable {
        /// One reading, from its first request to the agent's last event.
        public struct Reading: Codable, Hashable, Sendable {
            public var nanoseconds: Int64
            /// Of the stream, whosever they were.
            public var entries: Int64
            /// The agent's own, which were replayed.
            public var events: Int64

            public init(nanoseconds: Int64, entries: Int64, events: Int64) {
                (self.nanoseconds, self.entries, self.events) = (nanoseconds, entries, events)
            }

            enum CodingKeys: String, CodingKey {
                case nanoseconds = "ns"
                case entries, events
            }
        }

        public var agent: Int64
        public var fromStart: Reading
        /// From the state that it had when its last task was completed; nil if none was.
        public var fromSnapshot: Reading?
        /// Whether both lead to the same state.
        public var isSame: Bool

        public init(agent: Int64, fromStart: Reading, fromSnapshot: Reading?, isSame: Bool) {
            (self.agent, self.fromStart, self.fromSnapshot, self.isSame) = (agent, fromStart, fromSnapshot, isSame)
        }

        enum CodingKeys: String, CodingKey {
            case agent
            case fromStart = "from_start"
            case fromSnapshot = "from_snapshot"
            case isSame = "same"
        }
    }
}
