public import Documents
public import Labs

/// Asks the process to end by SIGTERM, as an orderly stop does.
public struct Terminate: Verb {
    public static let name = "terminate"
    public static let about = "Asks the process to end by SIGTERM, as an orderly stop does."
    public static let proof = "the process has ended"

    public var nodes: NodeSelection?

    public init(_ fields: inout Fields) throws(Diagnostic) {
        nodes = try NodeSelection(try fields.required("node", such: "node: primary"))
    }
}

extension Terminate: BuiltProcessVerb {
    public func apply(to targets: [any ProcessOwner], in scene: any Scene) throws(FaultError) {
        try scene.takeDown(targets, action: Terminate.name) { target throws(LabError) in try target.terminate() }
    }
}
