import CRDKafka

/// What a publisher knows of an attempt in the engine's table.
struct KafkaSlot: BitwiseCopyable {
    /// Counts the attempts of this slot: a report that comes after its attempt was given up is none of the next one's.
    private var generation: UInt32 = 0
    var isTaken = false
    /// The library has it, or had it.
    var isHandedOver = false
    private(set) var partition: Int32 = 0
    private(set) var deadline: Int64 = .max
    /// `KafkaSurroundings.mark` when it was handed over.
    var mark: UInt64 = 0
    /// Of the partition's leader, when it was prepared.
    private(set) var epoch: Int32?
    /// What the library said of it, where that is not all that must be known.
    var report: (error: rd_kafka_resp_err_t, status: rd_kafka_msg_status_t) = (
        RD_KAFKA_RESP_ERR_NO_ERROR, RD_KAFKA_MSG_STATUS_NOT_PERSISTED
    )

    init() {}

    mutating func take(partition: Int32, deadline: Int64, epoch: Int32?) {
        precondition(!isTaken, "a slot is taken twice")
        generation &+= 1
        (isTaken, isHandedOver) = (true, false)
        (self.partition, self.deadline, self.epoch) = (partition, deadline, epoch)
    }

    /// What the library gives back with its report; never nothing.
    func tag(_ slot: Int32) -> UInt { UInt(generation) << 32 | UInt(slot) + 1 }
}

/// An attempt that is not handed over yet; its value stands in a queue of its own.
struct KafkaWaiting {
    var slot: Int32
    var length: Int
    var deadline: Int64
    /// 0: none.
    var transaction: Int64
}
