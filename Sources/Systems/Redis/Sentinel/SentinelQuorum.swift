import Labs
import Platform

/// The sentinels of one primary: who leads by the word of most of them, and whether they are of one mind.
final class SentinelQuorum {
    let all: [SentinelServer]
    private var looked: Int64?
    private var views: [SentinelView?] = []
    /// Who led when more than half of them last said so.
    private var last: ServerAddress?

    /// - Parameter first: the address of the node that leads at the start.
    init(_ sentinels: [SentinelServer], first: ServerAddress?) { (all, last) = (sentinels, first) }

    /// The address of the node that more than half of all sentinels send clients to; where no such number says so at
    /// this moment, the last one: nobody but they can make another lead.
    var primary: ServerAddress? {
        var votes: [ServerAddress: Int] = [:]
        for case let view? in look() { votes[view.primary, default: 0] += 1 }
        if let most = votes.first(where: { 2 * $0.value > all.count }) { last = most.key }
        return last
    }

    /// What each says; a moment ago counts as now.
    private func look() -> [SentinelView?] {
        if let looked, MonotonicClock.now() - looked < SystemLimits.convergenceNanoseconds { return views }
        views = all.map { $0.view() }
        looked = MonotonicClock.now()
        return views
    }

    /// What stands against it that every sentinel finds all well: this primary leads, these replicas follow it, all
    /// sentinels know each other, and no fail-over is under way. Nil: nothing.
    func problem(primary: RedisServer, replicas: [RedisServer]) -> String? {
        let followers = Set(replicas.compactMap(\.place))
        looked = nil
        for (sentinel, view) in zip(all, look()) {
            let name = sentinel.node.name
            guard let view else { return "\(name) does not answer" }
            if view.primary != primary.place { return "\(name) says that \(view.primary) leads" }
            if view.flags != ["master"] {
                return "\(name) says of the primary: \(view.flags.sorted().joined(separator: ", "))"
            }
            if view.replicas != followers {
                return "\(name) finds \(view.replicas.count) of \(followers.count) replicas well"
            }
            if view.sentinels != all.count - 1 {
                return "\(name) finds \(view.sentinels) of \(all.count - 1) other sentinels well"
            }
        }
        return nil
    }
}
