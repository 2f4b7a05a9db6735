import History
import Labs
import Platform
import Workload

/// The consumer groups of a trial, as the brokers know them.
///
/// Used by the thread that runs the trial.
final class KafkaGroups {
    /// How far each partition goes: first and behind the last that a reader may see.
    typealias Ends = [Int32: (first: Int64, last: Int64)]

    /// What is asked of partitions' leaders: groups that read the same in the same way share the answer.
    private struct Reading: Hashable {
        var topic: String
        var isolation: GroupSettings.Isolation
    }

    let groups: [GroupSettings]
    private let run: String
    private let topics: KafkaTopics
    /// Whether offsets are taken by other things than events, too: markers.
    private let hasMarkers: Bool
    private let retains: Bool
    /// Who coordinates a group, as last heard.
    private var coordinators: [String: Int32] = [:]
    /// The last that went wrong.
    private var said = "none"
    private var asked: Int64?
    private var places: [String: [Int32: Int64]] = [:]
    private var ends: [Reading: Ends] = [:]
    /// What was asked before that.
    private var earlier: (places: [String: [Int32: Int64]], ends: [Reading: Ends]) = ([:], [:])
    private var tails = KafkaTails()

    init(_ groups: [GroupSettings], run: String, topics: KafkaTopics, hasMarkers: Bool, retains: Bool) {
        (self.groups, self.run, self.topics) = (groups, run, topics)
        (self.hasMarkers, self.retains) = (hasMarkers, retains)
    }

    /// As brokers know it: no other trial has one of that name.
    func name(of group: GroupSettings) -> String { "holdfast-\(run)-\(group.name)" }

    private func reading(of group: GroupSettings) -> Reading {
        Reading(topic: topics.topic(of: group), isolation: group.isolation)
    }

    private var partitions: [Int32] { Array(0..<Int32(topics.partitions)) }

    // MARK: Coordinators

    /// Who coordinates a group, by word of any broker; the first time anybody asks for one, the topic that groups are
    /// kept in is made.
    func findCoordinator(of group: GroupSettings, _ cluster: KafkaCluster) -> (broker: Int32?, said: String) {
        let name = name(of: group)
        let answers = KafkaServer.ask(KafkaCoordinatorRequest(key: name, kind: .group), of: cluster.brokers)
        guard let good = answers.first(where: { $0.answer.error == 0 }) else {
            coordinators[name] = nil
            return (nil, answers.first.map { KafkaErrorName.of($0.answer.error) } ?? "no answer")
        }
        coordinators[name] = good.answer.broker
        return (good.answer.broker, "")
    }

    /// Before the load: the topic that groups are kept in takes its time.
    func makeCoordinators(_ cluster: KafkaCluster, _ patience: any Patience) throws(SystemError) {
        _ = try awaitCommitted(cluster, patience, "after the start")
    }

    /// How far every group is, once all coordinators say so.
    private func awaitCommitted(
        _ cluster: KafkaCluster, _ patience: any Patience, _ when: String
    ) throws(SystemError) -> [String: [Int32: Int64]] {
        var found: [String: [Int32: Int64]] = [:]
        let came = try patience.wait(upTo: SystemLimits.syncSeconds) {
            found = committed(cluster)
            return found.count == groups.count
        }
        if came { return found }
        let missing = groups.filter { found[name(of: $0)] == nil }.map(\.name).joined(separator: ", ")
        throw SystemError(
            .deadline,
            "no broker says \(Int(SystemLimits.syncSeconds)) s \(when) how far these groups are: \(missing); the last "
                + "answer was \(said)")
    }

    // MARK: Where they stand

    /// Asks all groups and partitions at once; a moment ago counts as now.
    private func look(_ cluster: KafkaCluster, _ leaders: (_ topic: String) -> [Int32: Int32]) {
        if let asked, MonotonicClock.now() - asked < SystemLimits.backlogNanoseconds { return }
        earlier = (places, ends)
        places = committed(cluster)
        for reading in Set(groups.map(reading(of:))) {
            ends[reading] = ends(reading, cluster, leaders(reading.topic))
        }
        asked = MonotonicClock.now()
    }

