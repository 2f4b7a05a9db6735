import Access
import Faults
public import Labs
import Platform
import Report
public import Suites
public import Systems
import Workload

/// What a run will do, before anything is started: every trial, and which of them this machine must skip.
public struct Plan {
    struct Trial {
        var cell: Suite.Cell
        var n: Int
        var seed: Int64
        /// Why it is skipped; nil: it runs.
        var skip: String?
        /// Done only if those before it do not say enough.
        var isOptional = false
    }

    var trials: [Trial] = []
    /// Servers and client libraries by their paths, for the report.
    var servers: [ServerVersion] = []

    /// What a trial costs beyond its load, roughly, in seconds: starting, replaying, checking.
    private static let overhead = 4.0
    /// Bytes of history for each event: attempt, outcome, two replays, and a delivery to each group.
    private static func recordBytes(of cell: Suite.Cell) -> Int { (4 + cell.groups.count) * 64 }

    /// - Parameter directory: where results go; for the space that is left there.
    /// - Parameter servers: those of an external cluster, which were asked already.
    public init(_ suite: Suite, lab: any LabKind, directory: String, servers: [ServerVersion] = []) {
        self.servers = servers
        let machine = MachineLimits(lab: lab, directory: directory)
        for cell in suite.cells {
            let skip = reason(for: cell, on: machine)
            for n in 1...max(cell.trials, skip == nil ? suite.until?.atMost ?? 0 : 0) {
                trials.append(
                    Trial(
                        cell: cell, n: n, seed: suite.seed(of: cell, trial: n), skip: skip, isOptional: n > cell.trials)
                )
            }
        }
    }

    private mutating func reason(for cell: Suite.Cell, on machine: MachineLimits) -> String? {
        if let reason = machine.noLab { return reason }
        if let access = machine.lab.access { return reason(for: cell, at: access) }
        do {
            let needed = try cell.configured.servers(in: machine.lab)
            for version in needed + [cell.configured.client].compactMap({ $0 }) where !servers.contains(version) {
                servers.append(version)
            }
        } catch {
            return error.message
        }
        if let reason = cell.configured.lack(for: cell.groups) { return reason }
        for guest in [cell.producer, cell.consumer, cell.configured.bridge?.guest].compactMap({ $0 }) {
            if let reason = Self.lack(of: guest) { return reason }
        }
        for tool in cell.fault.timeline.verbs.flatMap({ type(of: $0).tools }) where Tool.locate(tool) == nil {
            return "\(tool) is missing; \(Tool.remedy(for: tool))"
        }
        if let reason = machine.lack(for: cell.fault.timeline.verbs) { return reason }
        if cell.fault.timeline.verbs.contains(where: { $0 is PowerLoss || $0 is FillDisk }),
            let reason = machine.noPowerLoss(on: cell.configured.filesystem)
        {
            return reason
        }
        // The lab refuses a filesystem that its disk has no room for, although its file is sparse.
        let filesystems =
            machine.lab.filesystemRefusal == nil
            ? cell.configured.filesystemBytes(expecting: cell.expectedBytes) : 0
        let needed = max(Self.heldBytes(of: cell), filesystems)
        if let free = machine.freeBytes, free < needed {
            return "needs about \(needed >> 20) MB of disk, and \(free >> 20) MB are free at \(machine.directory)"
        }
        return nil
    }

    /// Where the cluster is somebody else's: what its owner gave no commands for.
    private mutating func reason(for cell: Suite.Cell, at access: Access) -> String? {
        if let client = cell.configured.client, !servers.contains(client) { servers.append(client) }
        if let reason = cell.configured.lack(for: cell.groups) { return reason }
        for guest in [cell.producer, cell.consumer].compactMap({ $0 }) {
            if let reason = Self.lack(of: guest) { return reason }
        }
        let verbs = Set(access.cluster.verbs.keys)
        for verb in cell.fault.timeline.verbs {
            if let lack = verb.lack(amongCommands: verbs, in: access.cluster.path) { return lack }
        }
        for wait in cell.fault.timeline.waits {
            if wait is CommandReply { return "nothing is asked of an external cluster by `command`" }
            if wait is Promoted, cell.configured.isPromotedByOperator, !verbs.contains(Promote.name) {
                return "nobody promotes there: verbs.promote in \(access.cluster.path) would"
            }
        }
        return nil
    }

    /// Why a client under audit cannot be started; nil if it can, as far as its program says.
    private static func lack(of guest: GuestSettings) -> String? {
        guard let program = guest.command.first, Tool.locate(program) == nil else { return nil }
        let remedy =
            program.contains("clients-venv")
            ? "`make clients` installs the clients of examples/ there" : Tool.remedy(for: program)
        return "\(program), the client under audit, is missing; \(remedy)"
    }

