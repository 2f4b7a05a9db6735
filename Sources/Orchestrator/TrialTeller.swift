import Platform
import Workers

/// What a trial says while it runs: its phases, glimpses of the load, the command lines that were run.
final class TrialTeller {
    private let progress: Progress
    private let commands: CommandQueue
    private var phase = ""
    /// Command lines that injected and healed faults.
    private(set) var faultCommands: [String] = []
    /// While it is set, command lines are those of the fault.
    var isFaultAtWork = false {
        willSet { tellCommands() }
    }

    init(progress: Progress, commands: CommandQueue) {
        (self.progress, self.commands) = (progress, commands)
    }

    func say(_ text: String) {
        phase = text
        progress.phase(text)
    }

    func warn(_ text: String) { progress.say("  " + text) }

    /// Hands the command lines that were run to the log, and keeps those of faults.
    func tellCommands() {
        for record in commands.take() {
            let took = record.nanoseconds.map { "\($0 / 1_000_000) ms, " } ?? ""
            progress.command("\(record.commandLine)  (\(took)\(record.outcome))")
            if isFaultAtWork { faultCommands.append(record.commandLine) }
        }
    }

    /// - Parameter elapsed: nanoseconds of load so far; nil before there is any.
    func glimpse(_ clock: Int64, _ load: ProducerStatus?, elapsed: Int64?) {
        progress.glimpse(now: clock, glimpse(load, elapsed: elapsed))
    }

    private func glimpse(_ load: ProducerStatus?, elapsed: Int64?) -> String {
        guard let load, let elapsed, elapsed > 100_000_000 else { return phase }
        let seconds = Double(elapsed) / 1e9
        return "\(phase)  \(Int(seconds)) s  \(Int(Double(load.attempted) / seconds))/s  acked \(load.acked)  "
            + "failed \(load.failed)  unknown \(load.unknown)"
    }
}
