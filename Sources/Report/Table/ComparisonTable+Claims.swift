extension ComparisonTable {
    /// What is said of the brokers: the verdict, the claim, and what was measured.
    var claims: [String] {
        guard let claims = digest.summary.claims, let sentence = ClaimText.sentence(of: claims) else { return [] }
        var lines = ["Claims"] + indented(safe(sentence), by: 2)
        for outcome in claims {
            let rest = ClaimText.rest(outcome)
            let word = ClaimText.word(outcome.verdict) + (rest.isEmpty ? "" : " \(rest)")
            lines += indented(safe("\(outcome.claim.id): \(word)"), by: 2)
            for measured in outcome.measured {
                let text = ClaimText.figure(measured, of: outcome.claim)
                lines += indented(
                    safe(
                        "\(text) (said: \(ClaimText.said(outcome.claim))); \(ClaimText.place(measured, of: outcome.claim))"
                    ),
                    by: 6)
            }
        }
        return lines
    }
}
