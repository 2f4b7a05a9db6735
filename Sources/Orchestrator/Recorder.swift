import History
import Platform
import Report

/// The harness's own part of a trial's history: faults, gaps, its end.
///
/// A history that can't be written is worth nothing, so the first failure is kept and ends the trial; writing goes on
/// being tried, for whatever can still be saved.
final class Recorder {
    private let control: ControlLog
    /// The trial's start by CLOCK_MONOTONIC.
    let epoch: Int64
    private(set) var faults: [Summary.Trial.FaultMark] = []
    private(set) var failure: ShardError?

    init(path: String, header: History.Header) throws(ShardError) {
        epoch = MonotonicClock.now()
        control = try ControlLog(path: path, header: header)
    }

    /// Nanoseconds since the trial's start.
    var now: Int64 { MonotonicClock.now() - epoch }

    func fault(_ record: History.FaultRecord) {
        faults.append(
            Summary.Trial.FaultMark(
                t: record.t, id: record.id, action: record.action, node: record.node, phase: record.phase.rawValue,
                detail: record.detail))
        keep { () throws(ShardError) in try control.fault(record) }
    }

    /// From here on the history has a hole, or proves nothing: the trial is invalid, and says why for ever.
    func gap(worker: String, _ reason: String) {
        keep { () throws(ShardError) in try control.gap(t: now, worker: worker, reason: reason) }
    }

    func group(_ group: History.Group) {
        keep { () throws(ShardError) in try control.group(group) }
    }

    func groupEnd(_ end: History.GroupEnd, form: Position.Form) {
        keep { () throws(ShardError) in try control.groupEnd(end, form: form) }
    }

    func end() {
        keep { () throws(ShardError) in try control.end(t: now) }
    }

    private func keep(_ write: () throws(ShardError) -> Void) {
        do throws(ShardError) { try write() } catch { failure = failure ?? error }
    }
}
