public import Documents
public import Labs

/// The systems that a suite can name.
public enum Systems {
    /// In the order in which `holdfast systems` lists them.
    public static let all: [any SystemKind] = [
        RedisStandalone(),
        RedisReplicated(),
        RedisSentinel(),
        RedisCluster(),
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
