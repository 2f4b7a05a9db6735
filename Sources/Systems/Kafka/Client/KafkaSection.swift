import CRDKafka
import Platform
import Workload

/// Part of one partition: from an offset to the end that it has when it is asked for.
struct KafkaSection {
    let topic: String
    let partition: Int32
    let addresses: [String]
    /// `isolation.level` of the reader.
    let isolation: String

    /// Shows every entry; `event` is nil for what cannot be read as one.
    ///
    /// - Parameters:
    ///   - from: what retention has taken away of it is passed over.
    ///   - patience: hears of whoever wants the run to end; nil: nobody does.
    /// - Returns: the number of entries.
    func read(
        from: Int64, patience: (any Patience)?, _ each: (_ offset: Int64, _ event: DecodedEvent?) -> Void
    ) throws(SystemError) -> Int64 {
        let properties = KafkaReplay.defaults.merging([
            "bootstrap.servers": addresses.joined(separator: ","), "isolation.level": isolation,
        ]) { $1 }
        let reader = try KafkaTopicReader(properties, topic: topic)
        let (first, end) = try reader.ends(of: partition)
        let begin = max(from, first)
        if begin >= end { return 0 }
        try reader.start(partition, at: begin)
        var (count, isOver, failure): (Int64, Bool, String?) = (0, false, nil)
        var lastNews = MonotonicClock.now()
        while !isOver {
            let taken = reader.take(upTo: SystemLimits.replayWaitMilliseconds) { message in
                if isOver { return }
                switch message.error {
                case RD_KAFKA_RESP_ERR_NO_ERROR where message.offset < end:
                    count += 1
                    each(message.offset, message.value.flatMap { EventCodec.decode($0) })
                    isOver = message.offset == end - 1
                case RD_KAFKA_RESP_ERR__BAD_MSG where message.offset >= 0:
                    count += 1
                    each(message.offset, nil)
                case RD_KAFKA_RESP_ERR_NO_ERROR: isOver = true
                // A broker that lags shows an end before the end.
                case RD_KAFKA_RESP_ERR__PARTITION_EOF: isOver = message.offset >= end
                default: failure = KafkaLibrary.name(message.error)
                }
            }
            if let failure { throw SystemError(.refused, "\(topic)-\(partition) cannot be read: \(failure)") }
            if taken > 0 { lastNews = MonotonicClock.now() }
            guard MonotonicClock.now() - lastNews < SystemLimits.replayStallNanoseconds else {
                throw SystemError(.deadline, "\(topic)-\(partition) is not read to its end \(end): nothing comes")
            }
            _ = try patience?.wait(upTo: 0) { true }
        }
        return count
    }
}
