import History
import Systems
import Workload

/// The logs of a trial whose system has several, or whose groups have dead letters: those of the events, and one for
/// each such group.
enum GroupLogs {
    /// Empty if there is one log only.
    static func logs(of groups: [GroupSettings], _ system: any System, retains: Bool) -> [History.Log] {
        let dead = groups.filter { !system.deadStreams(of: $0).isEmpty }
        if dead.isEmpty { return system.logs }
        return events(system, retains)
            + dead.map { group in
                var log = History.Log(name: name(of: group), streams: system.deadStreams(of: group).map(Name.init))
                log.own = true
                return log
            }
    }

    private static func events(_ system: any System, _ retains: Bool) -> [History.Log] {
        if !system.logs.isEmpty { return system.logs }
        var events = History.Log(name: Name("events"), streams: system.streams.map(Name.init))
        events.retention = retains
        return [events]
    }

    /// By the group's name: the index of its log.
    static func deadLogs(of groups: [GroupSettings], _ system: any System) -> [String: Int] {
        let dead = groups.filter { !system.deadStreams(of: $0).isEmpty }
        let first = max(1, system.logs.count)
        return Dictionary(uniqueKeysWithValues: dead.enumerated().map { ($0.element.name, $0.offset + first) })
    }

    /// What is said once of a group.
    static func record(of group: GroupSettings, _ system: any System) -> History.Group {
        var record = History.Group(name: Name(group.name))
        record.processing = true
        record.readCommitted = system.isolates && group.isolation == .readCommitted
        if !system.deadStreams(of: group).isEmpty { record.dead = name(of: group) }
        return record
    }

    private static func name(of group: GroupSettings) -> Name { Name("dead-\(group.name)") }
}
