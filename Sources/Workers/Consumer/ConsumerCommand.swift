/// What a trial tells a consumer process while it runs: one a line on its standard input.
public enum ConsumerCommand: Equatable, Sendable {
    /// The trial's start by CLOCK_MONOTONIC: all times count from it.
    case begin(epoch: Int64)
    /// The system is found there from now on (`address:port`, in order of preference).
    case addresses([String])
    /// Read nothing more, finish what is in hand, leave the group and end.
    case stop

    public var line: String {
        switch self {
        case .begin(let epoch): "begin \(epoch)"
        case .addresses(let addresses): "addresses \(addresses.joined(separator: ","))"
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
        case ("stop", 1): self = .stop
        default: return nil
        }
    }
}
