public import Documents
public import Labs

/// The systems that a suite can name.
public enum Systems {
    /// In the order in which `holdfast systems` lists them.
    public static let all: [any SystemKind] = [
        RedisStandalone(),
        RedisReplicated(),
        NotBuiltYet(
            name: "redis-sentinel", about: "a primary with replicas, watched by sentinels that promote",
            beside: "redis-standalone"),
        NotBuiltYet(
            name: "redis-cluster", about: "shards with replicas; the cluster fails over by itself",
            beside: "redis-standalone"),
        KafkaKind(),
        HybridKind(),
    ]

    /// What they are made of, each once.
    public static let software: [Software] = [RedisBinary.software, KafkaHome.software]

    /// The kind that a suite means by `value`, the text of a field `system`.
    public static func named(_ value: Value) throws(Diagnostic) -> any SystemKind {
        let list = all.map(\.name).joined(separator: ", ")
        guard case .scalar(let name, _) = value.content else {
            throw value.diagnostic("a system is named by one word", remedy: "one of \(list)")
        }
        if let kind = all.first(where: { $0.name == name }) { return kind }
        if let near = nearest(to: name, among: all.map(\.name)) {
            throw value.diagnostic("there is no system `\(name)`", remedy: "did you mean `\(near)`?")
        }
        throw value.diagnostic("there is no system `\(name)`", remedy: "one of \(list)")
    }
}

/// A system that has its name and cannot be run yet: a suite that names it is refused, and nothing pretends.
struct NotBuiltYet: SystemKind {
    let name: String
    let about: String
    /// What can be run in its place.
    let beside: String

    var settings: [SettingDescription] { [] }
    var acknowledgements: [(form: String, promise: String)] { [] }
    var isBuilt: Bool { false }

    func configure(_ text: ConfigurationText) throws(Diagnostic) -> any ConfiguredSystem {
        var place = text.place
        if !place.path.hasSuffix("system") { place.path += place.path.isEmpty ? "system" : ".system" }
        throw place.diagnostic(
            "`\(name)` is not built yet in this version of Holdfast", remedy: "what can be run is `\(beside)`")
    }
}
