import Foundation
import Labs
import Orchestrator
import Platform
import Suites

/// Servers to look at, to break by hand, or to rehearse an audit by address with.
struct LabCommand: Command {
    static let name = "lab"
    static let synopsis = "SUITE.yml [FLAGS] -- COMMAND …"
    static let about = """
        Starts one configuration's servers in a lab, without load or faults, and runs a command beside them.
        The command is in the lab's network: nodes are reached by their addresses, and in the lab namespaces
        `nsenter --net=/run/netns/NODE` is inside a node. HOLDFAST_LOGS names the folder of the servers' logs; where the
        configuration says `access: secured`, HOLDFAST_CLUSTER names a cluster's file for `run --lab external`.
        Everything ends with the command, whose exit status is this one's.
        """
    static let flags = [
        Flag("--only", "PATTERN", "the configuration, where a suite has several; * stands for any characters"),
        Flag("--out", "DIR", "where logs go; must be new or empty (out/SUITE-TIME)"),
        Flag("--lab", "LAB", "namespaces (the default), docker"),
        Flag("--quiet", nil, "say nothing of nodes"),
    ]

    static func run(_ arguments: Arguments) throws -> Int32 {
        let lab = try chosenLab(arguments)
        guard let path = arguments.rest.first else { throw UsageError("\(name) needs a suite") }
        let command = Array(arguments.rest.dropFirst())
        guard !command.isEmpty else {
            throw UsageError("\(name) needs a command to run beside the servers, such as -- sleep 600")
        }
        guard Tool.locate(command[0]) != nil else {
            throw UsageError("\(command[0]) is no program here (\(Tool.path)): \(Tool.remedy(for: command[0]))")
        }
        var suite = try Suite.load(path, ownFaults: OwnFiles.faultFolders, lab: lab)
        if let pattern = arguments.text("--only") { suite = try suite.choosing(pattern) }
        let cell = try onlyConfiguration(of: suite)
        let directory = try RunCommand.outputDirectory(arguments, suite)
        if !lab.isInside {
            if let refusal = lab.refusal { throw refusal }
            try RunCommand.refuseUsed(directory)
            return try RunCommand.entered(lab, words(command, arguments, directory), directory)
        }
        return try Stay(cell, in: lab, directory: directory).run(
            command, environment: ProcessInfo.processInfo.environment
        ) { line in
            if !arguments.has("--quiet") { Console.error(line) }
        }
    }

    private static func chosenLab(_ arguments: Arguments) throws -> any LabKind {
        let name = arguments.text("--lab") ?? LabKinds.usual.name
        if let lab = LabKinds.named(name) { return lab }
        throw UsageError("--lab is \(LabKinds.all.map(\.name).joined(separator: ", ")), not \"\(name)\"")
    }

    private static func onlyConfiguration(of suite: Suite) throws -> Suite.Cell {
        let names = suite.configurations.map(\.name)
        guard let cell = suite.cells.first, names.count == 1 else {
            throw UsageError(
                "one configuration's servers are started, and these are \(names.joined(separator: ", ")): name one by "
                    + "--only")
        }
        return cell
    }

    /// The copy inside must not choose another time for its folder's name.
    private static func words(_ command: [String], _ arguments: Arguments, _ directory: String) -> [String] {
        var words = [CommandLine.arguments[0], name, arguments.rest[0], "--out", directory]
        for flag in ["--only", "--lab"] {
            if let text = arguments.text(flag) { words += [flag, text] }
        }
        if arguments.has("--quiet") { words.append("--quiet") }
        return words + ["--"] + command
    }
}
