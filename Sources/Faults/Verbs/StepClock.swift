public import Documents
public import Labs

/// Steps a node's wall clock, as an operator or a time server does. Its monotonic clock goes on.
public struct StepClock: PreloadedVerb {
    public static let name = "step-clock"
    public static let about = "Steps a node's wall clock, ahead or back."
    public static let proof = "the server was told a time with the step in it"

    public var nodes: NodeSelection?
    /// Negative: back.
    public var by: Duration

    public init(_ fields: inout Fields) throws(Diagnostic) {
        let node = try fields.required("node", such: "node: primary")
        nodes = try NodeSelection(node)
        let range = Duration.milliseconds(1)...(.seconds(86_400 * 365))
        let (ahead, back) = (try fields.optional("ahead"), try fields.optional("back"))
        switch (ahead, back) {
        case (let ahead?, nil): by = try ahead.duration(in: range)
        case (nil, let back?): by = .zero - (try back.duration(in: range))
        default:
            throw (ahead ?? node).diagnostic(
                "a clock is stepped one way", remedy: "write one of `ahead: 10s` and `back: 10s`")
        }
    }
}

extension StepClock: BuiltVerb {
    public func apply(to nodes: [any Node], in scene: any Scene) throws(FaultError) {
        let text = (by < .zero ? "back by " : "ahead by ") + (by < .zero ? .zero - by : by).written
        for node in nodes {
            let id = scene.ledger.begin(StepClock.name, node: node.name, detail: text)
            scene.ledger.keepOpen(id, node: node.name) { scene throws(FaultError) in
                try scene.doing("set the clock right of", node) { () throws(LabError) in
                    try Preload.step(.zero, on: node)
                }
                return "it is right again"
            }
            try scene.doing("step the clock of", node) { () throws(LabError) in try Preload.step(by, on: node) }
            scene.ledger.effect(id, try told(node, text, scene))
        }
    }

    private func told(_ node: any Node, _ text: String, _ scene: any Scene) throws(FaultError) -> String {
        var times: Int64 = 0
        var failure: FaultError?
        let came = try scene.wait(upTo: FaultLimits.clockSeconds) {
            do throws(LabError) { times = try Preload.notes(of: node).told } catch {
                failure = FaultError(.failed, "step-clock \(node.name): \(error.message)")
            }
            return failure != nil || !node.isUp || times > 0
        }
        if let failure { throw failure }
        guard came, times > 0 else {
            let what = node.isUp ? "it never looked at the clock" : describe(node.state)
            throw FaultError(.failed, "step-clock \(node.name): \(what)")
        }
        return "it was told a time \(text)"
    }
}
