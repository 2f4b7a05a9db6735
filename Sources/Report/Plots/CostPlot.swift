/// What an acknowledgement costs against what it is worth: each configuration's latency without a fault, and the share
/// of acknowledged events that it lost under its worst one. Down and to the left is better.
struct CostPlot {
    struct Point {
        let name: String
        /// Median over trials without a fault, nanoseconds.
        let p99: Int64
        /// Events a second that were tried, in these.
        let rate: Double?
        let lost: CellDigest.Share
        /// The cells that the two are from.
        let calm: Summary.Cell
        let worst: Summary.Cell

        /// Of acknowledged ones.
        var share: Double { lost.whole > 0 ? Double(lost.part) / Double(lost.whole) : 0 }
    }

    private let points: [Point]
    private static let width = 860.0
    private static let (left, right, top, bottom) = (72.0, 20.0, 30.0, 300.0)

    /// Nil unless two configurations have latencies that compare and faults that could have lost something.
    init?(_ digest: RunDigest) {
        points = digest.configurations.compactMap(Self.point)
        guard points.count > 1 else { return nil }
    }

    private static func point(_ row: RunDigest.Row) -> Point? {
        let calm = row.cells(under: "none").filter { $0.saturated == 0 }
        guard let quiet = calm.first(where: { $0.p99 != nil }), let p99 = quiet.p99?.median else { return nil }
        let struck = row.cells.filter { $0.cell.fault != "none" && $0.lost != nil }
        let worst = struck.max { a, b in (share(a), a.lost?.part ?? 0) < (share(b), b.lost?.part ?? 0) }
        guard let worst, let lost = worst.lost else { return nil }
        return Point(
            name: row.name, p99: p99, rate: quiet.achieved?.median, lost: lost, calm: quiet.cell, worst: worst.cell)
    }

    private static func share(_ digest: CellDigest) -> Double {
        digest.lost.map { $0.whole > 0 ? Double($0.part) / Double($0.whole) : 0 } ?? 0
    }

    /// - Parameter link: a figure that leads to the cell that it is from.
    func figure(_ link: (String, Summary.Cell) -> HTML) -> HTML {
        .fragment([
            .element(
                "figure", ["class": "plot"],
                .element(
                    "figcaption", [:],
                    "Latency of an acknowledgement without a fault, and the share of acknowledged events lost under the worst fault"
                ),
                .element(
                    "div", ["class": "scroll", "tabindex": "0", "role": "region", "aria-label": "Cost of durability"],
                    svg)),
            table(link),
        ])
    }

    private var svg: HTML {
        let latencies = points.map { Double($0.p99) }
        let x = Axis.logarithmic(
            latencies.min() ?? 1, latencies.max() ?? 1, from: Self.left, to: Self.width - Self.right)
        let y = Axis.linear(upTo: (points.map(\.share).max() ?? 0) * 100, from: Self.bottom, to: Self.top)
        return .element(
            "svg", ["viewBox": "0 0 860 340", "role": "img", "aria-label": spoken],
            .fragment(
                y.ticks.flatMap { tick in
                    line(across: y.place(of: tick), "\(Format.decimals(tick, tick < 1 && tick > 0 ? 1 : 0)) %")
                }),
            .fragment(
                x.ticks.map { tick in
                    text(Format.time(Int64(tick)), x.place(of: tick), Self.bottom + 18, "tick", "middle")
                }),
            text("lost under the worst fault", Self.left, Self.top - 12, "tick", "start"),
            text("ack p99 without a fault", Self.width - Self.right, Self.bottom + 34, "tick", "end"),
            .fragment(marks(x, y)))
    }

    /// Each point with its number; those at one place share a mark, with the numbers beside it.
    private func marks(_ x: Axis, _ y: Axis) -> [HTML] {
        var places: [(x: Double, y: Double, names: [Int], loses: Bool)] = []
        for (index, point) in points.enumerated() {
            let (px, py) = (x.place(of: Double(point.p99)), y.place(of: point.share * 100))
            if let near = places.firstIndex(where: { abs($0.x - px) < 12 && abs($0.y - py) < 12 }) {
                places[near].names.append(index + 1)
                places[near].loses = places[near].loses || point.lost.part > 0
            } else {
                places.append((px, py, [index + 1], point.lost.part > 0))
            }
        }
        return places.flatMap { place in
            [
                HTML.element(
                    "circle",
                    [
                        "class": place.loses ? "point loses" : "point holds", "cx": number(place.x),
                        "cy": number(place.y),
                        "r": "5",
                    ]),
                text(
                    place.names.map(String.init).joined(separator: ", "), place.x + 9, place.y - 7, "mark", "start"),
            ]
        }
    }

    private func line(across place: Double, _ label: String) -> [HTML] {
        [
            .element(
                "line",
                [
                    "class": "axis", "x1": number(Self.left), "x2": number(Self.width - Self.right),
                    "y1": number(place),
                    "y2": number(place),
                ]), text(label, Self.left - 8, place + 3.5, "tick", "end"),
        ]
    }

    private func text(_ content: String, _ x: Double, _ y: Double, _ name: String, _ anchor: String) -> HTML {
        .element(
            "text", ["class": name, "x": number(x), "y": number(y), "text-anchor": anchor], .text(content))
    }

    private func number(_ value: Double) -> String { Format.decimals(value, 1) }

    private var spoken: String {
        points.map { "\($0.name): \(Format.time($0.p99)), \(Format.share($0.lost.part, of: $0.lost.whole)) lost" }
            .joined(separator: "; ")
    }

    /// What the numbers stand for.
    private func table(_ link: (String, Summary.Cell) -> HTML) -> HTML {
        let names = ["No.", "Configuration", "Ack p99", "Events/s", "Lost", "Under"]
        let rows = points.enumerated().map { index, point in
            HTML.element(
                "tr", [:],
                all: [
                    .element("td", ["class": "number"], .text("\(index + 1)")),
                    .element("th", ["scope": "row"], .text(point.name)),
                    .element("td", ["class": "number"], link(Format.time(point.p99), point.calm)),
                    .element(
                        "td", ["class": "number"], link(point.rate.map(Format.rate) ?? Format.nothing, point.calm)),
                    .element(
                        "td", ["class": "number"],
                        link(Format.share(point.lost.part, of: point.lost.whole), point.worst)),
                    .element("td", [:], .text(point.lost.part > 0 ? point.worst.fault : "none of its faults")),
                ])
        }
        return .element(
            "div",
            ["class": "scroll", "tabindex": "0", "role": "region", "aria-label": "Cost of durability, as a table"],
            .element("table", [:], ReportPage.head(names), .element("tbody", [:], all: rows)))
    }
}
