import Labs

struct HealCommand: Command {
    static let name = "heal"
    static let synopsis = "[DIR…]"
    static let about = """
        Removes what a dead run left behind, and nothing else.
        Containers, networks and mounts of dead runs are known by their labels and marks; data folders of dead runs are
        looked for in the directories given (the working directory's out).
        """

    static func run(_ arguments: Arguments) throws -> Int32 {
        var outcome = Heal.Outcome()
        // What labs have in use first: folders of data are removed once nothing is mounted there.
        for lab in LabKinds.all { outcome += lab.heal() }
        outcome += Heal.run(lookingIn: arguments.rest.isEmpty ? ["out"] : arguments.rest)
        for line in outcome.removed { Console.out("removed \(line)\n") }
        for line in outcome.failed { Console.error("could not remove \(line)") }
        if outcome.removed.isEmpty, outcome.failed.isEmpty { Console.out("nothing to heal\n") }
        return outcome.failed.isEmpty ? Exit.fine : Exit.failed
    }
}
