/// What a trial tells a producer while it runs: one a line on its standard input.
public enum ProducerCommand: Equatable, Sendable {
    /// Stop offering load at this time, in nanoseconds from the trial's start, and end when all is answered.
    case until(Int64)
    /// The system is found there from now on (`address:port`, in order of preference).
    case addresses([String])
    /// Stop offering load now.
    case stop
    /// A fault held this process up in that time: what was late only by it is no fault of the generator's.
    case excused(from: Int64, until: Int64)

    public var line: String {
        switch self {
        case .until(let time): "until \(time)"
        case .addresses(let addresses): "addresses \(addresses.joined(separator: ","))"
        case .stop: "stop"
        case .excused(let from, let until): "excused \(from) \(until)"
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
        case ("excused", 3):
            guard let from = Int64(words[1]), let until = Int64(words[2]), from <= until else { return nil }
            self = .excused(from: from, until: until)
        default:
            return nil
        }
    }
}
