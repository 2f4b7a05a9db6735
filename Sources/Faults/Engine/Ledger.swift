public import History

/// Every action of a trial, from its begin to its end, and how each that is still open is undone.
///
/// An action must be proven: `effect` is recorded only by who saw it. One that began and never took effect makes the
/// trial invalid (the checker says so), and one that is open at the end of the trial is healed then.
public final class FaultLedger {
    /// An action whose effect lasts: a process that is gone, a link that is cut.
    public struct Open {
        public let id: Int64
        public let action: String
        public let node: String
        /// Undoes it and returns what proves that.
        public let heal: (any Scene) throws(FaultError) -> String
    }

    private let record: (History.FaultRecord) -> Void
    private let now: () -> Int64
    private var last: Int64 = 0
    private var names: [Int64: (action: String, node: String?)] = [:]
    public private(set) var open: [Open] = []
    /// What was begun, for the progress line and for telling whether the first fault has struck.
    public private(set) var begun = 0
    /// The name of the node that led when something was last broken.
    public var leaderBefore: String?

    public init(now: @escaping () -> Int64, record: @escaping (History.FaultRecord) -> Void) {
        (self.now, self.record) = (now, record)
    }

    /// Called before anything is done; returns the action's number.
    public func begin(_ action: String, node: String?, detail: String? = nil) -> Int64 {
        last += 1
        begun += 1
        names[last] = (action, node)
        write(last, .begin, detail)
        return last
    }

    /// Called when the effect was seen, with what proves it.
    public func effect(_ id: Int64, _ detail: String) { write(id, .effect, detail) }

    public func end(_ id: Int64, _ detail: String? = nil) {
        open.removeAll { $0.id == id }
        write(id, .end, detail)
    }

    /// Remembers how the effect of `id` is undone, until `end` is called for it.
    public func keepOpen(_ id: Int64, node: String, heal: @escaping (any Scene) throws(FaultError) -> String) {
        guard let name = names[id] else { preconditionFailure("action \(id) never began") }
        open.append(Open(id: id, action: name.action, node: node, heal: heal))
    }

    /// Ends every open action of these kinds on a node: what a restart does for a kill.
    public func endOpen(_ actions: Set<String>, node: String, detail: String) {
        for entry in open where entry.node == node && actions.contains(entry.action) { end(entry.id, detail) }
    }

    private func write(_ id: Int64, _ phase: History.FaultRecord.Phase, _ detail: String?) {
        guard let name = names[id] else { preconditionFailure("action \(id) never began") }
        record(
            History.FaultRecord(
                t: now(), id: id, action: name.action, node: name.node, phase: phase, detail: detail))
    }
}

/// What could not be done to a node, and why.
public struct FaultError: Error, Sendable, CustomStringConvertible {
    public enum Code: Sendable {
        /// It was tried and had no effect, or could not be undone.
        case failed
        /// Nobody is at this moment what a node word means.
        case absent
        /// A wait's deadline passed.
        case deadline
        /// The run is to end.
        case interrupted
    }

    public var code: Code
    public var message: String

    public init(_ code: Code, _ message: String) { (self.code, self.message) = (code, message) }

    public var description: String { message }
}
