import History

/// One consumer group: what is said of it, and where its records lie.
struct GroupPlan {
    var name: Name
    /// Its numbers in `History.groupNames`.
    var numbers: [Int] = []
    var readCommitted = false
    var processing = false
    var log = 0
    var dead: Int?
    /// By the stream's place; the first of each.
    var ends: [Int: History.GroupEnd] = [:]

    /// A group is every name in a `group`, a `group_end`, a delivery, or an ack, commit or processed.
    static func all(_ evidence: Evidence) -> [GroupPlan] {
        let history = evidence.history
        var plans: [Name: GroupPlan] = [:]
        for group in history.groups where plans[group.name] == nil {
            var plan = GroupPlan(name: group.name)
            (plan.readCommitted, plan.processing) = (group.readCommitted, group.processing)
            plan.log = evidence.logs.index(group.log) ?? 0
            plan.dead = evidence.logs.index(group.dead)
            plans[group.name] = plan
        }
        for number in evidence.survey.deliveries.indices {
            let records = evidence.survey.deliveries[number].count + evidence.survey.progress[number].count
            if records > 0 {
                let name = history.groupNames[number]
                plans[name, default: GroupPlan(name: name)].numbers.append(number)
            }
        }
        for end in history.groupEnds {
            guard let stream = evidence.streams.place(end.stream) else { continue }
            if plans[end.group]?.ends[stream] != nil {
                evidence.contradictions.note(.twoGroupEnds, "group \(end.group), stream \(end.stream)")
                continue
            }
            plans[end.group, default: GroupPlan(name: end.group)].ends[stream] = end
        }
        return plans.values.sorted { $0.name < $1.name }
    }

    func recordCount(_ survey: Survey) -> Int {
        numbers.reduce(0) { $0 + survey.deliveries[$1].count + survey.progress[$1].count }
    }
}
