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

    /// Nil if no trial has a group.
    init?(_ verdicts: [Verdict]) {
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
    }

    static let columns = [
        "Undelivered", "Unprocessed", "Redelivered", "Vanished", "Expired unseen", "Longest pause", "Catch-up",
        "Delivery p99",
    ]

    var cells: [String] {
        [undelivered, unprocessed, redelivered, vanished, expiredUnseen].map(Format.count) + [
            pause.map(Format.time) ?? Format.nothing,
            catchUp.map { Format.value($0, .nanoseconds) } ?? Format.nothing,
            deliveryP99.map(Format.time) ?? Format.nothing,
        ]
    }
}
