import Access
import Documents
import Faults
import Foundation
import Labs
import Orchestrator
import Platform
import Report
import Suites
import Systems
import Workload

struct RunCommand: Command {
    static let name = "run"
    static let synopsis = "SUITE.yml [FLAGS]"
    static let about = "Runs a suite: every configuration under every fault, then the comparison and the gates."
    static let flags = [
        Flag("--out", "DIR", "where results go; must be new or empty (out/SUITE-TIME)"),
        Flag("--only", "PATTERN", "only cells CONFIGURATION/FAULT that fit; * stands for any characters"),
        Flag("--trials", "N", "so many trials of each cell"),
        Flag("--seed", "N", "instead of the suite's seed"),
        Flag("--lab", "LAB", "namespaces (the default), docker, external"),
        Flag("--cluster", "FILE", "the cluster of --lab external: where it is, and as whom it is reached"),
        Flag("--i-own-this-cluster", nil, "that cluster may be loaded and broken; without it nothing is done"),
        Flag("--resume", "DIR", "do what is missing of a run that was ended before it was through"),
        Flag(
            "--keep", "WHICH", "histories that stay: all (the default), failed (with a gate broken, or invalid), none"),
        Flag("--disk", "SIZE", "refuse a plan whose histories would take more, such as 20GB"),
        Flag("--plan", nil, "check the suite and say what would run; start nothing"),
        Flag("--no-skips", nil, "a trial that this machine must skip counts as invalid"),
        Flag("--quiet", nil, "no progress, only the result"),
        Flag("--verbose", nil, "print every command line that is run"),
    ]

    static func run(_ arguments: Arguments) throws -> Int32 {
        let lab = try chosenLab(arguments)
        let suite = try chosen(arguments, lab)
        let directory = try outputDirectory(arguments, suite)
        // Where no lab can be made every trial is skipped, and the report says why.
        if !arguments.has("--plan"), !lab.isInside, lab.refusal == nil {
            try arguments.has("--resume") ? refuseAbsent(directory) : refuseUsed(directory)
            // The copy inside must not choose another time for its name.
            var words = [CommandLine.arguments[0]] + CommandLine.arguments.dropFirst()
            if !arguments.has("--out"), !arguments.has("--resume") { words += ["--out", directory] }
            return try entered(lab, words, directory)
        }
        let servers = try examined(suite, lab, asks: !arguments.has("--plan"))
        let plan = Plan(suite, lab: lab, directory: existingParent(of: directory), servers: servers)
        let keep = try chosenKeep(arguments)
        try refuseTooLarge(plan, keep, arguments)
        if arguments.has("--plan") {
            Console.out(plan.text(of: suite))
            return Exit.fine
        }
        let volume: Run.Volume =
            arguments.has("--quiet") ? .quiet : arguments.has("--verbose") ? .verbose : .normal
        var options = Run.Options(
            directory: directory, lab: lab, noSkips: arguments.has("--no-skips"), volume: volume, version: Main.version)
        options.keep = keep
        options.resumes = arguments.has("--resume")
        let run = try Run(suite, plan: plan, options: options)
        let summary = try run.carryOut()
        Console.out(ComparisonTable(summary, directory: shownPath(directory)).render())
        Console.out("\nreport: \(shownPath(directory))/report.html\n")
        return summary.exit
    }

    private static func chosenLab(_ arguments: Arguments) throws -> any LabKind {
        let name = arguments.text("--lab") ?? LabKinds.usual.name
        guard name == ExternalKind.word else {
            for flag in ["--cluster", "--i-own-this-cluster"] where arguments.has(flag) {
                throw UsageError("\(flag) is for --lab \(ExternalKind.word)")
            }
            if let lab = LabKinds.named(name) { return lab }
            let names = LabKinds.all.map(\.name) + [ExternalKind.word]
            throw UsageError("--lab is \(names.joined(separator: ", ")), not \"\(name)\"")
        }
        guard let file = arguments.text("--cluster") else {
            throw UsageError("--lab external needs --cluster FILE: where the cluster is, and as whom it is reached")
        }
        guard arguments.has("--i-own-this-cluster") else {
            throw UsageError(
                "--lab external loads and breaks \(file): say --i-own-this-cluster if it is yours to do that to")
        }
        return ExternalKind(try access(file))
    }

    /// Lets this process at the cluster.
    private static func access(_ file: String) throws -> Access {
        let cluster = try ClusterFile.load(file, verbs: Verbs.all.map { $0.name })
        do throws(AccessError) {
            let access = try Access(cluster)
            access.take()
            return access
        } catch { throw UsageError(error.message) }
    }

