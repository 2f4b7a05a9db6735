import Documents

/// What settings of a primary with replicas must not say together: a bound that is switched off by its other half, or
/// that can never be met.
struct RedisReplicaRules {
    let settings: RedisSettings
    /// The mapping under `settings`, to point into.
    let mapping: Value

    func check() throws(Diagnostic) {
        for isReplica in [false, true] {
            let directives = settings.directives(forReplica: isReplica)
            func given(_ names: [String]) -> Int? {
                directives.last { names.contains($0.name) }.flatMap { Int($0.value) }
            }
            let wanted = given(Self.toWrite) ?? 0
            guard wanted > 0 else { continue }
            if given(Self.maxLag) == 0 {
                throw place(Self.maxLag, isReplica).diagnostic(
                    "a max-lag of 0 switches the check off: min-replicas-to-write \(wanted) would bound nothing",
                    remedy: "at least 1 second, or leave min-replicas-to-write out")
            }
            if wanted > settings.replicas {
                throw place(Self.toWrite, isReplica).diagnostic(
                    "\(wanted) replicas are to have a write, and there are \(settings.replicas): every event would be "
                        + "refused (NOREPLICAS)",
                    remedy: "at most \(settings.replicas), or more `replicas`")
            }
        }
    }

    private static let toWrite = ["min-replicas-to-write", "min-slaves-to-write"]
    private static let maxLag = ["min-replicas-max-lag", "min-slaves-max-lag"]

    /// Where one of these names is written: for replicas their own mapping first.
    private func place(_ names: [String], _ isReplica: Bool) -> Value {
        guard case .mapping(let entries) = mapping.content else { return mapping }
        let own = entries.first { $0.key.text == "replica" }?.value
        if isReplica, case .mapping(let inner)? = own?.content,
            let entry = inner.last(where: { names.contains($0.key.text) })
        {
            return entry.value
        }
        return entries.last { names.contains($0.key.text) }?.value ?? mapping
    }
}
