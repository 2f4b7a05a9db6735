/// What became of the events over a trial's time, with its faults: acknowledged and refused a second above, latency
/// below; and where there are groups, how far the one with the most before it was behind.
struct TimelinePlot {
    private let timeline: Timeline
    private let faults: [Summary.Trial.FaultMark]
    private let x: Axis
    private let seconds: Double

    private static let width = 860.0
    private static let rateTop = 56.0
    private static let rateBottom = 162.0
    private static let latencyTop = 196.0
    private static let latencyBottom = 274.0
    private static let lagTop = 308.0
    private static let lagBottom = 366.0
    private static let left = 58.0

    static func figure(_ timeline: Timeline, faults: [Summary.Trial.FaultMark], title: String) -> HTML {
        guard !timeline.buckets.isEmpty, timeline.bucketNanoseconds > 0 else { return .nothing }
        let plot = TimelinePlot(timeline, faults)
        return .element(
            "figure", ["class": "plot"], .element("figcaption", [:], .text(title)),
            .element(
                "div", ["class": "scroll", "tabindex": "0", "role": "region", "aria-label": "Timeline"], plot.svg(title)
            ))
    }

    private var hasGroups: Bool { timeline.buckets.contains { $0.lag != nil } }
    /// Of the lowest panel.
    private var bottom: Double { hasGroups ? Self.lagBottom : Self.latencyBottom }

    private init(_ timeline: Timeline, _ faults: [Summary.Trial.FaultMark]) {
        (self.timeline, self.faults) = (timeline, faults)
        seconds = Double(timeline.bucketNanoseconds) * Double(timeline.buckets.count) / 1e9
        x = .exact(upTo: seconds, from: Self.left, to: Self.width - 8)
    }

    private func svg(_ title: String) -> HTML {
        .element(
            "svg",
            ["viewBox": "0 0 860 \(Int(bottom) + 24)", "role": "img", "aria-label": "\(title): \(spoken)"],
            .fragment(bands), rates, latencies, lags, timeAxis, .fragment(marks), labels)
    }

    /// The plot in words.
    private var spoken: String {
        let acked = timeline.buckets.map { perSecond($0.acked) }.max() ?? 0
        let errors = timeline.buckets.reduce(0) { $0 + $1.failed + $1.unknown }
        var text = "over \(Format.duration(seconds)), up to \(Format.rate(acked)) events acknowledged a second, "
        text += "\(Format.count(errors)) failed or unknown"
        if let lag = timeline.buckets.compactMap(\.lag).max() {
            text += ", a group up to \(Format.count(lag)) events behind"
        }
        for fault in faults where fault.phase == "effect" {
            text += "; \(fault.action) took effect at \(CellText.seconds(fault.t))"
        }
        return text
    }

    private func perSecond(_ count: Int) -> Double { Double(count) * 1e9 / Double(timeline.bucketNanoseconds) }

    private func place(_ bucket: Int) -> Double {
        x.place(of: Double(bucket) * Double(timeline.bucketNanoseconds) / 1e9)
    }

    private var rates: HTML {
        let acked = timeline.buckets.map { perSecond($0.acked) }
        let errors = timeline.buckets.map { perSecond($0.failed + $0.unknown) }
        let y = Axis.linear(upTo: max(acked.max() ?? 0, errors.max() ?? 0), from: Self.rateBottom, to: Self.rateTop)
        return .fragment(
            grid(y) { Format.rate($0) } + [
                .element("path", ["class": "acked", "d": area(acked, y)]),
                .element("path", ["class": "errors", "d": bars(errors, y)]),
            ])
    }

    private var latencies: HTML {
        let values = timeline.buckets.flatMap { [$0.p50, $0.p99].compactMap { $0 } }.map { Double(max($0, 1)) }
        guard let lowest = values.min(), let highest = values.max() else { return .nothing }
        let y = Axis.logarithmic(lowest, highest, from: Self.latencyBottom, to: Self.latencyTop)
        return .fragment(
            grid(y) { Self.decade($0) } + [
                .element("path", ["class": "p99", "d": line(timeline.buckets.map(\.p99), y)]),
                .element("path", ["class": "p50", "d": line(timeline.buckets.map(\.p50), y)]),
            ])
    }

    private var lags: HTML {
        guard hasGroups else { return .nothing }
        let values = timeline.buckets.map { Double($0.lag ?? 0) }
        let y = Axis.linear(upTo: values.max() ?? 0, from: Self.lagBottom, to: Self.lagTop)
        return .fragment(
            [y.low, y.high].flatMap { gridLine(y, $0, Format.rate($0)) }
                + [.element("path", ["class": "lag", "d": area(values, y)])])
    }

    /// `10 ms`: a power of ten of nanoseconds.
    private static func decade(_ nanoseconds: Double) -> String {
        let units = [("s", 1e9), ("ms", 1e6), ("µs", 1e3), ("ns", 1)]
        let (unit, scale) = units.first { $0.1 <= nanoseconds } ?? ("ns", 1)
        return "\(Format.decimals(nanoseconds / scale, 0)) \(unit)"
    }

