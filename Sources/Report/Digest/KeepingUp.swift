import Checker

/// Up to which rate every group keeps up, of configurations that differ in nothing but their rate.
///
/// A trial without a fault keeps up if the broker took the load, every event that the log has reached every group, and
/// each had all of them within a second of the last acknowledgement.
struct KeepingUp {
    private static let limit: Int64 = 1_000_000_000

    private struct Rung {
        var name: String
        var rate: Double
        var groups: Int
        var keepsUp: Bool
    }

    /// A sentence for each such set of configurations.
    static func sentences(of digest: RunDigest) -> [String] {
        var sets: [(key: String, rungs: [Rung])] = []
        for row in digest.configurations {
            guard let configuration = row.configuration, let rung = rung(row) else { continue }
            let settings = configuration.settings.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            let key = ([configuration.system, configuration.ack, configuration.retries] + settings).joined(
                separator: "\n")
            if let index = sets.firstIndex(where: { $0.key == key }) {
                sets[index].rungs.append(rung)
            } else {
                sets.append((key, [rung]))
            }
        }
        return sets.filter { Set($0.rungs.map(\.rate)).count > 1 }.map { sentence($0.rungs) }
    }

    private static func rung(_ row: RunDigest.Row) -> Rung? {
        let trials = row.cells(under: "none").flatMap(\.valid)
        guard let rate = trials.first?.rate.target, let groups = trials.first?.verdict?.groups.count, groups > 0 else {
            return nil
        }
        return Rung(name: row.name, rate: rate, groups: groups, keepsUp: trials.allSatisfy(keepsUp))
    }

    private static func keepsUp(_ trial: Summary.Trial) -> Bool {
        guard let verdict = trial.verdict, !trial.rate.saturated else { return false }
        return verdict.groups.values.allSatisfy { group in
            group.undelivered.skipped + group.undelivered.behind == 0
                && group.catchUpNanoseconds.map { $0 <= limit } ?? false
        }
    }

    private static func sentence(_ rungs: [Rung]) -> String {
        let sorted = rungs.sorted { $0.rate < $1.rate }
        let good = sorted.prefix { $0.keepsUp }
        let next = sorted.dropFirst(good.count).first
        guard let best = good.last else {
            return "Not even at \(Format.rate(sorted[0].rate))/s (\(sorted[0].name)) does every group keep up."
        }
        let text =
            "The highest rate at which \(best.groups == 1 ? "the group keeps" : "all \(best.groups) groups keep") up is "
            + "\(Format.rate(best.rate))/s (\(best.name))"
        return text + (next.map { "; at \(Format.rate($0.rate))/s (\($0.name)) not all do." } ?? ", the highest tried.")
    }
}
