/// What happened to a trial's events over its time, in buckets: what a plot shows.
public struct Timeline: Codable, Equatable, Sendable {
    public struct Bucket: Codable, Equatable, Sendable {
        public var acked = 0
        public var failed = 0
        public var unknown = 0
        /// Publish to acknowledgement, nanoseconds; nil in a bucket without an acknowledgement.
        public var p50: Int64?
        public var p99: Int64?
        /// Events that were acked and not delivered to a group as yet, at the bucket's end, of the group with the most;
        /// nil without groups.
        public var lag: Int?

        public init() {}
    }

    /// Length of a bucket.
    public var bucketNanoseconds: Int64
    /// From the trial's start.
    public var buckets: [Bucket]

    public init(bucketNanoseconds: Int64, buckets: [Bucket]) {
        (self.bucketNanoseconds, self.buckets) = (bucketNanoseconds, buckets)
    }

    enum CodingKeys: String, CodingKey {
        case bucketNanoseconds = "bucket_ns"
        case buckets
    }
}
