import History

/// One log as the figures need it: the only one of a history without `logs`, or one of several.
struct LogPlan {
    var index: Int
    /// What its findings' names begin with: nothing for the log of record.
    var prefix = ""
    var name: Name?
    /// Places, in their order.
    var streams: [Int] = []
    /// Numbers of the kinds that it expects; nil: all.
    var kinds: Set<UInt32>?
    var own = false
    var retention = false
}

extension LogPlan {
    /// Whether it holds what was answered: a log with `own` that is nobody's dead letters. A result is an attempt of the
    /// event that it answers, so what a group is handed there, less what was intended, is that event's whole turn.
    func isOfResults(_ groups: [Int: [GroupPlan]]) -> Bool {
        own && !groups.values.joined().contains { $0.dead == index }
    }
}

/// Which logs there are, and which stream belongs to which.
struct LogTable {
    static let noLog = -1

    private(set) var logs: [LogPlan] = []
    private(set) var ofRecord = 0
    /// By the stream's place: the log's index, or `noLog`.
    private(set) var logOfStream: [Int]
    private(set) var hasKinds = false
    private var byName: [Name: Int] = [:]

    var first: LogPlan { logs[0] }

    init(_ header: History.Header, streams: StreamTable, kinds: (Name) -> UInt32?) {
        logOfStream = Array(repeating: LogTable.noLog, count: streams.count)
        if header.logs.isEmpty {
            logs = [LogPlan(index: 0, streams: Array(0..<streams.count), retention: header.retention)]
            logOfStream = Array(repeating: 0, count: streams.count)
            return
        }
        for (index, log) in header.logs.enumerated() {
            var plan = LogPlan(index: index, name: log.name, own: log.own, retention: log.retention)
            plan.kinds = log.kinds.map { Set($0.compactMap(kinds)) }
            hasKinds = hasKinds || plan.kinds != nil
            for stream in log.streams.compactMap(streams.place) where logOfStream[stream] == LogTable.noLog {
                logOfStream[stream] = index
                plan.streams.append(stream)
            }
            plan.streams.sort()
            byName[log.name] = byName[log.name] ?? index
            logs.append(plan)
        }
        ofRecord =
            header.logs.firstIndex(where: \.ofRecord) ?? header.logs.lastIndex(where: { !$0.own }) ?? logs.count - 1
        for index in logs.indices where index != ofRecord { logs[index].prefix = "logs.\(header.logs[index].name)." }
    }

    func index(_ name: Name?) -> Int? { name.flatMap { byName[$0] } }

    /// The log that an attempt went to: the first, if it names none.
    @inline(__always) func log(_ number: UInt16) -> Int { Int(number) < logs.count ? Int(number) : 0 }

    func hasRetention(stream: Int) -> Bool {
        logOfStream[stream] != LogTable.noLog && logs[logOfStream[stream]].retention
    }

    /// Whether an attempt to `log` counts for an event's status in `plan`.
    @inline(__always) func isInScope(_ log: Int, of plan: LogPlan) -> Bool {
        plan.own ? log == plan.index : !logs[log].own
    }
}
