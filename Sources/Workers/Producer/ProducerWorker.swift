import Foundation
import Platform

/// The life of a producer process, from its orders to its exit code.
public enum ProducerWorker {
    /// Reads and checks the orders.
    public static func orders(at path: String) throws(ProducerError) -> ProducerOrders {
        let orders: ProducerOrders
        do {
            orders = try JSONDecoder().decode(ProducerOrders.self, from: Data(contentsOf: URL(filePath: path)))
        } catch {
            throw ProducerError("\(path): not the orders of a producer: \(error)")
        }
        if let problem = orders.problem { throw ProducerError("\(path): \(problem)") }
        return orders
    }

    /// Plays the orders with this publisher. 0 when all went well, 4 when the producer gave up; it has then said why.
    ///
    /// - Parameters:
    ///   - input: where commands come from.
    ///   - output: where status lines go.
    public static func run(
        _ orders: ProducerOrders, publisher: some Publisher, input: Int32 = 0, output: Int32 = 1
    ) -> Int32 {
        MonotonicClock.makeWaitsExact()
        do throws(ProducerError) {
            var loop = try ProducerLoop(orders, publisher: publisher, input: input, output: output)
            do throws(ProducerError) {
                try loop.run()
            } catch {
                loop.tellFailure(error)
                throw error
            }
            return 0
        } catch {
            Diagnostics.write("\(orders.worker): \(error)")
            return 4
        }
    }
}
