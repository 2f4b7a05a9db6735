public import Documents
public import Labs

/// Starts the process again, on its data or on nothing.
public struct Restart: Verb {
    public static let name = "restart"
    public static let about = "Starts the process again, on its data or on nothing."
    public static let proof = "another process answers, its data loaded; or the server refuses to start"

    public enum Data: String, CaseIterable, Sendable {
        case keep, empty
    }

    public var nodes: NodeSelection?
    public var data: Data

    public init(_ fields: inout Fields) throws(Diagnostic) {
        nodes = try NodeSelection(try fields.required("node", such: "node: primary"))
        data = try fields.optional("data")?.word(of: Data.self) ?? .keep
    }
}

extension Restart: BuiltProcessVerb {
    public func apply(to targets: [any ProcessOwner], in scene: any Scene) throws(FaultError) {
        for target in targets {
            if target.isUp {
                try scene.takeDown([target], action: Terminate.name) { target throws(LabError) in
                    try target.terminate()
                }
            }
            if data == .empty { try scene.empty(target) }
        }
        try scene.revive(targets.compactMap { $0 as? any Node })
        for target in targets where target is any Worker { try scene.revive(target) }
    }
}
