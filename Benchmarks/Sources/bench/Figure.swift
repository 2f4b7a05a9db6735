import Glibc

/// One measured figure, printed as one JSON object on a line of its own.
struct Figure {
    var figure: String
    var value: Double
    var unit: String
    /// What was measured beside it in the same run, in the same unit; nil if there is nothing to hold it against.
    var peer: Double?

    func print() {
        let ratio = peer.map { Figure.number($0 == 0 ? 0 : value / $0) } ?? "null"
        let line =
            "{\"figure\": \"\(figure)\", \"value\": \(Figure.number(value)), \"unit\": \"\(unit)\", "
            + "\"peer\": \(peer.map(Figure.number) ?? "null"), \"ratio\": \(ratio)}\n"
        write(STDOUT_FILENO, line)
    }

    /// Three digits after the point for small numbers, none for large ones.
    private static func number(_ value: Double) -> String {
        if abs(value) >= 1000 { return String(Int64(value.rounded())) }
        return String((value * 1000).rounded() / 1000)
    }
}

/// Writes all of a text.
func write(_ descriptor: Int32, _ text: String) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
        let written = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        if written <= 0 { return }
        bytes = bytes.dropFirst(written)
    }
}

/// Seconds by the clock that only goes on.
func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// Seconds of processor time that this thread has used: not those of a thread that watches the memory meanwhile.
func processorTime() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}
