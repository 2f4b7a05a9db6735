extension ComparisonTable {
    /// Latency around each fault, and of whole turns; nothing in a suite that has neither.
    var latency: [String] {
        var columns = Columns([.left] + LatencyOverview.columns.map { _ in .right })
        columns.rows.append(
            .cells(["", "before", "before", "during", "during", "after", "after", "turn", "turn"]))
        columns.rows.append(.cells(["latency", "p50", "p99", "p50", "p99", "p50", "p99", "p50", "p99"]))
        let first = columns.rows.count
        for row in digest.configurations {
            let lines = row.cells.flatMap { [$0] + $0.apart }.compactMap { cell -> Columns.Row? in
                guard let latency = cell.latency else { return nil }
                return .cells(["  " + safe(cell.circumstance.map { "  \($0)" } ?? cell.cell.fault)] + latency.cells)
            }
            if !lines.isEmpty { columns.rows += [.line(""), .line(safe(row.name))] + lines }
        }
        if columns.rows.count == first { return [] }
        return columns.lines(width: width) + [""] + DisplayWidth.wrap(LatencyOverview.remark, to: width)
    }
}
