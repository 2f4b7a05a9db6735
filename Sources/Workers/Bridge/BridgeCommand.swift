/// What a trial tells a bridge process while it runs: one a line on its standard input.
public enum BridgeCommand: Equatable, Sendable {
    /// The trial's start by CLOCK_MONOTONIC: all times count from it.
    case begin(epoch: Int64)
    /// The hot log is found there from now on (`address:port`, in order of preference).
    case addresses([String])
    /// Stand still with the next batch once it has come so far, for somebody to strike. Holds for a moment only: who
    /// wants more says it again.
    case halt(BridgeStage)
    /// Read nothing more, finish what is in hand, leave the group and end.
    case stop

    public var line: String {
        switch self {
        case .begin(let epoch): "begin \(epoch)"
        case .addresses(let addresses): "addresses \(addresses.joined(separator: ","))"
        case .halt(let stage): "halt \(stage.rawValue)"
        case .stop: "stop"
        }
    }

    /// Nil for a line that is no command.
    public init?(line: String) {
        let words = line.split(separator: " ")
        switch (words.first, words.count) {
        case ("begin", 2):
            guard let epoch = Int64(words[1]) else { return nil }
            self = .begin(epoch: epoch)
        case ("addresses", 2): self = .addresses(words[1].split(separator: ",").map(String.init))
        case ("halt", 2):
            guard let stage = BridgeStage(rawValue: String(words[1])) else { return nil }
            self = .halt(stage)
        case ("stop", 1): self = .stop
        default: return nil
        }
    }
}
