enum TimelinePlot {
    static func figure(_ timeline: Timeline, faults: [Summary.Trial.FaultMark], title: String) -> HTML { .nothing }
}
