public import History

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
}
