import CRDKafka
import Platform
import Workload

/// What a topic holds of this run's committed events, at the moment it is asked.
struct KafkaCommitted {
    private let settings: KafkaProducerSettings
    private let run: UInt64

    init(_ settings: KafkaProducerSettings, run: UInt64) { (self.settings, self.run) = (settings, run) }

    /// Shows every event that was written before this was called and is committed by now. Transactions of others that are
    /// open meanwhile are waited for: nothing behind them is decided.
    func read(_ each: (_ agent: Int64, _ seq: Int64) -> Void) throws(SystemError) {
        var properties = KafkaReplay.defaults
        properties["bootstrap.servers"] = settings.properties["bootstrap.servers"]
        properties["isolation.level"] = KafkaReplay.Isolation.uncommitted.rawValue
        let plain = try KafkaTopicReader(properties, topic: settings.topic)
        var ends: [Int32: Int64] = [:]
        for partition in settings.partitions { ends[partition] = try plain.end(of: partition) }
        properties["isolation.level"] = KafkaReplay.Isolation.committed.rawValue
        let reader = try KafkaTopicReader(properties, topic: settings.topic)
        try reader.start(settings.partitions)
        let deadline = MonotonicClock.now() + SystemLimits.kafkaTakeoverNanoseconds
        var left = Set(settings.partitions)
        while !left.isEmpty {
            guard MonotonicClock.now() < deadline else {
                throw SystemError(.deadline, "\(settings.topic) is not decided up to its end: a transaction is open")
            }
            _ = reader.take(upTo: SystemLimits.replayWaitMilliseconds) { message in
                // The end of what is decided, or an event behind the moment that counts.
                if message.offset >= ends[message.partition] ?? 0 { left.remove(message.partition) }
                guard let value = message.value, let event = EventCodec.decode(value), event.run == run else { return }
                each(event.agent, event.seq)
            }
        }
    }
}
