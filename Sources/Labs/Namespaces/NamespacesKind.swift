public import Platform

/// Local processes in namespaces that the harness makes for itself: nothing of it outlives the harness.
public struct NamespacesKind: LabKind {
    public let name = NamespacesLab.name
    public let about = "local processes in kernel namespaces of the run's own"

    public init() {}

    public var isInside: Bool { Relaunch.isInside }
    public var refusal: LabError? { Relaunch.refusal }
    public var hasVault: Bool { true }
    public var filesystemRefusal: LabError? { NamespacesLab.filesystemRefusal }

    public func enter(arguments: [String], protecting paths: [String]) throws(LabError) -> Int32 {
        try Relaunch.enter(arguments: arguments, protecting: paths)
    }

    public func open(directory: String) throws(LabError) -> any Lab { try NamespacesLab(directory: directory) }

    public func origin(of software: Software) -> Origin { .machine }

    public func ask(_ software: Software, _ program: String, _ arguments: [String]) throws(LabError) -> ToolResult {
        do { return try Tool.run(program, arguments, deadline: Limits.ask) } catch {
            throw LabError(error.code == .notFound ? .toolMissing : .toolFailed, "\(error)")
        }
    }

    /// What it needs is what the doctor looks at in any case.
    public func examine(_ software: [Software]) -> [Probe] { [] }

    /// The kernel takes everything with the harness; `Heal` looks for the data of dead runs of any lab.
    public func heal() -> Heal.Outcome { Heal.Outcome() }
}
