/// Rows of text, aligned in columns by display width.
struct Columns {
    enum Alignment { case left, right }

    enum Row {
        case cells([String])
        /// A cell of the first column, and a text over all others.
        case spanning(String, String)
        /// A line of its own.
        case line(String)
    }

    var alignments: [Alignment]
    var rows: [Row] = []
    /// Columns are two spaces apart.
    private static let gap = "  "

    init(_ alignments: [Alignment]) { self.alignments = alignments }

    /// Lines of at most `width` columns: what is too long is cut, the first column first.
    func lines(width: Int) -> [String] {
        var widths = alignments.map { _ in 0 }
        for row in rows {
            switch row {
            case .cells(let cells):
                for (index, cell) in cells.enumerated() { widths[index] = max(widths[index], DisplayWidth.of(cell)) }
            case .spanning(let first, _): widths[0] = max(widths[0], DisplayWidth.of(first))
            case .line: continue
            }
        }
        let others = widths.dropFirst().reduce(0) { $0 + $1 + Self.gap.count }
        widths[0] = max(8, min(widths[0], width - others))
        return rows.map { line(of: $0, widths: widths, width: width) }
    }

    private func line(of row: Row, widths: [Int], width: Int) -> String {
        let text: String
        switch row {
        case .cells(let cells):
            text = cells.enumerated().map { pad($1, to: widths[$0], alignments[$0]) }.joined(separator: Self.gap)
        case .spanning(let first, let rest): text = pad(first, to: widths[0], .left) + Self.gap + rest
        case .line(let line): text = line
        }
        let cut = DisplayWidth.cut(text, to: width)
        return String(cut.reversed().drop { $0 == " " }.reversed())
    }

    private func pad(_ text: String, to width: Int, _ alignment: Alignment) -> String {
        let text = DisplayWidth.cut(text, to: width)
        let spaces = String(repeating: " ", count: width - DisplayWidth.of(text))
        return alignment == .left ? text + spaces : spaces + text
    }
}

extension Columns {
    /// Some of the rows, aligned by all of them, and never cut.
    func wholeLines(_ some: [Row]) -> [String] {
        var all = self
        all.rows += some
        return Array(all.lines(width: Int.max / 2).suffix(some.count))
    }
}
