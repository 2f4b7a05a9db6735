public import Access
import Platform

/// A cluster of somebody else's, for one trial. Nothing is started, and nothing is left but what the journal says.
public final class ExternalLab: Lab {
    public let access: Access
    public let kind: any LabKind
    public let journal: Journal
    private var members: [ExternalNode] = []
    private var isOpen = true

    public init(_ kind: ExternalKind) throws(LabError) {
        (self.kind, access) = (kind, kind.cluster)
        journal = try Journal(of: access.cluster)
    }

    /// Its nodes do not know it.
    public let clientAddress = ""
    public var nodes: [any Node] { members }

    /// Not made, but found by its name.
    public func makeNode(_ request: NodeRequest) throws(LabError) -> any Node { try node(request) }

    public func node(_ request: NodeRequest) throws(LabError) -> ExternalNode {
        guard let server = access.server(named: request.name) else {
            throw LabError(
                .unsafe,
                "\(access.cluster.path) names no \(request.name): it has "
                    + access.cluster.members.map(\.name).joined(separator: ", "))
        }
        try Machine.make(folder: request.logDirectory)
        let node = ExternalNode(server, of: access, logDirectory: request.logDirectory, journal: journal)
        members.append(node)
        return node
    }

    public func close() -> [String] {
        guard isOpen else { return [] }
        isOpen = false
        journal.close()
        guard !journal.things.isEmpty else { return [] }
        return journal.things.map(\.description)
            + ["(holdfast heal --cluster \(access.cluster.path) removes and undoes what is left)"]
    }

    deinit { _ = close() }
}
