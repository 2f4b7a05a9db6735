/// A trial's `control.jsonl`: what the orchestrator has to say, each line in the kernel's hands when the call returns.
///
/// Times are nanoseconds from the trial's start. A log belongs to one thread. After an error the rest of the line is
/// kept, and the next call writes it first.
public final class ControlLog {
    private var file: AppendFile
    private var text = TextBuffer(capacity: 1 << 12)

    /// Makes the file, which must not be there yet, and writes the header.
    public init(path: String, header: History.Header) throws(ShardError) {
        file = try AppendFile(path: path, capacity: 1 << 12)
        text.line(header: header)
        try write()
    }

    /// One phase of a fault. Healing is the `end` of what it heals.
    public func fault(_ fault: History.FaultRecord) throws(ShardError) {
        text.line(fault: fault)
        try write()
    }

    /// What is said of a consumer group, once.
    public func group(_ group: History.Group) throws(ShardError) {
        text.line(group: group)
        try write()
    }

    /// What the system itself says of a group's place in a stream when all is over.
    public func groupEnd(_ end: History.GroupEnd, form: Position.Form) throws(ShardError) {
        text.line(groupEnd: end, form: form)
        try write()
    }

    /// The harness lost records, or kept no schedule: the trial is invalid.
    public func gap(t: Int64, worker: String, reason: String) throws(ShardError) {
        text.line(gapAt: t, worker: worker, reason: reason)
        try write()
    }

    /// The history is whole. Nothing is written after it.
    public func end(t: Int64) throws(ShardError) {
        text.line(endAt: t)
        try write()
        try file.close()
    }

    private func write() throws(ShardError) {
        file.append(text.bytes)
        text.clear()
        try file.flush()
    }
}
