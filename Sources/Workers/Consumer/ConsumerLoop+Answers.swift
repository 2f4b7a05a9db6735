import History
import Workload

/// What an executor does beside any other consumer: results go out, and what becomes of them decides about dispatches.
extension ConsumerLoop {
    /// What became of results: with one that its log confirmed the work on its dispatch is done.
    mutating func takeAnswered() {
        guard let answering, answering.hasMail else { return }
        let (t, now) = (clock(), steady())
        let givesUp = isStopping && now >= leavesBy
        while let answered = answering.take(now: now, givesUp: givesUp) {
            let completion = answered.completion
            history.outcome(
                completion.outcome, of: answered.event, number: answered.number, position: completion.position,
                reason: completion.reason == 0 ? "" : answering.forwarder.reason(completion.reason), t: t)
            if completion.outcome == .acked {
                finish(answered.delivery, t)
                done.append(answered.delivery)
            } else if givesUp {
                hands.giveBack(answered.delivery)
            }
        }
    }

    /// Makes results ready that are due; the tries are in the history before anything leaves.
    mutating func prepareAnswers() {
        guard let answering else { return }
        let (t, now) = (clock(), steady())
        while let event = answering.next(now: now) {
            history.attempt(event, number: nextTry, t: t)
            answering.prepare(number: nextTry, now: now)
            nextTry += 1
        }
    }
}
