import Checker

/// What a comparison shows of all groups of a cell together: of each trial the sum over its groups, or the worst of
/// them for times; of several trials the worst.
struct GroupOverview {
    let undelivered: Int
    let unprocessed: Int
    let redelivered: Int
    let vanished: Int
    let expiredUnseen: Int
    /// Nanoseconds.
    let pause: Int64?
    let catchUp: Figure.Value?
    let deliveryP99: Int64?
    /// CPU time for each event acked, nanoseconds: of the workers, and of the system; the median.
    let harness: Int64?
    let servers: Int64?

    /// Nil if no trial has a group.
    init?(_ judged: [Summary.Trial]) {
        let verdicts = judged.compactMap(\.verdict)
        let trials = verdicts.map { Array($0.groups.values) }.filter { !$0.isEmpty }
        if trials.isEmpty { return nil }
        func worst(_ count: (Verdict.GroupFigures) -> Int) -> Int {
            trials.map { groups in groups.reduce(0) { $0 + count($1) } }.max() ?? 0
        }
        undelivered = worst { $0.undelivered.skipped + $0.undelivered.behind }
        unprocessed = worst { $0.unprocessed }
        redelivered = worst { $0.redelivered.unacked + $0.redelivered.acked }
        vanished = worst { $0.vanished }
        expiredUnseen = worst { $0.expiredUnseen }
        let all = trials.flatMap { $0 }
        pause = all.compactMap { $0.pause?.longestNanoseconds }.max()
        catchUp = GroupDigest.catchUp(all)
        deliveryP99 = verdicts.flatMap(\.latency.delivery.values).filter { $0.count > 0 }.map(\.p99).max()
        func perEvent(_ time: (Summary.Trial.CPU) -> Int64) -> Int64? {
            Spread(
                judged.compactMap { trial in
                    guard let cpu = trial.cpu, let acked = trial.verdict?.events.acked, acked > 0 else { return nil }
                    return time(cpu) / Int64(acked)
                })?.median
        }
        harness = perEvent(\.harnessNanoseconds)
        servers = perEvent(\.serversNanoseconds)
    }

    static let columns = [
        "Undelivered", "Unprocessed", "Redelivered", "Vanished", "Expired unseen", "Longest pause", "Catch-up",
        "Delivery p99",
        "CPU an event, harness", "CPU an event, servers",
    ]

    var cells: [String] {
        [undelivered, unprocessed, redelivered, vanished, expiredUnseen].map(Format.count) + [
            pause.map(Format.time) ?? Format.nothing,
            catchUp.map { Format.value($0, .nanoseconds) } ?? Format.nothing,
            deliveryP99.map(Format.time) ?? Format.nothing, harness.map(Format.time) ?? Format.nothing,
            servers.map(Format.time) ?? Format.nothing,
        ]
    }
}
