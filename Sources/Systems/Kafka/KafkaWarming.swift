import Labs
import Platform

/// The first writes to a cluster that was just started, so that events are not: a Java that has not done a thing yet does
/// it many times slower, and the first trial would measure that.
struct KafkaWarming {
    let topics: KafkaTopics
    let cluster: KafkaCluster

    /// Writes batches to every broker's partitions of the probe topic: many that the leader alone confirms, and beside
    /// them some that wait for all copies.
    func apply(_ patience: any Patience) throws(SystemError) {
        let quick = lanes(acks: 1)
        var slow = lanes(acks: -1)
        var round = 0
        let end = KafkaConnection.deadline(after: SystemLimits.warmingSeconds)
        // Whoever is too slow is as warm as it gets: nothing here fails.
        _ = try patience.wait(upTo: SystemLimits.warmingSeconds) {
            round += 1
            for index in slow.indices { slow[index].advance() }
            let sent = quick.map { lane in
                (0..<SystemLimits.warmingDepth).compactMap { _ in try? lane.connection.send(lane.request, by: end) }
            }
            for (lane, numbers) in zip(quick, sent) {
                for number in numbers { _ = try? lane.connection.receive(lane.request, number: number, by: end) }
            }
            return round >= SystemLimits.warmingRounds || quick.allSatisfy(\.connection.isBroken)
        }
    }

    private struct Lane {
        var connection: KafkaConnection
        var request: KafkaProduceRequest
        /// A request that is under way.
        var number: Int32?

        /// Takes an answer if there is one, and then sends the next request.
        mutating func advance() {
            if let waiting = number {
                guard (try? connection.receive(request, number: waiting, by: 0)) != nil else { return }
            }
            number = try? connection.send(request, by: KafkaConnection.deadline(after: SystemLimits.warmingSeconds))
        }
    }

    /// Some connections to each broker, for the partition of the probe topic that it leads.
    private func lanes(acks: Int16) -> [Lane] {
        cluster.brokers.flatMap { server in (0..<SystemLimits.warmingLanes).compactMap { _ in lane(server, acks) } }
    }

    private func lane(_ server: KafkaServer, _ acks: Int16) -> Lane? {
        guard let partition = (0..<cluster.brokers.count).first(where: { topics.assignment(of: $0)[0] == server.id }),
            let connection = try? server.connect(to: KafkaProperties.brokerPort)
        else { return nil }
        let request = KafkaProduceRequest(
            topic: topics.probe, partition: Int32(partition), value: [UInt8](repeating: 0x70, count: 1000), count: 2,
            acks: acks, milliseconds: Int32(SystemLimits.warmingSeconds * 1000))
        return Lane(connection: connection, request: request)
    }
}
