import Checker
import History

/// What agents wait for: where events go to two tiers first, the hot one. An acknowledgement of the other is of no use
/// to them, and says nothing of the hot one's being there.
extension Verdict {
    private static var hot: Name { Name("hot") }

    var waitedLatency: Percentiles { latency.logs?[Verdict.hot] ?? latency.ack }
    var waitedAvailability: Availability { availability.logs?[Verdict.hot] ?? availability }
}
