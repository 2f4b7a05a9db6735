import History
import Workers

/// Puts an answer together from the replies to one XADD and, where that is asked for, the WAIT or WAITAOF behind it.
struct AnswerParser {
    /// How far the answer to the oldest request has come.
    struct Progress {
        enum Stage { case entry, wait, array, local, replicas }
        var stage = Stage.entry
        var completion = Completion(slot: 0, outcome: .unknown)
        var local = 0
        /// The server takes no events, and will not soon: it is a replica.
        var turnsAway = false
        /// Where a node of a cluster sends it.
        var redirect: Redirect?
    }

    enum Result {
        case incomplete
        case malformed
        case partOfAnswer
        case answer(Completion, turnsAway: Bool)
        /// It was not run, and may be where it is sent to.
        case redirect(Completion, Redirect)
    }

    private let acknowledgement: Acknowledgement
    private let reasons: ReasonTable
    /// Whether redirections are told apart from other errors.
    private let isOfCluster: Bool

    init(acknowledgement: Acknowledgement, reasons: ReasonTable, isOfCluster: Bool = false) {
        (self.acknowledgement, self.reasons, self.isOfCluster) = (acknowledgement, reasons, isOfCluster)
    }

    /// Takes the reply to ASKING, whatever it is: what comes behind says whether it helped. False: it has not come.
    static func skip(_ bytes: UnsafeRawBufferPointer, from start: inout Int) -> Bool? {
        switch ReplyScanner.scan(bytes, from: start) {
        case .incomplete: return false
        case .malformed: return nil
        case .reply(_, let end): start = end
        }
        return true
    }

    /// Takes the next reply; `start` moves behind it.
    func take(_ bytes: UnsafeRawBufferPointer, from start: inout Int, _ progress: inout Progress) -> Result {
        let reply: ReplyScanner.Reply
        switch ReplyScanner.scan(bytes, from: start) {
        case .incomplete: return .incomplete
        case .malformed: return .malformed
        case .reply(let found, let end): (reply, start) = (found, end)
        }
        if progress.stage == .entry {
            guard let completion = entry(reply, bytes) else { return .malformed }
            progress.completion = completion
            progress.turnsAway = completion.outcome == .failed && Self.isReadOnly(reply, bytes)
            if isOfCluster, case .error(let range) = reply {
                progress.redirect = Redirect(error: UnsafeRawBufferPointer(rebasing: bytes[range]))
            }
            switch acknowledgement {
            case .reply: return finish(&progress)
            case .wait: progress.stage = .wait
            case .waitAOF: progress.stage = .array
            }
            return .partOfAnswer
        }
        return confirm(reply, bytes, &progress)
    }

    private func finish(_ progress: inout Progress) -> Result {
        defer { progress = Progress() }
        if let redirect = progress.redirect { return .redirect(progress.completion, redirect) }
        return .answer(progress.completion, turnsAway: progress.turnsAway)
    }

    private func entry(_ reply: ReplyScanner.Reply, _ bytes: UnsafeRawBufferPointer) -> Completion? {
        switch reply {
        case .bulk(let range):
            guard let position = EntryID.parse(bytes, range) else { return nil }
            return Completion(slot: 0, outcome: .acked, position: position)
        case .nothing:
            return Completion(slot: 0, outcome: .failed, reason: reasons.number("nil"))
        case .error(let range):
            let text = UnsafeRawBufferPointer(rebasing: bytes[range])
            let outcome = RedisReplies.row(ofError: text).outcome
            return Completion(slot: 0, outcome: outcome, reason: reasons.number(ofError: text))
        case .status, .integer, .array:
            return nil
        }
    }

    private static let readOnly = Array("READONLY ".utf8)

    private static func isReadOnly(_ reply: ReplyScanner.Reply, _ bytes: UnsafeRawBufferPointer) -> Bool {
        guard case .error(let range) = reply else { return false }
        return bytes[range].starts(with: readOnly)
    }

    /// The replies to WAIT (a number) and WAITAOF (an array of two).
    private func confirm(
        _ reply: ReplyScanner.Reply, _ bytes: UnsafeRawBufferPointer, _ progress: inout Progress
    ) -> Result {
        switch (progress.stage, reply, acknowledgement) {
        case (.wait, .integer(let count), .wait(let wanted, _)):
            if count < Int64(wanted) { withdraw(&progress, "WAIT: \(count) of \(wanted) replicas") }
            return finish(&progress)
        case (.array, .array(2), _):
            progress.stage = .local
            return .partOfAnswer
        case (.local, .integer(let count), _):
            progress.local = Int(clamping: count)
            progress.stage = .replicas
            return .partOfAnswer
        case (.replicas, .integer(let count), .waitAOF(let local, let replicas, _)):
            if progress.local < local || count < Int64(replicas) {
                withdraw(&progress, "WAITAOF: \(progress.local) of \(local) local, \(count) of \(replicas) replicas")
            }
            return finish(&progress)
        case (.wait, .error(let range), _), (.array, .error(let range), _):
            let text = UnsafeRawBufferPointer(rebasing: bytes[range])
            if progress.completion.outcome == .acked {
                progress.completion = Completion(slot: 0, outcome: .unknown, reason: reasons.number(ofError: text))
            }
            return finish(&progress)
        default:
            return .malformed
        }
    }

    /// The entry is there, and not as safe as asked for: that it stays is no longer promised.
    private func withdraw(_ progress: inout Progress, _ reason: String) {
        if progress.completion.outcome != .acked { return }
        progress.completion = Completion(slot: 0, outcome: .unknown, reason: reasons.number(reason))
    }
}
