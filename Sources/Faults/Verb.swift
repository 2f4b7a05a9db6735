public import Documents
public import Labs

/// One kind of thing that a fault's step can do. Each is a file under `Verbs/` and a line in `Verbs.all`.
///
/// A verb is a value: its initializer takes exactly its own fields from the step and refuses what is wrong with them;
/// fields that it does not take are refused by the one who reads the step.
public protocol Verb: Sendable {
    /// As faults say it, after `do:`.
    static var name: String { get }
    /// What it does, in one line.
    static var about: String { get }
    /// When its effect counts as proven.
    static var proof: String { get }
    /// Programs that it needs of the machine.
    static var tools: [String] { get }
    /// What else it needs of the machine or the lab, and whether it is there; nil: nothing.
    static func need(in lab: any LabKind) -> Probe?
    /// Whom it is done to; nil if it names no node.
    var nodes: NodeSelection? { get }

    init(_ fields: inout Fields) throws(Diagnostic)
}

extension Verb {
    public static var tools: [String] { [] }
    public static func need(in lab: any LabKind) -> Probe? { nil }
}

/// A verb that reaches into a server: whoever is to be struck has Holdfast's library loaded from its start on.
public protocol PreloadedVerb: Verb {}

extension PreloadedVerb {
    public static func need(in lab: any LabKind) -> Probe? { Preload.probe(in: lab) }
}

public enum Verbs {
    /// Every verb, in the order in which they are listed to people.
    public static let all: [any Verb.Type] = [
        Kill.self, Terminate.self, Pause.self, Resume.self, Restart.self, StartWorker.self, Promote.self,
        MoveSlots.self, Isolate.self, Limit.self, Drop.self, Delay.self, Reset.self, PowerLoss.self, FillDisk.self,
        SlowFsync.self, StepClock.self, Sync.self, Damage.self, Command.self, Heal.self,
    ]

    public static func named(_ name: String) -> (any Verb.Type)? {
        all.first { $0.name == name }
    }
}
