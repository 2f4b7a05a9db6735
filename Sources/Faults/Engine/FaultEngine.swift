import Labs
import Systems
import Workload

/// Walks a fault's timeline: waits for each step's moment, does it, proves it, and remembers how to undo it.
///
/// `same` and `random` are resolved here, everything else by the system at that moment. Used by the trial's thread.
public final class FaultEngine {
    private let fault: FaultFile
    private let scene: any Scene
    /// Nanoseconds since the trial's start.
    private let loadStart: Int64
    private let duration: Duration
    private var random: SplitMix64
    private var same: [any ProcessOwner] = []
    private var held = HeldWorkers()
    private var lastStepEnd: Int64
    private var ackedAtLastStep = 0
    /// Called with each step's words when it begins: for progress and log.
    private let tell: (String) -> Void

    public init(
        fault: FaultFile, scene: any Scene, loadStart: Int64, duration: Duration, seed: UInt64,
        tell: @escaping (String) -> Void
    ) {
        (self.fault, self.scene, self.loadStart, self.duration) = (fault, scene, loadStart, duration)
        (random, lastStepEnd, self.tell) = (SplitMix64(seed: seed, purpose: .faults), loadStart, tell)
    }

    /// Walks the whole timeline. Throws what makes the trial invalid: an effect that could not be proven, a deadline
    /// that passed. What is open then stays open until `healAll`.
    public func run() throws(FaultError) {
        defer { held.release(in: scene) }
        try walk(fault.timeline)
    }

    /// Undoes everything that is still open, the last first, and brings back who follows the wrong one.
    public func healAll() throws(FaultError) { try heal { _ in true } }

    private func walk(_ steps: [Step]) throws(FaultError) {
        for step in steps {
            try awaitMoment(of: step)
            switch step.action {
            case .act(let verb):
                defer { held.release(in: scene) }
                try act(verb)
            case .wait(let wait):
                if let event = wait.event as? any BuiltWorkerWait {
                    let name = type(of: event).name
                    tell("wait \(name)")
                    same = [
                        try held.wait(
                            event, upTo: wait.within, of: { () throws(FaultError) in try meant(by: event) }, in: scene)
                    ]
                } else {
                    try pause(for: wait)
                }
            case .each(let selection, let steps):
                for target in try resolve(selection) {
                    same = [target]
                    try walk(steps)
                }
            case .repeat(let repetition): try walk(repetition)
            }
            lastStepEnd = scene.now
            ackedAtLastStep = scene.acked
        }
    }

    private func walk(_ repetition: Repetition) throws(FaultError) {
        var round = 0
        while repetition.times.map({ round < $0 }) ?? (scene.now < scene.plannedEnd) {
            let began = scene.now
            lastStepEnd = began
            try walk(repetition.steps)
            round += 1
            let next = began + repetition.every.nanoseconds
            _ = try scene.wait(upTo: Double(next - scene.now) / 1e9, until: { scene.now >= next })
        }
    }

    private func awaitMoment(of step: Step) throws(FaultError) {
        let offset = step.timing.offset(workload: duration).nanoseconds
        let moment: Int64
        if case .after = step.timing { moment = lastStepEnd + offset } else { moment = loadStart + offset }
        let left = Double(moment - scene.now) / 1e9
        if left > 0 { _ = try scene.wait(upTo: left + 1, until: { scene.now >= moment }) }
    }

