import CRDKafka
import Platform
import Workload

/// How many entries a reader finds between an offset and the end of a partition, where offsets are also taken by markers
/// of transactions and by what was aborted. What was counted once is not read again.
struct KafkaTails {
    private struct Key: Hashable {
        var partition: Int32
        var range: Range<Int64>
        var isolation: GroupSettings.Isolation
    }

    private var known: [Key: Int64] = [:]

    mutating func count(
        _ topic: String, _ partition: Int32, _ range: Range<Int64>, isolation: GroupSettings.Isolation,
        addresses: [String]
    ) throws(SystemError) -> Int64 {
        let key = Key(partition: partition, range: range, isolation: isolation)
        if let count = known[key] { return count }
        // A long tail has events in it.
        guard range.count <= SystemLimits.kafkaTail else { return Int64(range.count) }
        let section = KafkaSection(
            topic: topic, partition: partition, addresses: addresses, isolation: isolation.rawValue)
        let count = try section.read(from: range.lowerBound, patience: nil) { _, _ in }
        known[key] = count
        return count
    }
}
