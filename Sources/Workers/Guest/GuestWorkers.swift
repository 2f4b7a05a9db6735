public import History
public import Workload

/// The life of a process that is the scribe of a client under audit, from its orders to its exit code.
public enum GuestWorkers {
    /// Plays a producer's orders with the command that they name. 0 when all went well, 4 when the guest did not do as
    /// it should; a guest that a fault ended takes this process with it.
    ///
    /// - Parameter form: how positions of the broker's streams are written.
    public static func produce(
        _ orders: ProducerOrders, form: Position.Form, input: Int32 = 0, output: Int32 = 1
    ) throws(WorkerError) -> Int32 {
        guard let guest = orders.guest else { throw WorkerError("guest: there is no command") }
        return GuestRun.play(orders.worker, guest, input: input, output: output) { () throws(WorkerError) in
            try GuestProducer(orders, form: form)
        }
    }

    /// Plays a consumer's orders with the command that they name. 0 when all went well, SIGTERM included, which ends one
    /// in good order; 4 when the guest did not do as it should; one that a fault killed takes this process with it.
    ///
    /// - Parameter form: how positions of the broker's streams are written.
    public static func consume(
        _ orders: ConsumerOrders, form: Position.Form, input: Int32 = 0, output: Int32 = 1
    ) throws(WorkerError) -> Int32 {
        guard let guest = orders.guest else { throw WorkerError("guest: there is no command") }
        return GuestRun.play(orders.worker, guest, input: input, output: output) { () throws(WorkerError) in
            try GuestConsumer(orders, form: form)
        }
    }

    /// Keeps the command that is a bridge in this process's stead. 0 when it ended as it was told to, 4 when not; one
    /// that a fault killed takes this process with it.
    public static func bridge(
        _ orders: BridgeOrders, _ guest: GuestSettings, input: Int32 = 0, output: Int32 = 1
    ) -> Int32 {
        WorkerRun.play(orders.worker) { () throws(WorkerError) in
            try GuestBridge(orders, guest, input: input, output: output)
        }
    }
}
