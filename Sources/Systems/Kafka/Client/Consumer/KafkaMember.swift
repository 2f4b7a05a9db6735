import CRDKafka
import Platform
import Workers
import Workload

/// One consumer: an instance of the library that is a member of a group, and what it was given to read.
final class KafkaMember {
    /// Partitions that the group has given to somebody else, or to nobody yet; given up once all that is in hand of them
    /// is done and committed.
    struct Revocation {
        /// Owns the list.
        var event: OpaquePointer
        var list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>
    }

    let name: String
    let settings: KafkaConsumerSettings
    let instance: KafkaInstance
    let news: KafkaNews
    /// What the broker sends, and what becomes of the group.
    private let queue: OpaquePointer
    private let main: OpaquePointer
    let background: OpaquePointer
    private var closing: OpaquePointer?
    private let wake: EventDescriptor
    private let streams: [Int32: Int32]

    /// Every share that it ever had.
    private(set) var shares: [KafkaShare] = []
    /// The number of the share that it has of each stream now; -1: none.
    private(set) var current: [Int32]
    var revocation: Revocation?
    private(set) var rebalances: Int64 = 0
    private(set) var lastPoll: Int64 = .min
    private var isPaused = false
    var commit = KafkaCommit()
    /// The generation in which it last gave something up by agreement; nil once the group has gone on from there.
    private var passing: Int32?

    init(_ settings: KafkaConsumerSettings, name: String, worker: String) throws(KafkaClientError) {
        (self.settings, self.name) = (settings, name)
        do throws(KernelFailure) {
            wake = try EventDescriptor()
            news = try KafkaNews()
        } catch {
            throw KafkaClientError("\(error)", remedy: "let this process open more descriptors")
        }
        let whose = name == worker ? name : "\(worker): \(name)"
        let surroundings = KafkaSurroundings(news: news) { Diagnostics.write("\(whose): \($0)") }
        let instance = try KafkaInstance(
            .consumer, properties: settings.properties(of: name),
            events: RD_KAFKA_EVENT_REBALANCE | RD_KAFKA_EVENT_OFFSET_COMMIT | RD_KAFKA_EVENT_ERROR,
            surroundings: surroundings)
        guard let queue = rd_kafka_queue_get_consumer(instance.handle),
            let main = rd_kafka_queue_get_main(instance.handle),
            let background = rd_kafka_queue_get_background(instance.handle)
        else { throw KafkaClientError("a consumer without queues", remedy: "give it a `group.id`") }
        (self.instance, self.queue, self.main, self.background) = (instance, queue, main, background)
        current = [Int32](repeating: -1, count: settings.partitions.count)
        var streams: [Int32: Int32] = [:]
        for (stream, partition) in settings.partitions.enumerated() { streams[partition] = Int32(stream) }
        self.streams = streams
        rd_kafka_queue_forward(main, background)
        listen(to: queue)
    }

    deinit {
        if let revocation { rd_kafka_event_destroy(revocation.event) }
        for queue in [queue, closing].compactMap(\.self) { rd_kafka_queue_io_event_enable(queue, -1, nil, 0) }
        for queue in [queue, main, background, closing].compactMap(\.self) { rd_kafka_queue_destroy(queue) }
    }

    private func listen(to queue: OpaquePointer) {
        // What the library writes when its queue is empty no longer; an event descriptor takes eight bytes.
        var one: UInt64 = 1
        rd_kafka_queue_io_event_enable(queue, wake.raw, &one, MemoryLayout<UInt64>.size)
        // It may not be empty any more, and then it is never heard of again.
        wake.signal()
    }

    /// Readable when there is something to read that was not there before.
    var descriptor: Int32 { wake.raw }
    func hush() { _ = wake.take() }

    /// Waits for the group's first word: it has its place, were it an empty one.
    var isPlaced: Bool { rebalances > 0 }

