extension ComparisonTable {
    /// Lost events beside what became of the others at the groups; nothing in a suite without groups.
    var groups: [String] {
        guard digest.cells.contains(where: { $0.groups != nil || $0.apart.contains { $0.groups != nil } }) else {
            return []
        }
        var columns = Columns([.left] + Array(repeating: .right, count: 11))
        columns.rows.append(
            .cells([
                "", "lost", "unde-", "unpro-", "rede-", "", "expired", "longest", "", "delivery", "CPU",
                "CPU",
            ]))
        columns.rows.append(
            .cells([
                "groups", "events", "livered", "cessed", "livered", "vanished", "unseen", "pause", "catch-up", "p99",
                "harness", "servers",
            ]))
        for row in digest.configurations {
            let lines = row.cells.flatMap { [$0] + $0.apart }.compactMap { groupLine(for: $0) }
            if lines.isEmpty { continue }
            columns.rows += [.line(""), .line(safe(row.name))] + lines
        }
        let sentences = [Remarks.groups] + KeepingUp.sentences(of: digest).map(safe)
        return columns.lines(width: width) + [""] + sentences.flatMap { DisplayWidth.wrap($0, to: width) }
    }

    private func groupLine(for digest: CellDigest) -> Columns.Row? {
        guard let lost = digest.lost, let groups = digest.groups else { return nil }
        let name = "  " + safe(digest.circumstance.map { "  \($0)" } ?? digest.cell.fault)
        return .cells([name, Format.count(lost.part)] + groups.cells)
    }
}
