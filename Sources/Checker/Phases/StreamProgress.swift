import History

/// How far a group has come in one stream: what its `group_end` says, or else its commits.
struct StreamProgress {
    struct Commit {
        var position: Position
        var t: Int64
    }

    private(set) var end: History.GroupEnd?
    private var commits: [Commit] = []
    /// Everything before it was committed.
    private(set) var committed: Position?

    init(_ end: History.GroupEnd?) { self.end = end }

    var hasEnd: Bool { end != nil }

    mutating func commit(_ position: Position, t: Int64) {
        commits.append(Commit(position: position, t: t))
        if committed.map({ $0 < position }) ?? true { committed = position }
    }

    /// Whether a position is at or before `passed`. Without a `group_end`, `passed` is what lies before the highest
    /// commit.
    func isPassed(_ position: Position) -> Bool {
        if let end { return end.passed.map { position <= $0 } ?? false }
        return isCommitted(position)
    }

    func isCommitted(_ position: Position) -> Bool { committed.map { position < $0 } ?? false }

    /// Orders the commits, so that `firstCommit` can search them.
    mutating func prepare() {
        commits.sort { $0.position > $1.position }
        for index in commits.indices.dropFirst() { commits[index].t = min(commits[index].t, commits[index - 1].t) }
    }

    /// The earliest commit that covers a position.
    func firstCommit(_ position: Position) -> Int64? {
        var (low, high) = (0, commits.count)
        while low < high {
            let middle = (low + high) / 2
            if commits[middle].position > position { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? nil : commits[low - 1].t
    }
}
