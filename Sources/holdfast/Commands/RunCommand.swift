import Foundation
import Labs
import Orchestrator
import Platform
import Report
import Suites

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
            try refuseUsed(directory)
            // The copy inside must not choose another time for its name.
            var words = [CommandLine.arguments[0]] + CommandLine.arguments.dropFirst()
            if !arguments.has("--out") { words += ["--out", directory] }
            return try entered(lab, words, directory)
        }
        let plan = Plan(suite, lab: lab, directory: existingParent(of: directory))
        if arguments.has("--plan") {
            Console.out(plan.text(of: suite))
            return Exit.fine
        }
        let volume: Run.Volume =
            arguments.has("--quiet") ? .quiet : arguments.has("--verbose") ? .verbose : .normal
        let run = try Run(
            suite, plan: plan,
            options: Run.Options(
                directory: directory, lab: lab, noSkips: arguments.has("--no-skips"), volume: volume,
                version: Main.version))
        let summary = try run.carryOut()
        Console.out(ComparisonTable(summary, directory: shownPath(directory)).render())
        Console.out("\nreport: \(shownPath(directory))/report.html\n")
        return summary.exit
    }

    private static func chosenLab(_ arguments: Arguments) throws -> any LabKind {
        guard let name = arguments.text("--lab") else { return LabKinds.usual }
        if let lab = LabKinds.named(name) { return lab }
        let names = LabKinds.all.map(\.name)
        guard LabKinds.notBuilt.contains(name) else {
            throw UsageError("--lab is \((names + LabKinds.notBuilt).joined(separator: ", ")), not \"\(name)\"")
        }
        throw UsageError(
            "the lab \(name) is not built yet; use --lab \(names.joined(separator: " or ")), or leave it out")
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

    private static func outputDirectory(_ arguments: Arguments, _ suite: Suite) throws -> String {
        let format = LocalTimeFormat("%Y%m%d-%H%M%S")
        let usual = "out/\(FileName.safe(suite.name))-\(format.string(from: Date()))"
        let path = arguments.text("--out") ?? usual
        guard !path.isEmpty else { throw UsageError("--out needs a folder") }
        return URL(fileURLWithPath: path).standardizedFileURL.path
    }

    private static func entered(_ lab: any LabKind, _ words: [String], _ directory: String) throws -> Int32 {
        do throws(LabError) {
            return try lab.enter(arguments: words, protecting: [directory])
        } catch {
            // A place that can't be used was typed.
            if error.code == .unsafe { throw UsageError(error.message) }
            throw error
        }
    }

    /// Results of two runs in one folder would be neither's.
    private static func refuseUsed(_ directory: String) throws {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        guard entries.isEmpty else {
            throw UsageError("--out: \(directory) is not empty; name a new folder, or remove it")
        }
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: directory, isDirectory: &isFolder), !isFolder.boolValue {
            throw UsageError("--out: \(directory) is not a folder; name a new one")
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