    var runnable: [Trial] { trials.filter { $0.skip == nil } }

    /// Estimated seconds of the whole run.
    var seconds: Double {
        runnable.reduce(0) { $0 + Double($1.cell.leastLoad.components.seconds) + Self.overhead }
    }

    /// Estimated bytes that the run's directory will hold in the end.
    var bytes: Int64 { runnable.reduce(0) { $0 + Self.historyBytes(of: $1.cell) } }

    /// Estimated bytes of histories that lie there at one moment, at the least.
    public func bytes(keeping keep: Keep) -> Int64 {
        keep == .all ? bytes : runnable.map { Self.historyBytes(of: $0.cell) }.max() ?? 0
    }

    private static func historyBytes(of cell: Suite.Cell) -> Int64 {
        Int64(cell.leastEvents * recordBytes(of: cell))
    }

    /// While it runs, a trial also holds its servers' data.
    private static func heldBytes(of cell: Suite.Cell) -> Int64 {
        Int64(cell.leastEvents * (recordBytes(of: cell) + 2 * cell.workload.payload.upperBound))
    }

    /// The plan as text: one line for each cell, and what it will cost.
    public func text(of suite: Suite) -> String {
        let most = trials.contains(where: \.isOptional) ? "at most " : ""
        var text = "suite \(suite.name): \(most)\(trials.count) trials\n"
        var rows: [(String, String)] = []
        for cell in suite.cells {
            let own = trials.filter { $0.cell.label == cell.label && $0.cell.occurrence == cell.occurrence }
            let least = own.count { !$0.isOptional }
            let count =
                (least < own.count ? "\(least) to " : "") + "\(own.count) trial\(own.count == 1 ? "" : "s")"
            let load = "\(cell.leastLoad.components.seconds) s of load at \(Int(cell.workload.rate))/s"
            let about = own.first?.skip.map { "skipped: \($0)" } ?? "\(count), \(load)"
            rows.append((cell.label + (cell.occurrence > 1 ? " (\(cell.occurrence))" : ""), about))
        }
        for pair in suite.notApplicable { rows.append(("\(pair.configuration)/\(pair.fault)", "not applicable")) }
        let width = rows.map(\.0.count).max() ?? 0
        for (label, about) in rows {
            text += "  \(label)\(String(repeating: " ", count: width - label.count))  \(about)\n"
        }
        let minutes = Int((seconds / 60).rounded(.up))
        text +=
            "takes \(most.isEmpty ? "about" : "at most") \(minutes) minute\(minutes == 1 ? "" : "s") and \(max(1, bytes >> 20)) MB of disk"
        let skipped = trials.count - runnable.count
        return text + (skipped > 0 ? "; \(skipped) of \(trials.count) trials are skipped here\n" : "\n")
    }
}

extension Suite.Cell {
    /// Bytes that the load will hand to the system, at the most.
    var expectedBytes: Int { leastEvents * (workload.payload.upperBound + EventCodec.headerLength) }
}

/// What this machine lets a run do; asked once.
private final class MachineLimits {
    let lab: any LabKind
    let directory: String
    let freeBytes: Int64?
    let noLab: String?
    private var powerLoss: [Filesystem: String] = [:]
    /// By the names of verbs: what was seen of what they need.
    private var needs: [String: Probe?] = [:]

    init(lab: any LabKind, directory: String) {
        (self.lab, self.directory) = (lab, directory)
        freeBytes = try? Files.space(at: directory).free
        noLab = lab.isInside ? nil : lab.refusal?.message
        for filesystem in Filesystem.allCases {
            let tools = ["xfs_io", "mkfs.\(filesystem.rawValue)"]
            let missing = tools.first { Tool.locate($0) == nil }
            powerLoss[filesystem] =
                lab.filesystemRefusal?.message
                ?? missing.map { "\($0) is missing; \(Tool.remedy(for: $0))" }
        }
    }

    /// Why power loss on this filesystem can't be had; nil if it can.
    func noPowerLoss(on filesystem: Filesystem) -> String? { powerLoss[filesystem] }

    /// What one of these verbs needs and is not there; nil: they have all that they need.
    func lack(for verbs: [any Verb]) -> String? {
        for kind in verbs.map({ type(of: $0) }) {
            let probe = needs[kind.name] ?? kind.need(in: lab)
            needs.updateValue(probe, forKey: kind.name)
            guard let probe, !probe.ok else { continue }
            return "\(kind.name) needs \(probe.name): \(probe.detail)" + (probe.remedy.map { "; \($0)" } ?? "")
        }
        return nil
    }
}