    func say(_ text: String) { Diagnostics.write("\(name): \(text)") }

    func subscribe() {
        let list = rd_kafka_topic_partition_list_new(1)
        defer { rd_kafka_topic_partition_list_destroy(list) }
        // Whatever partition: a subscription is to a topic.
        rd_kafka_topic_partition_list_add(list, settings.topic, RD_KAFKA_PARTITION_UA)
        let error = rd_kafka_subscribe(instance.handle, list)
        if error != RD_KAFKA_RESP_ERR_NO_ERROR { say("no subscription: \(KafkaLibrary.name(error))") }
    }

    func stream(of partition: Int32) -> Int32? { streams[partition] }

    /// Which share an entry of this stream belongs to that comes now.
    func share(of stream: Int32) -> Int32 { current[Int(stream)] }

    // MARK: Reading

    /// Takes what is there: up to so many messages, and what becomes of the group; nothing behind a revocation. This is
    /// what the library knows a consumer by that is not too slow.
    func read(_ room: Int, now: Int64, _ each: (rd_kafka_message_t) -> Void, _ lost: (KafkaShare) -> Void) {
        lastPoll = now
        var count = 0
        while count < room, revocation == nil, let event = rd_kafka_queue_poll(queue, 0) {
            if rd_kafka_event_type(event) == RD_KAFKA_EVENT_FETCH {
                while let message = rd_kafka_event_message_next(event) {
                    count += 1
                    each(message.pointee)
                }
                rd_kafka_event_destroy(event)
            } else {
                take(event, lost)
            }
        }
    }

    /// Reads nothing, and shows all the same that it is there: for one that has no room, and would go on if it had.
    func keepUp(now: Int64, _ each: (rd_kafka_message_t) -> Void, _ lost: (KafkaShare) -> Void) {
        guard now >= nextKeepUp else { return }
        if !isPaused { pause(true) }
        read(.max, now: now, each, lost)
    }

    var nextKeepUp: Int64 {
        lastPoll == .min ? .min : lastPoll + min(1_000_000_000, settings.group.pollTimeout / 3)
    }

    /// Goes on where it was.
    func goOn() { if isPaused { pause(false) } }

    /// What was read ahead is let go, and comes again.
    private func pause(_ pauses: Bool) {
        let list = rd_kafka_topic_partition_list_new(Int32(current.count))
        defer { rd_kafka_topic_partition_list_destroy(list) }
        for (stream, share) in current.enumerated() where share >= 0 {
            rd_kafka_topic_partition_list_add(list, settings.topic, settings.partitions[stream])
        }
        if pauses {
            rd_kafka_pause_partitions(instance.handle, list)
        } else {
            rd_kafka_resume_partitions(instance.handle, list)
        }
        isPaused = pauses
    }

    // MARK: The group

    /// Takes over an event that is no message.
    private func take(_ event: OpaquePointer, _ lost: (KafkaShare) -> Void) {
        guard rd_kafka_event_type(event) == RD_KAFKA_EVENT_REBALANCE,
            let list = rd_kafka_event_topic_partition_list(event)
        else {
            let error = rd_kafka_event_error(event)
            if error != RD_KAFKA_RESP_ERR_NO_ERROR {
                instance.surroundings.log(
                    "\(KafkaLibrary.name(error)): \(rd_kafka_event_error_string(event).map { String(cString: $0) } ?? "")"
                )
            }
            rd_kafka_event_destroy(event)
            return
        }
        switch rd_kafka_event_error(event) {
        case RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS:
            assign(list)
            rd_kafka_event_destroy(event)
        case RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS:
            let isLost = rd_kafka_assignment_lost(instance.handle) != 0
            say("\(isLost ? "lost" : "revoked"): \(names(list)), \(generation)")
            revocation = Revocation(event: event, list: list)
            if isLost || settings.group.ack == .auto { giveUp(lost) }
        default:
            say("no rebalance: \(KafkaLibrary.name(rd_kafka_event_error(event)))")
            rd_kafka_assign(instance.handle, nil)
            rd_kafka_event_destroy(event)
        }
    }

