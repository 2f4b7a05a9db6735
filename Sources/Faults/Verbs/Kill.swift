public import Documents
public import Labs

/// Ends the process by SIGKILL, which it can neither see nor refuse.
public struct Kill: Verb {
    public static let name = "kill"
    public static let about = "Ends the process by SIGKILL, which it can neither see nor refuse."
    public static let proof = "the process is gone"

    public var nodes: NodeSelection?

    public init(_ fields: inout Fields) throws(Diagnostic) {
        nodes = try NodeSelection(try fields.required("node", such: "node: primary"))
    }
}

extension Kill: BuiltProcessVerb {
    public func apply(to targets: [any ProcessOwner], in scene: any Scene) throws(FaultError) {
        try scene.takeDown(targets, action: Kill.name) { target throws(LabError) in try target.kill() }
    }
}
