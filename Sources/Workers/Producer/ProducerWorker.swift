/// The life of a producer process, from its orders to its exit code.
public enum ProducerWorker {
    /// Plays the orders with this publisher. 0 when all went well, 4 when the producer gave up; it has then said why.
    ///
    /// - Parameters:
    ///   - input: where commands come from.
    ///   - output: where status lines go.
    public static func run(
        _ orders: ProducerOrders, publisher: some Publisher, input: Int32 = 0, output: Int32 = 1
    ) -> Int32 {
        WorkerRun.play(orders.worker) { () throws(WorkerError) in
            try ProducerLoop(orders, publisher: publisher, input: input, output: output)
        }
    }
}
