import CRDKafka
import Glibc
import Platform
import Synchronization

/// What the library can only do by a call that waits. One errand is under way at a time; it is run by a thread of its own,
/// and the loop is told by a descriptor when it is done.
///
/// (The calls could be made with a time-out of nothing and taken up again; the library's own documentation advises
/// against it, since they then lose track of what the broker did.)
final class KafkaErrands: Sendable {
    enum Errand: Sendable {
        /// Until the library knows leaders of all these partitions.
        case meet(topic: String, partitions: [Int32])
        /// Takes over the transactional identity; ends what an earlier owner left open.
        case initialise
        case commit
        case abort
    }

    /// Why an errand came to nothing.
    struct Failure: Error, Sendable {
        var code: rd_kafka_resp_err_t
        var text: String
        var isFatal = false
        /// It may be asked again, and goes on where it was.
        var isRetriable = false
        /// The transaction can still be aborted, and nothing else.
        var requiresAbort = false
    }

    private enum Work {
        case nothing
        case errand(Errand, KafkaInstance)
        case done(Failure?)
    }

    private struct State {
        var work = Work.nothing
        /// Instances whose end is waited for here.
        var retired: [KafkaInstance] = []
        var hasEnded = false
    }

    private let state = Mutex(State())
    /// For the thread.
    private let order: EventDescriptor
    /// For the loop.
    private let answer: EventDescriptor

    init() throws(KernelFailure) {
        order = try EventDescriptor()
        answer = try EventDescriptor()
        var thread = pthread_t()
        // The thread holds this object until it ends.
        let own = Unmanaged.passRetained(self)
        guard pthread_create(&thread, nil, kafkaErrandThread, own.toOpaque()) == 0 else {
            own.release()
            throw KernelFailure(EAGAIN, "starting a thread")
        }
        pthread_detach(thread)
    }

    /// Readable when an errand is done.
    var descriptor: Int32 { answer.raw }

    func begin(_ errand: Errand, _ instance: KafkaInstance) {
        state.withLock { state in
            guard case .nothing = state.work else { preconditionFailure("an errand is under way already") }
            state.work = .errand(errand, instance)
        }
        order.signal()
    }

    /// How the errand ended; nil if none has.
    func take() -> Result<Void, Failure>? {
        _ = answer.take()
        return state.withLock { state in
            guard case .done(let failure) = state.work else { return nil }
            state.work = .nothing
            return failure.map { .failure($0) } ?? .success(())
        }
    }

    /// Ends an instance beside everything else: that waits for the library's threads.
    func retire(_ instance: consuming KafkaInstance) {
        let retired = instance
        state.withLock { $0.retired.append(retired) }
        order.signal()
    }

    /// Nothing more is begun; what is under way ends by itself.
    func end() {
        state.withLock { $0.hasEnded = true }
        order.signal()
    }

    fileprivate func run() {
        while true {
            do throws(KernelFailure) { _ = try Sockets.waitReadable(order.raw, upTo: .seconds(3600)) } catch { return }
            _ = order.take()
            let (errand, retired, hasEnded) = state.withLock {
                state -> ((Errand, KafkaInstance)?, [KafkaInstance], Bool) in
                defer { state.retired = [] }
                guard case .errand(let errand, let instance) = state.work else {
                    return (nil, state.retired, state.hasEnded)
                }
                return ((errand, instance), state.retired, state.hasEnded)
            }
            withExtendedLifetime(retired) {}
            if hasEnded { return }
            guard let errand else { continue }
            let failure = perform(errand.0, errand.1.handle)
            state.withLock { $0.work = .done(failure) }
            answer.signal()
        }
    }

    private var hasEnded: Bool { state.withLock { $0.hasEnded } }

    private func perform(_ errand: Errand, _ client: OpaquePointer) -> Failure? {
        switch errand {
        case .meet(let topic, let partitions): return meet(client, topic, partitions)
        case .initialise: return Self.initialise(client) { hasEnded }
        // -1, the time that is left of the transaction, is what the library asks for.
        case .commit: return Self.failure(rd_kafka_commit_transaction(client, -1))
        case .abort: return Self.failure(rd_kafka_abort_transaction(client, -1))
        }
    }

    /// The same at once, for who has nothing else to do.
    static func initialise(_ instance: KafkaInstance) throws(Failure) {
        let deadline = MonotonicClock.now() + SystemLimits.kafkaTakeoverNanoseconds
        if let failure = initialise(instance.handle, until: { MonotonicClock.now() > deadline }) { throw failure }
    }

    private static func initialise(_ client: OpaquePointer, until isOver: () -> Bool) -> Failure? {
        while true {
            let error = rd_kafka_init_transactions(client, SystemLimits.kafkaErrandMilliseconds)
            guard let failure = failure(error) else { return nil }
            if isOver() || failure.isFatal || !failure.isRetriable { return failure }
        }
    }

    private func meet(_ client: OpaquePointer, _ name: String, _ partitions: [Int32]) -> Failure? {
        guard let topic = rd_kafka_topic_new(client, name, nil) else {
            return Failure(code: RD_KAFKA_RESP_ERR__INVALID_ARG, text: "there can be no topic `\(name)`")
        }
        defer { rd_kafka_topic_destroy(topic) }
        let wanted = Set(partitions)
        while !hasEnded {
            var metadata: UnsafePointer<rd_kafka_metadata_t>?
            let error = rd_kafka_metadata(client, 0, topic, &metadata, SystemLimits.kafkaMeetMilliseconds)
            if error == RD_KAFKA_RESP_ERR_NO_ERROR, let metadata {
                defer { rd_kafka_metadata_destroy(metadata) }
                if metadata.pointee.topic_cnt > 0, wanted.isSubset(of: Self.led(metadata.pointee.topics[0])) {
                    return nil
                }
            }
            MonotonicClock.sleep(until: MonotonicClock.now() + 20_000_000)
        }
        return Failure(code: RD_KAFKA_RESP_ERR__DESTROY, text: "the producer ends")
    }

    /// Partitions that have a leader.
    private static func led(_ topic: rd_kafka_metadata_topic) -> Set<Int32> {
        var found: Set<Int32> = []
        for index in 0..<Int(topic.partition_cnt) where topic.partitions[index].leader >= 0 {
            found.insert(topic.partitions[index].id)
        }
        return found
    }

    private static func failure(_ error: OpaquePointer?) -> Failure? {
        guard let error else { return nil }
        defer { rd_kafka_error_destroy(error) }
        return Failure(
            code: rd_kafka_error_code(error), text: String(cString: rd_kafka_error_string(error)),
            isFatal: rd_kafka_error_is_fatal(error) != 0, isRetriable: rd_kafka_error_is_retriable(error) != 0,
            requiresAbort: rd_kafka_error_txn_requires_abort(error) != 0)
    }
}

private func kafkaErrandThread(_ own: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let own else { return nil }
    Unmanaged<KafkaErrands>.fromOpaque(own).takeRetainedValue().run()
    return nil
}
