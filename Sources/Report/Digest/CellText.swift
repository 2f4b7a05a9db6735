import Checker

/// Sentences and rows on one cell and its trials.
enum CellText {
    /// What the valid trials say of losses, and with what certainty.
    static func sentence(of digest: CellDigest) -> String {
        let name = digest.circumstance.map { "Set apart, \($0): " } ?? ""
        guard let lost = digest.lost else {
            switch digest.answer {
            case .apart: return "Each trial was in a circumstance that the gates except."
            case .skipped: return "Not run: " + reasons(digest.skipped) + "."
            case .failed: return "The harness failed: " + reasons(digest.failed) + "."
            case .absent: return "No trial was run."
            default: return "No valid trial: " + reasons(digest.invalid) + "."
            }
        }
        let count = digest.valid.count
        let trials = Format.plural(count, "trial")
        if lost.part == 0 {
            let events = "\(Format.count(lost.whole)) \(digest.cell.acknowledged ?? "acknowledged") events"
            let first =
                count == 1
                ? "None of \(events) was lost in one trial" : "None of up to \(events) was lost in any of \(trials)"
            return
                "\(name)\(first). At 95 % confidence, at most \(Remarks.bound(clean: count)) of such trials lose any."
        }
        var text = name
        text += count == 1 ? "Lost " : "\(Format.count(lost.trialsWith)) of \(trials) lost events; the worst lost "
        text +=
            "\(Format.count(lost.part)) of \(Format.count(lost.whole)) \(digest.cell.acknowledged ?? "acknowledged") events"
        text += " (\(Format.share(lost.part, of: lost.whole)))"
        if let window = digest.window, window.highest > 0 {
            text += ", acknowledged over up to \(Format.window(window.highest))"
        }
        if count > 1 {
            let interval = WilsonInterval(lost.trialsWith, of: count)
            text +=
                "; at 95 % confidence \(percent(interval.lower)) to \(percent(interval.upper)) of such trials lose any"
        }
        return text + "." + shape(of: digest)
    }

    private static func percent(_ share: Double) -> String { Format.decimals(share * 100, 0) + " %" }

    private static func shape(of digest: CellDigest) -> String {
        let worst = digest.valid.compactMap(\.verdict).max { $0.log.lost < $1.log.lost }
        guard let worst else { return "" }
        var text = ""
        if worst.loss.tailAgents + worst.loss.holeAgents > 0 {
            text += " \(Format.count(worst.loss.tailAgents)) agents lost their tail, "
            text += "\(Format.count(worst.loss.holeAgents)) have holes."
        }
        if worst.agents.damaged > 0 {
            text +=
                " \(Format.count(worst.agents.damaged)) of \(Format.count(worst.agents.total)) agents would be restored wrong."
        }
        return text
    }

    private static func reasons(_ trials: [Summary.Trial]) -> String {
        var seen: [String] = []
        for reason in trials.map(Remarks.reason(of:)) where !seen.contains(reason) { seen.append(reason) }
        return seen.joined(separator: "; ")
    }

    /// What else there is to say, a sentence each.
    static func others(of digest: CellDigest) -> [String] {
        var texts: [String] = []
        if !digest.otherWrong.isEmpty {
            let list = digest.otherWrong.map { "\($0.name) \(Format.count($0.count))" }
            texts.append("Also wrong, in the worst trial: \(list.joined(separator: ", ")).")
        }
        let refused = digest.valid.reduce(0) { $0 + $1.refusedStarts }
        if refused > 0 {
            texts.append("The server refused to start \(refused == 1 ? "once" : "\(refused) times") and was repaired.")
        }
        if let restoration = digest.valid.compactMap(\.restoration).first { texts.append(restored(restoration)) }
        if digest.saturated > 0 {
            texts.append(
                "Saturated in \(Format.count(digest.saturated)) of \(Format.plural(digest.valid.count, "trial")): "
                    + "the broker took less than 95 % of the load, so these latencies compare with nothing.")
        }
        return texts
    }

    private static func restored(_ restoration: Summary.Trial.Restoration) -> String {
        func reading(_ reading: Summary.Trial.Restoration.Reading) -> String {
            "\(Format.time(reading.nanoseconds)) for \(Format.count(Int(reading.events))) events of its own among "
                + "\(Format.count(Int(reading.entries)))"
        }
        var text = "Agent \(restoration.agent) was restored from the beginning in \(reading(restoration.fromStart))"
        if let rest = restoration.fromSnapshot { text += ", from its last completed task in \(reading(rest))" }
        return text + (restoration.isSame ? "." : "; the two states differ.")
    }

    /// From what was lost to how many events were tried a second, as in the trials' table.
    static func figures(of verdict: Verdict, _ trial: Summary.Trial, _ cell: Summary.Cell) -> [String] {
        let log = verdict.log
        let mark = trial.rate.saturated ? "*" : ""
        let ack = verdict.waitedLatency
        let recovery = FigureRows.worstRecovery(verdict.waitedAvailability)
        return [
            Format.count(log.lost), CellDigest.share(log.lost, of: verdict.events.acked, in: cell),
            Format.window(verdict.loss.windowNanoseconds),
            Format.count(log.duplicated.retried + log.duplicated.unexplained),
            Format.count(log.reordered.retried + log.reordered.unexplained),
            recovery.map { Format.value($0, .nanoseconds) } ?? Format.nothing,
            Format.time(verdict.waitedAvailability.longestGapNanoseconds),
        ] + [ack.p50, ack.p99, ack.p999, ack.max].map { ack.count == 0 ? Format.nothing : Format.time($0) + mark }
            + [(trial.rate.achieved.map(Format.rate) ?? Format.nothing) + mark]
    }

    /// A moment of a trial: `4.012 s`.
    static func seconds(_ t: Int64) -> String { Format.decimals(Double(t) / 1e9, 3) + " s" }

    static func rerun(_ cell: Summary.Cell, of summary: Summary) -> String {
        let file = summary.suiteFile.isEmpty ? "SUITE.yml" : summary.suiteFile
        return
            "holdfast run \(Shell.quoted(file)) --only \(Shell.quoted("\(cell.configuration)/\(cell.fault)")) --seed \(summary.seed)"
    }

    /// Of a shard: tried, acknowledged, lost, the longest gap, and its latency.
    static func figures(of shard: Verdict.Shard) -> [String] {
        let times = [shard.ack.p50, shard.ack.p99, shard.ack.max].map {
            shard.ack.count == 0 ? Format.nothing : Format.time($0)
        }
        return [Format.count(shard.attempted), Format.count(shard.acked), Format.count(shard.lost)]
            + [Format.time(shard.longestGapNanoseconds)] + times
    }
}
