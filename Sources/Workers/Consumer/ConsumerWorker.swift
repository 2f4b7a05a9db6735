import Glibc
import Platform

/// The life of a consumer process, from its orders to its exit code.
public enum ConsumerWorker {
    /// Plays the orders with this subscriber. 0 when all went well, SIGTERM included, which ends a consumer in good
    /// order; 4 when it gave up: it has then said why.
    ///
    /// - Parameters:
    ///   - subscriber: made once signals are taken care of: its library may start threads.
    ///   - answers: likewise; what an executor answers by.
    ///   - input: where commands come from.
    ///   - output: where status lines go.
    public static func run<S: Subscriber>(
        _ orders: ConsumerOrders, subscriber: @autoclosure () throws(WorkerError) -> S,
        answers: @autoclosure () throws(WorkerError) -> (any Forwarder)? = nil, input: Int32 = 0, output: Int32 = 1
    ) -> Int32 {
        WorkerRun.play(orders.worker) { () throws(WorkerError) in
            let signals: SignalDescriptor
            do throws(KernelFailure) {
                signals = try SignalDescriptor([SIGTERM])
            } catch {
                throw WorkerError(error.description)
            }
            return try ConsumerLoop(
                orders, subscriber: try subscriber(), answers: try answers(), signals: signals, input: input,
                output: output)
        }
    }
}
