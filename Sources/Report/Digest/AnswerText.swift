extension CellDigest {
    /// The number of the answer, and what stands beside it: `0.91 s` and `9,120 lost, 23 %`.
    var answerText: (number: String, rest: String) {
        switch answer {
        case .holds: ("0 lost", trialsText)
        case .bounded: (Format.window(window?.highest ?? 0), "\(lostText), \(trialsText)")
        case .loses: lossText
        case .wrong: (Format.count(otherWrong.first?.count ?? 0), (otherWrong.first?.name ?? "") + ", " + trialsText)
        case .unavailable: ("0 lost", "no ack after the fault, \(trialsText)")
        case .invalid, .skipped, .failed: (Format.plural(cell.trials.count, "trial"), "")
        case .apart: ("", "")
        case .notApplicable, .absent: ("", "")
        }
    }

    /// The share, with the count beside it; a share too small to mean anything gives way to the count.
    private var lossText: (number: String, rest: String) {
        let share = lostShare ?? ""
        let isTiny = lost.map { $0.part * 1000 < $0.whole } ?? false
        return isTiny ? (lostText, "\(share), \(trialsText)") : (share, "\(lostText), \(trialsText)")
    }

    private var lostText: String { "\(Format.count(lost?.part ?? 0)) lost" }

    /// `n = 3`, or `n = 2, 1 invalid`, or `n = 3, breaks a gate`.
    private var trialsText: String {
        var text = "n = \(valid.count)"
        if !invalid.isEmpty { text += ", \(invalid.count) invalid" }
        if !failed.isEmpty { text += ", \(failed.count) failed" }
        if !skipped.isEmpty { text += ", \(skipped.count) skipped" }
        if breaksGate { text += ", breaks a gate" }
        return text
    }
}
