import Labs

/// Workers that a wait left stopped, so that what was seen of them still holds when the next step strikes.
struct HeldWorkers {
    private var workers: [any Worker] = []

    /// The first of these at which the event has come, stopped; nil if there is none at this moment.
    mutating func take(
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
