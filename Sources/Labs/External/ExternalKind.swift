public import Access
public import Platform

/// A cluster of somebody else's, which its owner let this run at.
public struct ExternalKind: LabKind {
    public static let word = "external"
    public let name = word
    public let about = "a cluster of your own, by address, with your consent"
    public let cluster: Access

    public init(_ cluster: Access) { self.cluster = cluster }

    public var access: Access? { cluster }
    public var isInside: Bool { true }
    public var refusal: LabError? { nil }
    public var filesystemRefusal: LabError? {
        LabError(.unsafe, "disks of an external cluster are its owner's: give verbs.power-loss in the cluster's file")
    }

    public func enter(arguments: [String], protecting paths: [String]) throws(LabError) -> Int32 {
        preconditionFailure("an external cluster is reached from where this machine is")
    }

    public func open(directory: String) throws(LabError) -> any Lab { try ExternalLab(self) }

    public func origin(of software: Software) throws(LabError) -> Origin { throw notOurs }

    public func ask(_ software: Software, _ program: String, _ arguments: [String]) throws(LabError) -> ToolResult {
        throw notOurs
    }

    private var notOurs: LabError { LabError(.unsafe, "the programs of an external cluster are its owner's") }

    public func examine(_ software: [Software]) -> [Probe] { [] }
    public func heal() -> Heal.Outcome { Heal.Outcome() }
}
