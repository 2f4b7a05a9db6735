public import Documents
public import Labs

/// Starts one more worker: a consumer of a group, a bridge, or a producer under an identity that is taken.
public struct StartWorker: Verb {
    public static let name = "start"
    public static let about =
        "Starts one more worker: a consumer of a group, a bridge, or a producer under an identity that is taken."
    public static let proof = "one more worker runs, and is connected"

    public enum Worker: Hashable, Sendable, CustomStringConvertible {
        case consumer(group: String)
        case bridge
        /// With the identity of the producer of this number, which may still be there.
        case producer(identity: Int)

        public var description: String {
            switch self {
            case .consumer(let group): "consumer \(group)"
            case .bridge: "bridge"
            case .producer(let identity): "producer as \(identity)"
            }
        }
    }

    public var worker: Worker
    public var nodes: NodeSelection? { nil }

    public init(_ fields: inout Fields) throws(Diagnostic) {
        let value = try fields.required("worker", such: "worker: consumer memory-updater")
        let text = try value.name()
        let identity = try fields.optional("as")
        if let identity, text != "producer" {
            throw identity.diagnostic("only a producer takes the identity of another", remedy: "leave as out")
        }
        if text == "producer" {
            worker = .producer(identity: try fields.required("as", such: "as: 1").wholeNumber(in: 1...10_000))
        } else if text == "bridge" {
            worker = .bridge
        } else if text.hasPrefix("consumer "), text.count > "consumer ".count {
            worker = .consumer(group: String(text.dropFirst("consumer ".count)))
        } else {
            throw value.diagnostic(
                "\(shown(text)) is no worker that can be started",
                remedy: "write consumer and the name of its group, bridge, or producer with as")
        }
    }
}

extension StartWorker: BuiltVerb {
    public func apply(to nodes: [any Node], in scene: any Scene) throws(FaultError) {
        let (started, detail) = try add(to: scene)
        let id = scene.ledger.begin(StartWorker.name, node: started.name, detail: detail)
        scene.ledger.effect(id, try scene.restart(started))
        scene.ledger.end(id)
    }

    private func add(to scene: any Scene) throws(FaultError) -> (any Faults.Worker, String) {
        switch worker {
        case .producer(let number):
            (try scene.addProducer(as: number), "with the identity of producer \(number)")
        case .consumer(let group): (try scene.addConsumer(to: group), "one more of \(group)")
        case .bridge: (try scene.addBridge(), "one more")
        }
    }
}
