import Labs

/// Workers that a wait left stopped, so that what was seen of them still holds when the next step strikes.
struct HeldWorkers {
    private var workers: [any Worker] = []

    /// Waits until a worker of those that are meant at the moment is as the event says, and leaves it stopped.
    mutating func wait(
        _ event: any BuiltWorkerWait, upTo limit: Duration, of meant: () throws(FaultError) -> [any Worker],
        in scene: any Scene
    ) throws(FaultError) -> any Worker {
        var found: (any Worker)?
        var failure: FaultError?
        _ = try scene.wait(upTo: Double(limit.nanoseconds) / 1e9) {
            do throws(FaultError) {
                found = try take(event, of: try meant(), in: scene)
            } catch {
                failure = error
            }
            return found != nil || failure != nil
        }
        if let failure { throw failure }
        guard let found else { throw FaultError(.deadline, "wait \(type(of: event).name): not within \(limit)") }
        return found
    }

    /// The first of these at which the event has come, stopped; nil if there is none at this moment.
    private mutating func take(
        _ event: any BuiltWorkerWait, of candidates: [any Worker], in scene: any Scene
    ) throws(FaultError) -> (any Worker)? {
        for worker in candidates where event.hasCome(at: worker, in: scene) {
            guard case .running = worker.state else { continue }
            try scene.doing("hold", worker) { () throws(LabError) in try worker.pause() }
            if event.hasCome(at: worker, in: scene) {
                workers.append(worker)
                return worker
            }
            try scene.doing("let go", worker) { () throws(LabError) in try worker.resume() }
        }
        return nil
    }

    /// Lets those go on that nothing else has stopped or ended meanwhile.
    mutating func release(in scene: any Scene) {
        for worker in workers {
            let isPaused = scene.ledger.open.contains { $0.action == Pause.name && $0.node == worker.name }
            guard !isPaused, case .stopped = worker.state else { continue }
            // One that cannot go on has ended: whoever looks after workers says so.
            try? worker.resume()
        }
        workers = []
    }
}
