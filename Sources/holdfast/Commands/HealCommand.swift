import Access
import Faults
import Labs
import Systems

struct HealCommand: Command {
    static let name = "heal"
    static let synopsis = "[DIR…]"
    static let about = """
        Removes what a dead run left behind, and nothing else.
        Containers, networks and mounts of dead runs are known by their labels and marks; data folders of dead runs are
        looked for in the directories given (the working directory's out). With --cluster: what runs of this machine
        that are dead left in that cluster, by their own journals; nothing else there is looked at.
        """
    static let flags = [Flag("--cluster", "FILE", "a cluster that runs were let at")]

    static func run(_ arguments: Arguments) throws -> Int32 {
        var outcome = Heal.Outcome()
        // What labs have in use first: folders of data are removed once nothing is mounted there.
        for lab in LabKinds.all { outcome += lab.heal() }
        if let file = arguments.text("--cluster") {
            let cluster = try ClusterFile.load(file, verbs: Verbs.all.map { $0.name })
            let access = try Access(cluster)
            access.take()
            outcome += ExternalHeal.run(access)
        }
        outcome += Heal.run(lookingIn: arguments.rest.isEmpty ? ["out"] : arguments.rest)
        for line in outcome.removed { Console.out("removed \(line)\n") }
        for line in outcome.failed { Console.error("could not remove \(line)") }
        if outcome.removed.isEmpty, outcome.failed.isEmpty { Console.out("nothing to heal\n") }
        return outcome.failed.isEmpty ? Exit.fine : Exit.failed
    }
}
