import History

/// What an entry or a delivery carries, as far as it tells contents apart.
struct Content: Hashable {
    var agent: Int64
    var seq: Int64
    var crc: UInt32
    /// The number of the run's name.
    var run: UInt32
    /// Which of these are null, as in `Record.Flags`.
    var nulls: UInt8

    var isUnreadable: Bool { nulls & Record.Flags.noAgent != 0 }
}

/// Tells what a record carries, in the light of the events there are.
struct ContentReader {
    private static let nulls = Record.Flags.noAgent | Record.Flags.noSeq | Record.Flags.noCRC | Record.Flags.noRun

    let run: UInt32
    let events: Events

    /// The slot of the event that a record holds whole: of this run, attempted, and with the attempt's checksum; or -1.
    @inline(__always) func whole(_ record: UnsafePointer<Record>, _ view: View) -> Int {
        whole(record, view, agent: events.index.agent(record.pointee.agent))
    }

    /// - Parameter agent: the place of the record's agent, or -1.
    @inline(__always) private func whole(_ record: UnsafePointer<Record>, _ view: View, agent: Int) -> Int {
        guard record.pointee.word & ContentReader.nulls == 0, UInt32(view.name(record.pointee.second)) == run
        else { return -1 }
        let slot = events.find(place: agent, seq: record.pointee.seq)
        return slot >= 0 && events.crcs.base[slot] == record.pointee.crc ? slot : -1
    }

    /// As `whole`, of a delivery: without a run it is of this one.
    @inline(__always)
    func wholeDelivery(_ record: UnsafePointer<Record>, _ view: View, agent: Int) -> Int {
        let nulls = record.pointee.word & ContentReader.nulls
        if nulls == Record.Flags.noRun {
            let slot = events.find(place: agent, seq: record.pointee.seq)
            return slot >= 0 && events.crcs.base[slot] == record.pointee.crc ? slot : -1
        }
        return whole(record, view, agent: agent)
    }

    func content(_ record: UnsafePointer<Record>, _ view: View) -> Content {
        let record = record.pointee
        var nulls = record.word & ContentReader.nulls
        var run = UInt32(view.name(record.second))
        if nulls & Record.Flags.noAgent == 0 {
            // A readable delivery without a run is of this one.
            if record.rawType == RecordType.delivery.rawValue && nulls & Record.Flags.noRun != 0 {
                run = self.run
                nulls &= ~Record.Flags.noRun
            }
            nulls &= Record.Flags.noRun
        }
        return Content(
            agent: nulls & Record.Flags.noAgent != 0 ? 0 : record.agent,
            seq: nulls & Record.Flags.noSeq != 0 ? 0 : record.seq,
            crc: nulls & Record.Flags.noCRC != 0 ? 0 : record.crc, run: nulls & Record.Flags.noRun != 0 ? 0 : run,
            nulls: nulls)
    }

    /// The slot of the event that a content claims to be, whatever its checksum; or -1.
    func claimed(_ content: Content) -> Int {
        content.nulls == 0 && content.run == run ? events.find(agent: content.agent, seq: content.seq) : -1
    }

    func content(ofWhole slot: Int) -> Content {
        let (agent, seq) = events.index.event(slot)
        return Content(agent: agent, seq: seq, crc: events.crcs[slot], run: run, nulls: 0)
    }
}
