import History
import Systems
import Workload

/// The logs of a trial whose system has several, or whose groups write, too: those of the events, that of executors'
/// results, and one for the dead letters of each group that has some.
enum GroupLogs {
    /// Empty if there is one log only.
    static func logs(of groups: [GroupSettings], _ system: any System, retains: Bool) -> [History.Log] {
        let dead = groups.filter { !system.deadStreams(of: $0).isEmpty }
        let events = events(system, retains)
        if dead.isEmpty, system.resultStreams.isEmpty { return system.logs }
        return events + results(system, events[0])
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

    /// What executors answer goes where the events are kept, and is kept as long.
    private static func results(_ system: any System, _ first: History.Log) -> [History.Log] {
        if system.resultStreams.isEmpty { return [] }
        var log = History.Log(name: Name(ResultsSettings.logName), streams: system.resultStreams.map(Name.init))
        (log.own, log.retention) = (true, first.retention)
        return [log]
    }

    /// The index of the log that results go to, behind those of the events.
    static func resultsLog(_ system: any System) -> Int { max(1, system.logs.count) }

    /// By the group's name: the index of its log.
    static func deadLogs(of groups: [GroupSettings], _ system: any System) -> [String: Int] {
        let dead = groups.filter { !system.deadStreams(of: $0).isEmpty }
        let first = resultsLog(system) + (system.resultStreams.isEmpty ? 0 : 1)
        return Dictionary(uniqueKeysWithValues: dead.enumerated().map { ($0.element.name, $0.offset + first) })
    }

    /// What is said once of a group.
    static func record(of group: GroupSettings, _ system: any System) -> History.Group {
        var record = History.Group(name: Name(group.name))
        record.processing = true
        record.readCommitted = system.isolates && group.isolation == .readCommitted
        if group.reads == .results { record.log = Name(ResultsSettings.logName) }
        if !system.deadStreams(of: group).isEmpty { record.dead = name(of: group) }
        return record
    }

    private static func name(of group: GroupSettings) -> Name { Name("dead-\(group.name)") }
}
