import CRDKafka

/// Where a consumer's commits stand: one is under way at a time, and the next carries what came meanwhile.
struct KafkaCommit {
    /// Counts them, from 1.
    fileprivate(set) var number = 0
    /// Shares of the one under way, by number, and the offset for each.
    fileprivate(set) var parts: [(share: Int, before: Int64)] = []
    /// The next is not begun earlier.
    var after: Int64 = .min

    /// The broker could not take the last one, and may take the next.
    var isRefused = false

    var isUnderWay: Bool { !parts.isEmpty }

    /// What the commit under way has of a share.
    func offset(of share: KafkaShare, among shares: [KafkaShare]) -> Int64? {
        parts.first { shares[$0.share] === share }?.before
    }

    mutating func end() -> [(share: Int, before: Int64)] {
        defer { parts = [] }
        return parts
    }

    /// What the broker says now and may not say in a moment: its coordinator moves, loads or does not answer, or the
    /// group is about to go on.
    static func isPassing(_ error: rd_kafka_resp_err_t) -> Bool {
        switch error {
        case RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS, RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE,
            RD_KAFKA_RESP_ERR_NOT_COORDINATOR, RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT,
            RD_KAFKA_RESP_ERR_NETWORK_EXCEPTION, RD_KAFKA_RESP_ERR__TIMED_OUT, RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE,
            RD_KAFKA_RESP_ERR__TRANSPORT, RD_KAFKA_RESP_ERR__WAIT_COORD, RD_KAFKA_RESP_ERR__IN_PROGRESS,
            RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS:
            true
        default: false
        }
    }
}

extension KafkaMember {
    /// Something can be committed.
    var hasCommittable: Bool { current.contains { $0 >= 0 && shares[Int($0)].committable != nil } }

    /// Asks the broker to note how far it is, if there is something to note and nothing under way.
    func beginCommit(now: Int64) {
        guard !commit.isUnderWay else { return }
        for number in current where number >= 0 {
            if let before = shares[Int(number)].committable { commit.parts.append((Int(number), before)) }
        }
        guard commit.isUnderWay else { return }
        let list = rd_kafka_topic_partition_list_new(Int32(commit.parts.count))
        defer { rd_kafka_topic_partition_list_destroy(list) }
        for part in commit.parts {
            let place = rd_kafka_topic_partition_list_add(list, settings.topic, shares[part.share].partition)
            place?.pointee.offset = part.before
        }
        commit.number += 1
        commit.after = now + SystemLimits.kafkaCommitEvery
        let error = rd_kafka_commit_queue(
            instance.handle, list, background, nil, UnsafeMutableRawPointer(bitPattern: commit.number))
        if error != RD_KAFKA_RESP_ERR_NO_ERROR {
            // It is not under way: as if the broker had said so.
            news.add(
                .commit(
                    commit.number,
                    commit.parts.map {
                        KafkaNews.Part(partition: shares[$0.share].partition, offset: $0.before, error: error)
                    }))
        }
    }
}
