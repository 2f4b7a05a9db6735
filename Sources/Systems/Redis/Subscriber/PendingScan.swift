import History

/// What a consumer has found among the pending entries of its group and is to take over, before it does.
struct PendingScan {
    struct Candidate {
        var stream: Int
        var position: Position
        /// How often it was handed out so far.
        var times: Int
    }

    /// Only the consumer's own, however short they idle: what came when it was not there to take it.
    private(set) var isOwn = false
    /// Answers that are still to come: lists of pending entries, or entries that were taken over.
    private(set) var listsToCome = 0
    private(set) var claimsToCome = 0
    /// In the order of the streams.
    private var candidates: [Candidate] = []
    private var asked: [Candidate] = []
    private var answered = 0
    private(set) var hasMore = false
    private(set) var foundAt: Int64 = 0

    var isOver: Bool { listsToCome == 0 && claimsToCome == 0 && candidates.isEmpty }
    var hasCandidates: Bool { !candidates.isEmpty }
    var count: Int { candidates.count }

    mutating func begin(own: Bool) {
        self = PendingScan()
        isOwn = own
    }

    mutating func listAsked() { listsToCome += 1 }

    mutating func listAnswered(now: Int64) {
        listsToCome -= 1
        foundAt = now
    }

    mutating func found(_ candidate: Candidate) { candidates.append(candidate) }

    mutating func leaveSome() { hasMore = true }

    /// What was found is not to be taken over now.
    mutating func drop() { candidates.removeAll() }

    /// Takes out what is to be taken over next: of one stream, at most so many, and none of which `isHeld` says that it
    /// is in hand.
    mutating func next(_ most: Int, unless isHeld: (Candidate) -> Bool) -> ArraySlice<Candidate> {
        candidates.removeAll(where: isHeld)
        guard let first = candidates.first else { return [] }
        let ones = candidates.prefix { $0.stream == first.stream }.prefix(most)
        let start = asked.count
        asked += ones
        candidates.removeFirst(ones.count)
        claimsToCome += 1
        return asked[start...]
    }

    /// The next answer to a claim of so many has come, or will not.
    mutating func claimAnswered(_ count: Int) -> ArraySlice<Candidate> {
        claimsToCome -= 1
        let ones = asked[answered..<answered + count]
        answered += count
        return ones
    }
}
