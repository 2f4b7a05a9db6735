import Platform

/// What the brokers say of a trial's topics at one moment, each for itself. One that is cut off tells old news.
struct KafkaView {
    let time: Int64
    let answers: [(server: KafkaServer, answer: KafkaMetadata)]

    init(of topics: [String], from brokers: [KafkaServer]) {
        answers = KafkaServer.ask(KafkaMetadataRequest(topics: topics), of: brokers)
        time = MonotonicClock.now()
    }

    func own(_ server: KafkaServer) -> KafkaMetadata? { answers.first { $0.server === server }?.answer }

    /// The word of whoever knows of the latest leader: each new one has a higher epoch.
    func partition(_ topic: String, _ index: Int32) -> KafkaMetadata.Partition? {
        answers.compactMap { $0.answer.partition(topic, index) }.max { $0.leaderEpoch < $1.leaderEpoch }
    }

    /// What a broker leads by its own word, of the latest epoch that anyone knows of.
    func partitionsLed(by server: KafkaServer, of topic: String) -> [Int32] {
        (own(server)?.topic(topic)?.partitions ?? []).filter {
            $0.leader == server.id && $0.leaderEpoch == partition(topic, $0.index)?.leaderEpoch
        }.map(\.index)
    }
}