    /// Of every group that its coordinator speaks of: the offset that comes next, by partition; absent where there is
    /// none.
    func committed(_ cluster: KafkaCluster) -> [String: [Int32: Int64]] {
        var questions: [(server: KafkaServer, request: KafkaGroupOffsetsRequest)] = []
        for group in groups {
            let name = name(of: group)
            guard let id = coordinators[name] ?? findCoordinator(of: group, cluster).broker,
                let server = cluster.broker(id)
            else { continue }
            questions.append(
                (server, KafkaGroupOffsetsRequest(group: name, topic: topics.topic(of: group), partitions: partitions)))
        }
        var found: [String: [Int32: Int64]] = [:]
        for (server, request, answer) in KafkaServer.askAll(questions) {
            let error = answer.error != 0 ? answer.error : answer.places.first { $0.error != 0 }?.error ?? 0
            guard error == 0 else {
                said = "\(KafkaErrorName.of(error)) of \(server.node.name)"
                continue
            }
            found[request.group] = Dictionary(
                uniqueKeysWithValues: answer.places.filter { $0.offset >= 0 }.map { ($0.partition, $0.offset) })
        }
        // Whoever has not answered may not coordinate it any more.
        for (_, request) in questions where found[request.group] == nil { coordinators[request.group] = nil }
        return found
    }

    /// - Parameter leaders: of each partition.
    private func ends(_ reading: Reading, _ cluster: KafkaCluster, _ leaders: [Int32: Int32]) -> Ends {
        let led = Dictionary(grouping: leaders.keys) { leaders[$0] ?? -1 }
        func ask(_ place: KafkaEndOffsetsRequest.Place) -> [KafkaEndOffsetsRequest.End] {
            KafkaServer.ask(
                led.compactMap { id, partitions in
                    cluster.broker(id).map { server in
                        (
                            server: server,
                            request: KafkaEndOffsetsRequest(
                                topic: reading.topic, partitions: partitions.sorted(),
                                committed: reading.isolation == .readCommitted, place: place)
                        )
                    }
                }
            ).flatMap(\.answer).filter { $0.error == 0 }
        }
        var ends: Ends = [:]
        for end in ask(.last) { ends[end.partition] = (0, end.offset) }
        guard retains else { return ends }
        for first in ask(.first) { ends[first.partition]?.first = first.offset }
        return ends
    }

    /// What lies behind the offsets that the group has committed; what it was handed and has not committed is among it.
    func backlog(
        of group: GroupSettings, _ cluster: KafkaCluster, leaders: (_ topic: String) -> [Int32: Int32]
    ) throws(SystemError) -> Backlog {
        let (name, reading) = (name(of: group), reading(of: group))
        look(cluster, leaders)
        guard let places = places[name] else {
            throw SystemError(.unreachable, "no broker says how far the group \(group.name) is: \(said)")
        }
        guard let ends = ends[reading], ends.count == topics.partitions else {
            throw SystemError(.unreachable, "not every partition's leader says how far \(reading.topic) goes")
        }
        var unread: Int64 = 0
        for (partition, end) in ends {
            let from = max(places[partition] ?? 0, end.first)
            guard from < end.last else { continue }
            // Markers at the end are nobody's: looked for once nothing moves any more.
            let isStill =
                earlier.places[name]?[partition] == places[partition]
                && earlier.ends[reading]?[partition]?.last == end.last
            unread +=
                hasMarkers && isStill
                ? try tails.count(
                    reading.topic, partition, from..<end.last, isolation: group.isolation,
                    addresses: cluster.brokers.map(\.address)) : end.last - from
        }
        return Backlog(unread: unread, pending: 0)
    }

    /// Where each group stands in each partition now that all is over.
    func groupEnds(_ cluster: KafkaCluster, _ patience: any Patience) throws(SystemError) -> [History.GroupEnd] {
        let found = try awaitCommitted(cluster, patience, "after the trial")
        return groups.flatMap { group in
            partitions.map { partition in
                let next = found[name(of: group)]?[partition] ?? 0
                return History.GroupEnd(
                    group: Name(group.name), stream: Name("\(topics.topic(of: group))-\(partition)"),
                    passed: next > 0 ? Position(UInt64(next - 1)) : nil, pending: [])
            }
        }
    }
}
