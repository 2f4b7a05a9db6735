extension Summary.Trial {
    /// What the consumers of a group said of themselves, added up over its processes: no history has it.
    public struct GroupRun: Codable, Hashable, Sendable {
        /// That the suite asked for.
        public var consumers: Int
        /// Times that a consumer's share of the streams was given to it anew.
        public var rebalances: Int64
        /// Acknowledgements that the broker refused, a zombie's for example.
        public var refusals: Int64

        public init(consumers: Int, rebalances: Int64 = 0, refusals: Int64 = 0) {
            (self.consumers, self.rebalances, self.refusals) = (consumers, rebalances, refusals)
        }
    }

    /// What the trial's processes took of the machine while its load went on.
    public struct CPU: Codable, Hashable, Sendable {
        /// Of the workers.
        public var harnessNanoseconds: Int64
        /// Of the system under test.
        public var serversNanoseconds: Int64

        public init(harnessNanoseconds: Int64, serversNanoseconds: Int64) {
            (self.harnessNanoseconds, self.serversNanoseconds) = (harnessNanoseconds, serversNanoseconds)
        }

        enum CodingKeys: String, CodingKey {
            case harnessNanoseconds = "harness_ns"
            case serversNanoseconds = "servers_ns"
        }
    }
}
