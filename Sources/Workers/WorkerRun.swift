import Platform

/// A loop that a worker process lives for.
protocol WorkerLoop: ~Copyable {
    /// Plays the orders to their end.
    mutating func run() throws(WorkerError)
    /// The last line of one that gives up.
    mutating func tellFailure(_ error: WorkerError)
}

/// The life of a worker process, from its orders to its exit code.
enum WorkerRun {
    /// 0 when all went well, 4 when the worker gave up: it has then said why, in its status and in its log.
    ///
    /// - Parameters:
    ///   - worker: its name, before its messages.
    ///   - make: makes the loop once waits are exact.
    static func play<Loop: WorkerLoop & ~Copyable>(
        _ worker: String, _ make: () throws(WorkerError) -> Loop
    ) -> Int32 {
        MonotonicClock.makeWaitsExact()
        do throws(WorkerError) {
            var loop = try make()
            do throws(WorkerError) {
                try loop.run()
            } catch {
                loop.tellFailure(error)
                throw error
            }
            return 0
        } catch {
            Diagnostics.write("\(worker): \(error)")
            return 4
        }
    }
}
