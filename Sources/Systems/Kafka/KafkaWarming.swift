import Labs
import Platform

/// The first writes to a cluster that was just started, so that events are not: a Java that has not done a thing yet does
/// it many times slower, and the first trial would measure that.
struct KafkaWarming {
    let topics: KafkaTopics
    let cluster: KafkaCluster

    /// Writes batches to every broker's partitions of the probe topic, confirmed by all copies, for about a second.
    func apply(_ patience: any Patience) throws(SystemError) {
        let lanes = cluster.brokers.flatMap { server in
            (0..<SystemLimits.warmingLanes).compactMap { _ in lane(to: server) }
        }
        var round = 0
        let end = KafkaConnection.deadline(after: SystemLimits.warmingSeconds)
        // Whoever is too slow is as warm as it gets: nothing here fails.
        _ = try patience.wait(upTo: SystemLimits.warmingSeconds) {
            round += 1
            if round > SystemLimits.warmingRounds { return true }
            let numbers = lanes.map { try? $0.connection.send($0.request, by: end) }
            for case (let lane, let number?) in zip(lanes, numbers) {
                _ = try? lane.connection.receive(lane.request, number: number, by: end)
            }
            return lanes.allSatisfy(\.connection.isBroken)
        }
    }

    private struct Lane {
        var connection: KafkaConnection
        var request: KafkaProduceRequest
    }

    private func lane(to server: KafkaServer) -> Lane? {
        guard let partition = (0..<cluster.brokers.count).first(where: { topics.assignment(of: $0)[0] == server.id }),
            let descriptor = try? server.node.connect(port: KafkaProperties.brokerPort),
            let connection = try? KafkaConnection(descriptor: descriptor)
        else { return nil }
        let request = KafkaProduceRequest(
            topic: topics.probe, partition: Int32(partition), value: [UInt8](repeating: 0x70, count: 1000), count: 4,
            acks: -1, milliseconds: Int32(SystemLimits.warmingSeconds * 1000))
        return Lane(connection: connection, request: request)
    }
}