    /// Of an external cluster: refuses what is beyond its ceiling, and whatever stands against a run there; returns its
    /// servers.
    private static func examined(_ suite: Suite, _ lab: any LabKind, asks: Bool) throws -> [ServerVersion] {
        guard let access = lab.access else { return [] }
        let (most, file) = (access.cluster.ceiling, access.cluster.path)
        var versions: [ServerVersion] = []
        for cell in suite.cells {
            let peak = cell.workload.peakRate
            guard peak <= most.rate else {
                throw UsageError(
                    "\(cell.label) asks for \(Int(peak.rounded(.up))) events a second, bursts included, and "
                        + "\(file) allows \(Int(most.rate)): a lower rate, or most.rate there")
            }
            guard cell.leastLoad <= most.duration else {
                throw UsageError(
                    "\(cell.label) loads for \(cell.leastLoad), and \(file) allows \(most.duration): less, or "
                        + "most.duration there")
            }
        }
        var seen: Set<String> = []
        for cell in suite.cells where asks && seen.insert(cell.configuration.name).inserted {
            do throws(SystemError) {
                let version = try cell.configured.examine(access, for: cell.groups)
                if !versions.contains(version) { versions.append(version) }
            } catch {
                throw UsageError("\(cell.configuration.name): \(error.message)")
            }
        }
        return versions
    }

    private static func chosen(_ arguments: Arguments, _ lab: any LabKind) throws -> Suite {
        let path = try arguments.only("suite", of: name)
        if arguments.has("--quiet"), arguments.has("--verbose") {
            throw UsageError("--quiet and --verbose exclude each other")
        }
        var suite = try Suite.load(path, ownFaults: OwnFiles.faultFolders, lab: lab)
        if let pattern = arguments.text("--only") { suite = try suite.choosing(pattern) }
        if let trials = try arguments.number("--trials", least: 1) { suite = try suite.withTrials(Int(trials)) }
        if let seed = try arguments.number("--seed", least: 0) { suite = try suite.withSeed(seed) }
        return suite
    }

    static func outputDirectory(_ arguments: Arguments, _ suite: Suite) throws -> String {
        let format = LocalTimeFormat("%Y%m%d-%H%M%S")
        let usual = "out/\(FileName.safe(suite.name))-\(format.string(from: Date()))"
        if arguments.has("--out"), arguments.has("--resume") {
            throw UsageError("--resume names the folder itself; leave --out away")
        }
        let path = arguments.text("--out") ?? arguments.text("--resume") ?? usual
        guard !path.isEmpty else { throw UsageError("--out and --resume need a folder") }
        return URL(fileURLWithPath: path).standardizedFileURL.path
    }

    private static func chosenKeep(_ arguments: Arguments) throws -> Keep {
        guard let word = arguments.text("--keep") else { return .all }
        if let keep = Keep(rawValue: word) { return keep }
        throw UsageError("--keep is \(Keep.allCases.map(\.rawValue).joined(separator: ", ")), not \"\(word)\"")
    }

    private static func refuseTooLarge(_ plan: Plan, _ keep: Keep, _ arguments: Arguments) throws {
        guard let text = arguments.text("--disk") else { return }
        guard let most = Units.size(text) else {
            throw UsageError("--disk takes a size such as 20GB or 500MiB, not \"\(text)\"")
        }
        let bytes = plan.bytes(keeping: keep)
        guard bytes > most else { return }
        throw UsageError(
            "the histories of this plan take about \(bytes >> 20) MB, and --disk allows \(most >> 20) MB: fewer --trials, "
                + "a shorter load, or --keep failed")
    }

    static func entered(_ lab: any LabKind, _ words: [String], _ directory: String) throws -> Int32 {
        do throws(LabError) {
            return try lab.enter(arguments: words, protecting: [directory])
        } catch {
            // A place that can't be used was typed.
            if error.code == .unsafe { throw UsageError(error.message) }
            throw error
        }
    }

    /// Results of two runs in one folder would be neither's.
    static func refuseUsed(_ directory: String) throws {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        guard entries.isEmpty else {
            throw UsageError("--out: \(directory) is not empty; name a new folder, or remove it")
        }
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: directory, isDirectory: &isFolder), !isFolder.boolValue {
            throw UsageError("--out: \(directory) is not a folder; name a new one")
        }
    }

    private static func refuseAbsent(_ directory: String) throws {
        guard FileManager.default.fileExists(atPath: directory + "/run.log") else {
            throw UsageError("--resume: \(directory) is no run's directory; name the one that `run` made")
        }
    }

    private static func existingParent(of directory: String) -> String {
        var url = URL(fileURLWithPath: directory)
        while !FileManager.default.fileExists(atPath: url.path), url.path != "/" { url.deleteLastPathComponent() }
        return url.path
    }

    /// As a person would write it from here.
    private static func shownPath(_ directory: String) -> String {
        let here = FileManager.default.currentDirectoryPath + "/"
        return directory.hasPrefix(here) ? String(directory.dropFirst(here.count)) : directory
    }
}