    private func act(_ verb: any Verb) throws(FaultError) {
        let name = type(of: verb).name
        if let heal = verb as? Heal {
            tell("heal \(heal.what ?? "everything")")
            let chosen = try heal.nodes.map { selection throws(FaultError) in Set(try resolve(selection).map(\.name)) }
            return try self.heal { open in
                (heal.what == nil || open.action == heal.what) && (chosen?.contains(open.node) ?? true)
            }
        }
        let targets = try verb.nodes.map { selection throws(FaultError) in try resolve(selection) } ?? []
        if verb.nodes != nil {
            guard !targets.isEmpty else {
                throw FaultError(.failed, "\(name): no node is \(verb.nodes?.description ?? "") at this moment")
            }
            same = targets
        }
        let whom = (verb as? Promote)?.which?.rawValue ?? targets.map(\.name).joined(separator: ", ")
        let what = (verb as? StartWorker)?.worker.description ?? whom
        tell(what.isEmpty ? name : "\(name) \(what)")
        // The last look before anything is broken is the one that says what held then.
        if scene.ledger.begun == 0 { scene.system.observe() }
        if !Self.undoing.contains(name) { scene.ledger.leaderBefore = scene.system.leader?.name }
        if let commanded = ByCommand(verb, to: targets) { return try commanded.apply(in: scene) }
        switch verb {
        case let built as any BuiltProcessVerb: try built.apply(to: targets, in: scene)
        case let built as any BuiltVerb: try built.apply(to: try nodes(targets, for: name), in: scene)
        case let built as any BuiltFarVerb:
            try built.apply(
                to: try nodes(targets, for: name), across: try ends(of: built.farSide, around: targets), in: scene)
        default: preconditionFailure("\(name) is of no kind that can be done")
        }
        if verb is Promote, let leader = scene.system.leader { same = [leader] }
        if let start = verb as? StartWorker, let started = self.started(by: start) { same = [started] }
    }

    private func started(by verb: StartWorker) -> (any Worker)? {
        switch verb.worker {
        case .consumer: scene.consumers.last
        case .bridge: scene.bridges.last
        case .producer: scene.producers.last
        }
    }

    /// What a step is about that only nodes have.
    private func nodes(_ targets: [any ProcessOwner], for step: String) throws(FaultError) -> [any Node] {
        var nodes: [any Node] = []
        for target in targets {
            guard let node = target as? any Node else {
                throw FaultError(.failed, "\(step): \(target.name) is a worker, and this is about nodes")
            }
            nodes.append(node)
        }
        return nodes
    }

    /// Verbs that break nothing: whoever waits for another leader means another than before what was broken.
    private static let undoing: Set<String> = [
        Promote.name, Restart.name, Resume.name, StartWorker.name, Command.name, Heal.name, MoveSlots.name,
    ]

    /// - Parameter targets: where a system has several tiers, a node's peers are those of its own.
    private func ends(of side: FarSide, around targets: [any ProcessOwner]) throws(FaultError) -> FarEnds {
        let tiers = Set(targets.compactMap { $0 as? any Node }.map { scene.system.tier(of: $0) })
        let all = NodeSelection(
            scene.system.tiers.filter { tiers.contains($0) }.map { NodeWord("all", tier: $0) })
        return switch side {
        case .peers: FarEnds(nodes: try nodes(try resolve(all), for: "peers"), clients: nil)
        case .clients: FarEnds(nodes: [], clients: scene.clientAddress)
        case .everyone:
            FarEnds(
                nodes: try nodes(try resolve(all), for: "all"), clients: scene.clientAddress,
                isEveryone: all.words.count == scene.system.tiers.count)
        case .nodes(let selection):
            FarEnds(nodes: try nodes(try resolve(selection), for: selection.description), clients: nil)
        }
    }

    private func heal(_ isMeant: (FaultLedger.Open) -> Bool) throws(FaultError) {
        for open in scene.ledger.open.reversed() where isMeant(open) {
            // An earlier one may have ended it: a restart ends every kill of its node.
            guard scene.ledger.open.contains(where: { $0.id == open.id }) else { continue }
            let proof = try open.heal(scene)
            if scene.ledger.open.contains(where: { $0.id == open.id }) { scene.ledger.end(open.id, proof) }
        }
        try scene.rejoinStrays()
    }