    /// Last, so that no line runs through them.
    private var labels: HTML {
        .fragment([
            text("acknowledged a second", Self.left, Self.rateTop - 8, "acked"),
            timeline.buckets.contains { $0.failed + $0.unknown > 0 }
                ? text("failed or unknown a second", Self.left + 140, Self.rateTop - 8, "errors") : .nothing,
            text("latency to the acknowledgement: p50, p99 dotted", Self.left, Self.latencyTop - 8, "p99"),
            hasGroups ? text("events before the group that has the most", Self.left, Self.lagTop - 8, "lag") : .nothing,
        ])
    }

    private func grid(_ y: Axis, _ label: (Double) -> String) -> [HTML] {
        y.ticks.flatMap { gridLine(y, $0, label($0)) }
    }

    private func gridLine(_ y: Axis, _ value: Double, _ label: String) -> [HTML] {
        let place = y.place(of: value)
        return [
            .element(
                "line",
                [
                    "class": "axis", "x1": number(Self.left), "x2": number(Self.width - 8), "y1": number(place),
                    "y2": number(place),
                ]), text(label, Self.left - 8, place + 3.5, "tick", anchor: "end"),
        ]
    }

    private var timeAxis: HTML {
        .fragment(
            Axis.linear(upTo: seconds, from: 0, to: 0).ticks.filter { $0 <= seconds }.map { tick in
                let decimals = seconds < 5 && tick != tick.rounded() ? 1 : 0
                return text(
                    Format.decimals(tick, decimals) + " s", x.place(of: tick), bottom + 18, "tick",
                    anchor: "middle")
            })
    }
}

extension TimelinePlot {
    /// From the effect of each fault to its end.
    private var bands: [HTML] {
        faults.filter { $0.phase == "effect" }.compactMap { effect in
            let end = faults.first { $0.id == effect.id && $0.phase == "end" && $0.t >= effect.t }
            let (start, stop) = (x.place(of: Double(effect.t) / 1e9), end.map { x.place(of: Double($0.t) / 1e9) })
            return .element(
                "rect",
                [
                    "class": "band", "x": number(start), "width": number((stop ?? Self.width - 8) - start),
                    "y": number(Self.rateTop - 4), "height": number(bottom - Self.rateTop + 4),
                ])
        }
    }

    /// A line for each record of a fault; its name once, on the lower of two rows that is free there.
    private var marks: [HTML] {
        var marks: [HTML] = []
        var ends = [-1.0, -1.0]
        var named: Set<Int64> = []
        for fault in faults.sorted(by: { $0.t < $1.t }) where ["begin", "effect", "end"].contains(fault.phase) {
            let place = x.place(of: Double(fault.t) / 1e9)
            let phase = fault.phase
            marks.append(
                .element(
                    "line",
                    [
                        "class": phase, "x1": number(place), "x2": number(place), "y1": number(Self.rateTop - 4),
                        "y2": number(bottom),
                    ],
                    .element("title", [:], .text("\(fault.action), \(phase) at \(CellText.seconds(fault.t))"))))
            guard named.insert(fault.id).inserted else { continue }
            let name = [fault.action, fault.node ?? ""].filter { !$0.isEmpty }.joined(separator: " ")
            let length = Double(DisplayWidth.of(name)) * 6.2
            guard let row = ends.firstIndex(where: { $0 < place }) else { continue }
            let isRoom = place + length < Self.width
            ends[row] = place + (isRoom ? length + 8 : 0)
            marks.append(
                text(name, place + (isRoom ? 3 : -3), 24 - Double(row) * 13, "mark", anchor: isRoom ? "start" : "end"))
        }
        return marks
    }

    /// Steps, filled down to zero.
    private func area(_ values: [Double], _ y: Axis) -> String {
        var d = "M\(number(place(0))) \(number(y.place(of: 0)))"
        for (index, value) in values.enumerated() {
            d += "L\(number(place(index))) \(number(y.place(of: value)))H\(number(place(index + 1)))"
        }
        return d + "V\(number(y.place(of: 0)))Z"
    }

    /// A bar for each bucket that has anything.
    private func bars(_ values: [Double], _ y: Axis) -> String {
        let base = number(y.place(of: 0))
        return values.enumerated().filter { $0.element > 0 }.map { index, value in
            "M\(number(place(index))) \(base)V\(number(y.place(of: value)))H\(number(place(index + 1)))V\(base)Z"
        }.joined()
    }

    /// Steps, with gaps where there is nothing.
    private func line(_ values: [Int64?], _ y: Axis) -> String {
        var d = ""
        var isPenDown = false
        for (index, value) in values.enumerated() {
            guard let value else {
                isPenDown = false
                continue
            }
            let (start, end) = (number(place(index)), number(place(index + 1)))
            d += "\(isPenDown ? "L" : "M")\(start) \(number(y.place(of: Double(value))))H\(end)"
            isPenDown = true
        }
        return d
    }

    private func text(_ content: String, _ x: Double, _ y: Double, _ name: String, anchor: String = "start") -> HTML {
        .element(
            "text", ["class": name, "x": number(x), "y": number(y), "text-anchor": anchor], .text(content))
    }

    private func number(_ value: Double) -> String { Format.decimals(value, 1).filter { $0 != "," } }
}
