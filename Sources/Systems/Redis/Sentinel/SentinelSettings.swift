import Documents

/// Who watches a primary and its replicas, and by which rules.
struct SentinelSettings: Sendable, Equatable {
    var sentinels = 3
    /// How many must miss the primary until one of them may ask to replace it; nil: more than half.
    var quorum: Int?
    var downAfter: Duration = .seconds(2)
    var failoverTimeout: Duration = .seconds(5)
    var parallelSyncs = 1
    /// Those that a suite names; of sentinels that are somebody else's nothing else is claimed.
    var named: Set<String> = []

    var agreeing: Int { quorum ?? sentinels / 2 + 1 }

    static let names = ["sentinels", "quorum", "down-after-milliseconds", "failover-timeout", "parallel-syncs"]

    static let descriptions = [
        SettingDescription(
            name: "sentinels", values: "1 to \(SystemLimits.sentinels)", usual: "3",
            about:
                "nodes sentinel-1, …, each with a process of its own; more than half of them must agree on who is to "
                + "replace a primary, so that fewer than 3 never do once one is gone"),
        SettingDescription(
            name: "quorum", values: "1 to the number of sentinels", usual: "more than half",
            about: "how many must find the primary down until one of them asks the others to let it replace it"),
        SettingDescription(
            name: "down-after-milliseconds", values: "milliseconds", usual: "2000",
            about:
                "a server that has not answered for so long is down to a sentinel; with 1000 or less, which is how often "
                + "sentinels ask, a new primary may be replaced at once (`hasty-failover`); 30000 is the sentinel's own "
                + "default"
        ),
        SettingDescription(
            name: "failover-timeout", values: "milliseconds", usual: "5000",
            about:
                "a fail-over that did not succeed is tried again after twice that time; 180000 is the sentinel's own "
                + "default"),
        SettingDescription(
            name: "parallel-syncs", values: "1 to the number of replicas", usual: "1",
            about: "replicas that may copy from a new primary at the same time"),
    ]

    /// Takes one of `names`.
    mutating func read(_ name: String, _ value: Value) throws(Diagnostic) {
        named.insert(name)
        switch name {
        case "sentinels": sentinels = try value.wholeNumber(in: 1...SystemLimits.sentinels)
        case "quorum": quorum = try value.wholeNumber(in: 1...SystemLimits.sentinels)
        case "down-after-milliseconds": downAfter = .milliseconds(try value.wholeNumber(in: 1...Self.longest))
        case "failover-timeout": failoverTimeout = .milliseconds(try value.wholeNumber(in: 1...Self.longest))
        case "parallel-syncs": parallelSyncs = try value.wholeNumber(in: 1...SystemLimits.replicas)
        default: preconditionFailure("\(name) is no setting of sentinels")
        }
    }

    /// A day, in milliseconds.
    private static let longest = 86_400_000

    /// What a suite names of what a sentinel says itself, in the sentinel's own words.
    var claims: [(name: String, value: String)] {
        let all = [
            ("quorum", "\(agreeing)"), ("down-after-milliseconds", "\(downAfter.milliseconds)"),
            ("failover-timeout", "\(failoverTimeout.milliseconds)"), ("parallel-syncs", "\(parallelSyncs)"),
        ]
        return all.filter { named.contains($0.0) }
    }

    /// Refuses what can never be met.
    ///
    /// - Parameter place: the mapping under `settings`, to point into.
    func check(_ place: Value) throws(Diagnostic) {
        guard let quorum, quorum > sentinels else { return }
        var at = place
        if case .mapping(let entries) = place.content, let own = entries.last(where: { $0.key.text == "quorum" }) {
            at = own.value
        }
        throw at.diagnostic(
            "\(quorum) sentinels are to find the primary down, and there are \(sentinels): it would never be replaced",
            remedy: "at most \(sentinels), or more `sentinels`")
    }
}

extension Duration {
    /// Whole milliseconds.
    var milliseconds: Int64 { components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000 }
}
