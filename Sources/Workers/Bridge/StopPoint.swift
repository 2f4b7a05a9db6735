/// Where a bridge stands still for somebody to strike: between two steps, for a moment, if it was told so. What it
/// holds there can be read while it is stopped or gone.
///
/// The gap between two confirmations is far too short to be hit by chance.
struct StopPoint: ~Copyable {
    /// An order holds for so long; who waits for a bridge repeats it.
    private static let lasts: Int64 = 300_000_000

    private var file: HoldingFile
    private var read: HoldingFile
    private var produced: HoldingFile
    private var acked: HoldingFile
    private var ordered: BridgeStage?
    /// Until when the last order holds.
    private(set) var until: Int64 = .min
    private var standing: BridgeStage?

    init(_ path: String) throws(WorkerError) {
        let file = try HoldingFile(path)
        let read = try HoldingFile(BridgeOrders.holdingPath(path, at: .read))
        let produced = try HoldingFile(BridgeOrders.holdingPath(path, at: .produced))
        let acked = try HoldingFile(BridgeOrders.holdingPath(path, at: .acked))
        self.file = file
        self.read = read
        self.produced = produced
        self.acked = acked
    }

    mutating func order(_ stage: BridgeStage, now: Int64) { (ordered, until) = (stage, now + Self.lasts) }

    /// Whether it goes on behind this stage, with so many events in hand.
    mutating func passes(_ stage: BridgeStage, holding: Int, now: Int64) throws(WorkerError) -> Bool {
        let stands = ordered == stage && holding > 0 && now < until
        if stands || standing == stage {
            standing = stands ? stage : nil
            let count = stands ? holding : 0
            switch stage {
            case .read: try read.keep(count)
            case .produced: try produced.keep(count)
            case .acked: try acked.keep(count)
            }
        }
        return !stands
    }

    /// To be called before anything leaves the process that may free it of events.
    mutating func lower(to holding: Int) throws(WorkerError) { try file.lower(to: holding) }

    mutating func keep(holding: Int) throws(WorkerError) { try file.keep(holding) }
}
