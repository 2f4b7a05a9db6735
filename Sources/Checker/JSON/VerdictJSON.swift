import History

extension Verdict {
    /// The verdict as the contract writes it. The same verdict gives the same bytes.
    public var json: JSON {
        var members: [Name: JSON] = [
            Name("version"): .int(version), Name("valid"): .bool(valid),
            Name("invalid_reasons"): .array(invalidReasons.map { .string($0) }),
            Name("events"): [
                "attempted": .int(events.attempted), "acked": .int(events.acked), "failed": .int(events.failed),
                "unknown": .int(events.unknown),
            ],
            Name("log"): log.json,
            Name("transactions"): transactions.json,
            Name("groups"): .object(groups.mapValues(\.json)),
            Name("loss"): [
                "tail_agents": .int(loss.tailAgents), "hole_agents": .int(loss.holeAgents),
                "window_ns": .integer(loss.windowNanoseconds),
            ],
            Name("agents"): [
                "total": .int(agents.total), "intact": .int(agents.intact), "repairable": .int(agents.repairable),
                "damaged": .int(agents.damaged),
            ],
            Name("availability"): availability.json,
            Name("latency"): latency.json,
            Name("examples"): .object(examples.mapValues { .array($0.map(\.json)) }),
        ]
        if let states { members[Name("states")] = states.json }
        if let shards { members[Name("shards")] = .object(shards.mapValues(\.json)) }
        if let logs { members[Name("logs")] = .object(logs.mapValues(\.json)) }
        return .object(members)
    }
}

extension JSON {
    fileprivate static func int(_ value: Int) -> JSON { .integer(Int64(value)) }
}

extension Verdict.LogFigures {
    fileprivate var json: JSON {
        [
            "passes": .int(passes), "entries": .int(entries), "lost": .int(lost), "recovered": .int(recovered),
            "expired": .int(expired), "corrupted": .int(corrupted), "diverged": .int(diverged),
            "misplaced": .int(misplaced), "backdated": .int(backdated),
            "unexpected": [
                "failed": .int(unexpected.failed), "never_attempted": .int(unexpected.neverAttempted),
                "foreign": .int(unexpected.foreign),
            ],
            "duplicated": ["retried": .int(duplicated.retried), "unexplained": .int(duplicated.unexplained)],
            "reordered": [
                "retried": .int(reordered.retried), "unexplained": .int(reordered.unexplained),
                "max_displacement": .integer(reordered.maxDisplacement),
            ],
        ]
    }
}

extension Verdict.Shard {
    fileprivate var json: JSON {
        [
            "attempted": .int(attempted), "acked": .int(acked), "lost": .int(lost),
            "longest_gap_ns": .integer(longestGapNanoseconds), "ack": ack.json,
        ]
    }
}

extension Verdict.Transactions {
    fileprivate var json: JSON {
        [
            "committed": .int(committed), "aborted": .int(aborted), "unknown": .int(unknown), "torn": .int(torn),
            "leaked": .int(leaked),
        ]
    }
}

extension Verdict.GroupFigures {
    fileprivate var json: JSON {
        var members: [Name: JSON] = [
            Name("deliveries"): .int(deliveries),
            Name("undelivered"): ["skipped": .int(undelivered.skipped), "behind": .int(undelivered.behind)],
            Name("expired_unseen"): .int(expiredUnseen), Name("unprocessed"): .int(unprocessed),
            Name("redelivered"): ["unacked": .int(redelivered.unacked), "acked": .int(redelivered.acked)],
            Name("out_of_order"): .int(outOfOrder), Name("out_of_order_across"): .int(outOfOrderAcross),
            Name("vanished"): .int(vanished), Name("moved"): .int(moved), Name("stuck"): .int(stuck),
            Name("acks_lost"): .int(acksLost), Name("aborted_read"): .int(abortedRead),
            Name("early_read"): .int(earlyRead), Name("torn_read"): .int(tornRead),
            Name("corrupted"): .int(corrupted),
            Name("lag"): ["max_events": .int(lag.maxEvents), "max_ns": .integer(lag.maxNanoseconds)],
        ]
        if let dead = deadLetters {
            members[Name("dead_letters")] = [
                "poison": .int(dead.poison), "moved": .int(dead.moved), "missing": .int(dead.missing),
            ]
        }
        if let pause { members[Name("pause")] = pause.json }
        members[Name("catch_up_ns")] = catchUpNanoseconds.map { .integer($0) } ?? .null
        return .object(members)
    }
}

extension Verdict.GroupFigures.Pause {
    fileprivate var json: JSON {
        [
            "longest_ns": .integer(longestNanoseconds), "stream": stream.map { .string($0.text) } ?? .null,
            "streams": .object(streams.mapValues { .integer($0) }),
        ]
    }
}

extension Verdict.States {
    fileprivate var json: JSON { ["log": log.json, "groups": .object(groups.mapValues(\.json))] }
}

extension Verdict.States.Counts {
    fileprivate var json: JSON {
        ["intact": .int(intact), "repairable": .int(repairable), "damaged": .int(damaged)]
    }
}

extension Verdict.Availability {
    fileprivate var json: JSON {
        var members: [Name: JSON] = [
            Name("longest_gap_ns"): .integer(longestGapNanoseconds),
            Name("recovery"): .array(
                recovery.map { ["fault": .integer($0.fault), "ns": $0.nanoseconds.map { .integer($0) } ?? .null] }),
        ]
        if let logs { members[Name("logs")] = .object(logs.mapValues(\.json)) }
        return .object(members)
    }
}

extension Verdict.Latency {
    fileprivate var json: JSON {
        var members: [Name: JSON] = [
            Name("ack"): ack.json, Name("delivery"): .object(delivery.mapValues(\.json)),
        ]
        if let turn { members[Name("turn")] = turn.json }
        if let logs { members[Name("logs")] = .object(logs.mapValues(\.json)) }
        if let phases {
            members[Name("phases")] = [
                "before": phases.before.json, "during": phases.during.json, "after": phases.after.json,
            ]
        }
        return .object(members)
    }
}

extension Verdict.Percentiles {
    fileprivate var json: JSON {
        [
            "count": .int(count), "p50": .integer(p50), "p90": .integer(p90), "p99": .integer(p99),
            "p999": .integer(p999), "max": .integer(max),
        ]
    }
}

extension Verdict.Example {
    fileprivate var json: JSON {
        var members: [Name: JSON] = [:]
        if let agent { members[Name("agent")] = .integer(agent) }
        if let seq { members[Name("seq")] = .integer(seq) }
        if let attemptNumber { members[Name("try")] = .integer(attemptNumber) }
        if let stream { members[Name("stream")] = .string(stream) }
        if let position { members[Name("position")] = position.json }
        if let transaction { members[Name("transaction")] = .string(transaction) }
        return .object(members)
    }
}

extension Verdict.WrittenPosition {
    fileprivate var json: JSON {
        switch form {
        case .offset: .unsigned(position.major)
        case .entry: .string("\(position.major)-\(position.minor)")
        }
    }
}
