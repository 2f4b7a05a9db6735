import History

/// Latency and availability of each log that events went to first, where there are several such: who waits for one is
/// not helped by another's acknowledgements.
enum ByHome {
    static func run(_ evidence: Evidence, _ scratch: Scratch, _ verdict: inout Verdict) {
        let (events, attempts) = (evidence.events, evidence.attempts)
        var homes = Set((0..<attempts.eventCount).map { attempts.home($0) })
        let hasSimple = (0..<events.count).contains {
            events.flags.base[$0] & Events.Flags.attempted != 0 && !events.isComplex($0)
        }
        if hasSimple { homes.insert(0) }
        guard homes.count > 1 else { return }
        (verdict.latency.logs, verdict.availability.logs) = ([:], [:])
        for home in homes {
            guard let name = evidence.logs.logs[home].name else { continue }
            verdict.latency.logs?[name] = AckLatency.run(evidence, scratch, home: home)
            var availability = Availability(evidence, home: home)
            verdict.availability.logs?[name] = availability.run()
        }
    }
}
