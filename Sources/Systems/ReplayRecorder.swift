import History
import Workload

/// Writes down what a replay finds.
struct ReplayRecorder {
    private let run: String
    private let ownRun: UInt64
    /// By the number that values carry.
    private var runNames: [UInt64: UInt32] = [:]

    init(run: String) {
        self.run = run
        ownRun = EventCodec.runNumber(run)
    }

    /// - Parameter event: nil for an entry that cannot be read as one.
    mutating func record(
        _ event: DecodedEvent?, pass: Int64, stream: UInt32, position: Position, into writer: inout ShardWriter
    ) {
        guard let event else {
            let unreadable = Record.Flags.noAgent | Record.Flags.noSeq | Record.Flags.noCRC | Record.Flags.noRun
            writer.append(
                .replay(
                    pass: pass, stream: stream, position: position, run: 0, agent: 0, seq: 0, crc: 0,
                    flags: unreadable))
            return
        }
        writer.append(
            .replay(
                pass: pass, stream: stream, position: position, run: runName(event.run, &writer),
                agent: event.agent, seq: event.seq, crc: event.crc))
    }

    /// Values carry a number for their run's name; of other runs nothing but that is known.
    private mutating func runName(_ number: UInt64, _ writer: inout ShardWriter) -> UInt32 {
        if let known = runNames[number] { return known }
        let name = writer.name(number == ownRun ? run : "run-" + String(number, radix: 16))
        runNames[number] = name
        return name
    }
}
