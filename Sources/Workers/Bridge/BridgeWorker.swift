import Glibc
import Platform

/// The life of a bridge process, from its orders to its exit code.
public enum BridgeWorker {
    /// Plays the orders between these two. 0 when all went well, SIGTERM included, which ends a bridge in good order; 4
    /// when it gave up: it has then said why.
    ///
    /// - Parameters:
    ///   - subscriber: made once signals are taken care of: its library may start threads.
    ///   - forwarder: likewise.
    ///   - input: where commands come from.
    ///   - output: where status lines go.
    public static func run<S: Subscriber, F: Forwarder>(
        _ orders: BridgeOrders, subscriber: @autoclosure () throws(WorkerError) -> S,
        forwarder: @autoclosure () throws(WorkerError) -> F, input: Int32 = 0, output: Int32 = 1
    ) -> Int32 {
        WorkerRun.play(orders.worker) { () throws(WorkerError) in
            let signals: SignalDescriptor
            do throws(KernelFailure) {
                signals = try SignalDescriptor([SIGTERM])
            } catch {
                throw WorkerError(error.description)
            }
            return try BridgeLoop(
                orders, subscriber: try subscriber(), forwarder: try forwarder(), signals: signals, input: input,
                output: output)
        }
    }
}