    private func pause(for step: WaitStep) throws(FaultError) {
        let name = type(of: step.event).name
        guard let event = step.event as? any BuiltWait else {
            preconditionFailure("waiting for \(name) is not built; the suite should have been refused")
        }
        var nodes = try nodesNow(of: step)
        tell("wait \(name)")
        let since = ackedAtLastStep
        let came = try scene.attend(event, upTo: step.within) {
            if nodes == nil { nodes = (try? nodesNow(of: step)) ?? nil }
            guard let nodes else { return false }
            return event.isOver(for: nodes, ackedSinceLastStep: scene.acked - since, in: scene)
        }
        if !came && !step.mayPass {
            throw FaultError(.deadline, "wait \(name): not within \(step.within)")
        }
    }

    /// Whom a wait is about; nil if nobody is it at this moment, which may change while it goes on: a role whose holder
    /// is gone, and nobody has it as yet.
    private func nodesNow(of step: WaitStep) throws(FaultError) -> [any Node]? {
        guard let selection = step.event.nodes else { return [] }
        let targets: [any ProcessOwner]
        do throws(FaultError) {
            targets = try resolve(selection)
        } catch {
            if error.code == .absent { return nil }
            throw error
        }
        return try nodes(targets, for: "wait \(type(of: step.event).name)")
    }

    private func resolve(_ selection: NodeSelection) throws(FaultError) -> [any ProcessOwner] {
        var targets: [any ProcessOwner] = []
        for word in selection.words {
            for target in try resolve(word) where !targets.contains(where: { $0 === target }) { targets.append(target) }
        }
        return targets
    }

    private func resolve(_ word: NodeWord) throws(FaultError) -> [any ProcessOwner] {
        if word.word == "producer" { return [try scene.producer(word.number)] }
        if word.word == "consumer" { return [try scene.consumer(word.number)] }
        if word.word == "bridge" { return [try scene.bridge(word.number)] }
        if let worker = scene.workers.first(where: { $0.name == word.word }) { return [worker] }
        switch word.word {
        case "same": return same
        case "random":
            let all = try scene.asking { () throws(SystemError) in
                try scene.system.resolve(NodeWord("all", tier: word.tier))
            }
            return all.isEmpty ? [] : [all[random.below(all.count)]]
        case "down":
            let down = Set(scene.ledger.open.filter { downing.contains($0.action) }.map(\.node))
            let full = Set(scene.ledger.open.filter { $0.action == FillDisk.name }.map(\.node))
            var all: [any ProcessOwner] = []
            for tier in word.tier.map({ [$0] }) ?? scene.system.tiers {
                all += try scene.asking { () throws(SystemError) in
                    try scene.system.resolve(NodeWord("all", tier: tier))
                }
            }
            // A server whose disk is full may have ended itself.
            let ended = all.filter { down.contains($0.name) || full.contains($0.name) && !$0.isUp }
            return ended + scene.workers.filter { down.contains($0.name) }
        default: return try scene.asking { () throws(SystemError) in try scene.system.resolve(word) }
        }
    }
}

extension FaultEngine {
    /// Lets workers go on that a fault left paused, at the end of the load: they are to come to their ends.
    public func resumeWorkers() throws(FaultError) {
        let names = Set(scene.workers.map(\.name))
        try heal { $0.action == Pause.name && names.contains($0.node) }
    }

    /// Consumers, if the step names nobody: any of them.
    private func meant(by event: any BuiltWorkerWait) throws(FaultError) -> [any Worker] {
        guard let words = event.nodes?.words else { return scene.consumers }
        var workers: [any Worker] = []
        for word in words {
            if word.word == "consumer", word.number == nil {
                workers += scene.consumers
            } else if word.word == "bridge", word.number == nil {
                workers += scene.bridges
            } else {
                for target in try resolve(word) {
                    guard let worker = target as? any Worker else {
                        throw FaultError(.failed, "wait \(type(of: event).name): \(target.name) is no worker")
                    }
                    workers.append(worker)
                }
            }
        }
        return workers
    }
}

extension Duration {
    /// Whole nanoseconds.
    var nanoseconds: Int64 { components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000 }
}
