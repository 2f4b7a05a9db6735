/// What a trial tells a producer while it runs: one a line on its standard input.
public enum ProducerCommand: Equatable, Sendable {
    /// Stop offering load at this time, in nanoseconds from the trial's start, and end when all is answered.
    case until(Int64)
    /// The system is found there from now on (`address:port`, in order of preference).
    case addresses([String])
    /// Stop offering load now.
    case stop

    public var line: String {
        switch self {
        case .until(let time): "until \(time)"
        case .addresses(let addresses): "addresses \(addresses.joined(separator: ","))"
        case .stop: "stop"
        }
    }

    /// Nil for a line that is no command.
    public init?(line: String) {
        let words = line.split(separator: " ")
        switch (words.first, words.count) {
        case ("until", 2):
            guard let time = Int64(words[1]) else { return nil }
            self = .until(time)
        case ("addresses", 2):
            self = .addresses(words[1].split(separator: ",").map(String.init))
        case ("stop", 1):
            self = .stop
        default:
            return nil
        }
    }
}
