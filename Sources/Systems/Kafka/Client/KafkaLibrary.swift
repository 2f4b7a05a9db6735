import CRDKafka

/// The client library as it is loaded: a newer one may have been put in the place of the one that this was built with.
public enum KafkaLibrary {
    /// `2.0.2`: of the library that is there now, not of its headers.
    public static var version: String { String(cString: rd_kafka_version_str()) }

    /// Two digits each of the hexadecimal number say major, minor, revision and what is before a release.
    static var number: Int32 { rd_kafka_version() }

    /// The broker protocol's and the library's own name of an error: `NOT_ENOUGH_REPLICAS`, `_TRANSPORT`.
    static func name(_ error: rd_kafka_resp_err_t) -> String { String(cString: rd_kafka_err2name(error)) }

    /// Calls of the library write their errors' texts into a buffer of this size.
    static let errorBytes = 512

    /// What `call` wrote into the buffer that it was given.
    static func text(_ call: (UnsafeMutablePointer<CChar>, Int) -> Void) -> String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: errorBytes) { buffer in
            guard let start = buffer.baseAddress else { return "" }
            buffer.initialize(repeating: 0)
            call(start, buffer.count)
            return String(cString: start)
        }
    }
}
