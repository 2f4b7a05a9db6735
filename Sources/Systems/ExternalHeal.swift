public import Access
public import Labs

/// Takes away what dead runs of this machine left in a cluster that is somebody else's: faults are undone, then streams,
/// topics and groups removed. What it is, is known from their journals alone: nothing is looked for in the cluster.
public enum ExternalHeal {
    public static func run(_ access: Access) -> Heal.Outcome {
        var outcome = Heal.Outcome()
        for journal in Journal.dead(of: access.cluster) {
            let before = journal.things
            for case .fault(let verb, let node, let from) in before {
                do throws(LabError) {
                    try journal.undo(verb, on: node, from: from, of: access)
                } catch {
                    outcome.failed.append("\(verb) of \(node): \(error)")
                }
            }
            do throws(SystemError) {
                outcome.failed += try remove(journal, access)
            } catch {
                outcome.failed.append("\(journal.path): \(error)")
            }
            outcome.removed += before.filter { !journal.things.contains($0) }.map { "\($0) of \(access.cluster.name)" }
            journal.close()
        }
        return outcome
    }

    private static func remove(_ journal: Journal, _ access: Access) throws(SystemError) -> [String] {
        if !journal.things.contains(where: { $0.isFault == false }) { return [] }
        if access.cluster.system == "kafka" { return try ExternalKafka.remove(journal, at: access) }
        return ExternalRedis.remove(journal, at: access)
    }
}
