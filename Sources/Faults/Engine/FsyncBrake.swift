import Documents
import Labs

/// Fsyncs of one node's server that take longer than its disk does.
struct FsyncBrake {
    let id: Int64
    let node: any Node
    let delay: Duration

    /// Begins it; returns what the server had noted before.
    func pull(in scene: any Scene) throws(FaultError) -> Preload.Notes {
        let before = try notes(in: scene)
        guard case .running(let pid) = node.state else {
            throw FaultError(.failed, "slow-fsync \(node.name): \(describe(node.state)), and does no fsync")
        }
        guard before.pid == pid else {
            throw FaultError(
                .failed,
                "slow-fsync \(node.name): process \(pid) did not load \(Preload.library?.path ?? "the library"); a server "
                    + "that is linked statically, or whose program is a script, can't be slowed down")
        }
        try scene.doing("slow down the fsyncs of", node) { () throws(LabError) in try Preload.set(delay, on: node) }
        return before
    }

    /// Waits for an fsync of the server's own that took as long as it should.
    func prove(after before: Preload.Notes, in scene: any Scene) throws(FaultError) -> String {
        var now = before
        var failure: FaultError?
        let limit = Double(delay.nanoseconds) / 1e9 + FaultLimits.fsyncSeconds
        let came = try scene.wait(upTo: limit) {
            do throws(FaultError) { now = try notes(in: scene) } catch { failure = error }
            return failure != nil || !node.isUp
                || now.slowed > before.slowed && now.longest >= delay.nanoseconds
        }
        if let failure { throw failure }
        guard came, now.slowed > before.slowed, now.longest >= delay.nanoseconds else {
            let what = node.isUp ? "it did no fsync that could take \(delay.written)" : describe(node.state)
            throw FaultError(.failed, "slow-fsync \(node.name): \(what) within \(Int(limit)) s")
        }
        return "an fsync took \(Self.milliseconds(now.longest))"
    }

    /// Ends it, and waits for an fsync that nothing held up.
    func release(in scene: any Scene) throws(FaultError) -> String {
        try scene.doing("free the fsyncs of", node) { () throws(LabError) in try Preload.set(.zero, on: node) }
        guard node.isUp else { return "switched off; \(describe(node.state))" }
        var seen = try notes(in: scene)
        var failure: FaultError?
        let came = try scene.wait(upTo: FaultLimits.freeFsyncSeconds) {
            do throws(FaultError) {
                let now = try notes(in: scene)
                // Whatever was under way when it was switched off may still count as held up.
                if now.slowed == seen.slowed, now.done > seen.done {
                    seen = now
                    return true
                }
                if now.slowed != seen.slowed { seen = now }
            } catch {
                failure = error
            }
            return failure != nil
        }
        if let failure { throw failure }
        return came
            ? "switched off; an fsync took \(Self.milliseconds(seen.last))" : "switched off; no fsync has come since"
    }

    private func notes(in scene: any Scene) throws(FaultError) -> Preload.Notes {
        do { return try Preload.notes(of: node) } catch {
            throw FaultError(.failed, "slow-fsync \(node.name): \(error.message)")
        }
    }

    private static func milliseconds(_ nanoseconds: Int64) -> String {
        "\(Double(nanoseconds / 1000) / 1000) ms"
    }
}