    private var isCooperative: Bool {
        rd_kafka_rebalance_protocol(instance.handle).map { String(cString: $0) } == "COOPERATIVE"
    }

    private func assign(_ list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>) {
        rebalances += 1
        isPaused = false
        if let old = passing, KafkaGeneration.of(instance) ?? -1 != old { passing = nil }
        for index in 0..<Int(list.pointee.cnt) {
            let partition = list.pointee.elems[index].partition
            guard let stream = streams[partition] else { continue }
            current[Int(stream)] = Int32(shares.count)
            shares.append(KafkaShare(stream: stream, partition: partition))
        }
        say("assigned: \(names(list)), \(generation)")
        if isCooperative {
            note(rd_kafka_incremental_assign(instance.handle, list))
        } else {
            note(rd_kafka_assign(instance.handle, list))
        }
    }

    /// The shares that are to be given up.
    var revoked: [KafkaShare] {
        guard let list = revocation?.list.pointee else { return [] }
        return (0..<Int(list.cnt)).compactMap { index in
            guard let stream = streams[list.elems[index].partition], current[Int(stream)] >= 0 else { return nil }
            return shares[Int(current[Int(stream)])]
        }
    }

    /// Gives up what was revoked, whatever is still in hand of it.
    func giveUp(_ lost: (KafkaShare) -> Void) {
        guard let revocation else { return }
        for share in revoked {
            current[Int(share.stream)] = -1
            lost(share)
        }
        isPaused = false
        if isCooperative {
            if !hasLost, closing == nil { passing = KafkaGeneration.of(instance) }
            note(rd_kafka_incremental_unassign(instance.handle, revocation.list))
        } else {
            note(rd_kafka_assign(instance.handle, nil))
        }
        rd_kafka_event_destroy(revocation.event)
        self.revocation = nil
    }

    /// It keeps some partitions and joins the group anew, as one does who has given up others: what it commits before the
    /// group has gone on is of a generation that is over, and the library takes the refusal for the loss of everything.
    var isPassing: Bool { passing != nil }

    /// It is somebody else's already.
    var hasLost: Bool { rd_kafka_assignment_lost(instance.handle) != 0 }

    private func note(_ error: OpaquePointer?) {
        guard let error else { return }
        say("\(String(cString: rd_kafka_error_string(error)))")
        rd_kafka_error_destroy(error)
    }

    private func note(_ error: rd_kafka_resp_err_t) {
        if error != RD_KAFKA_RESP_ERR_NO_ERROR { say("not assigned: \(KafkaLibrary.name(error))") }
    }

    private func names(_ list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>) -> String {
        let numbers = (0..<Int(list.pointee.cnt)).map { list.pointee.elems[$0].partition }.sorted()
        return numbers.isEmpty ? "nothing" : numbers.map { "\(settings.topic)-\($0)" }.joined(separator: " ")
    }

    private var generation: String { KafkaGeneration.of(instance).map { "generation \($0)" } ?? "no generation" }

    // MARK: Leaving

    var isClosing: Bool { closing != nil }
    var hasClosed = false

    /// Begins to leave the group.
    func close() {
        guard let closing = rd_kafka_queue_new(instance.handle) else { return }
        self.closing = closing
        listen(to: closing)
        note(rd_kafka_consumer_close_queue(instance.handle, closing))
    }

    /// Gives up what is asked for; true once it has left.
    func serveClose(_ lost: (KafkaShare) -> Void) -> Bool {
        giveUp(lost)
        while let event = closing.flatMap({ rd_kafka_queue_poll($0, 0) }) {
            take(event, lost)
            giveUp(lost)
        }
        return rd_kafka_consumer_closed(instance.handle) != 0
    }
}
