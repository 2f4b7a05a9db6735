import Access
import Glibc
public import Labs
import Platform
public import Suites
import Systems
import Workload

/// One configuration's servers in a lab, started as for a trial and left to a command of the user's: without load and
/// without faults. They end with the command.
public struct Stay {
    let cell: Suite.Cell
    let lab: any LabKind
    /// Absolute, and new: takes the servers' logs.
    let directory: String

    public init(_ cell: Suite.Cell, in lab: any LabKind, directory: String) {
        (self.cell, self.lab, self.directory) = (cell, lab, directory)
    }

    /// Variables that tell the command where things are.
    private enum Variable {
        static let cluster = "HOLDFAST_CLUSTER"
        static let logs = "HOLDFAST_LOGS"
    }

    /// Returns the command's exit status; that of a signal, which may have been for all of us, is 128 more than its number.
    ///
    /// - Parameters:
    ///   - environment: what the command finds in its environment.
    ///   - tell: is called with what a person may want to know.
    public func run(
        _ command: [String], environment: [String: String], tell: (String) -> Void
    ) throws(RunError) -> Int32 {
        let interrupts = try Interrupts()
        do throws(RunError) {
            return try run(command, environment: environment, tell: tell, Watch(interrupts: interrupts))
        } catch {
            guard error.code == .interrupted, let signal = interrupts.pending else { throw error }
            return 128 + signal
        }
    }

    private func run(
        _ command: [String], environment: [String: String], tell: (String) -> Void, _ watch: Watch
    ) throws(RunError) -> Int32 {
        do { try Files.makeFolders(logs) } catch { throw RunError(.io, "\(error)") }
        let opened: any Lab
        do { opened = try lab.open(directory: directory) } catch { throw RunError(.machine, error.message) }
        defer {
            endOthers()
            Access.drop()
            for line in opened.close() { tell("left behind: \(line)") }
        }
        do throws(SystemError) {
            try start(in: opened, watch)
        } catch {
            throw RunError(error.code == .interrupted ? .interrupted : .trial, error.message)
        }
        var environment = environment
        environment[Variable.logs] = logs
        if let file = clusterFile(in: opened) { environment[Variable.cluster] = file }
        for node in opened.nodes { tell("\(node.name) is at \(node.address)") }
        return try play(command, environment, watch)
    }

    private var logs: String { directory + "/logs" }

    private func start(in lab: any Lab, _ patience: any Patience) throws(SystemError) {
        let trial = TrialSetting(
            run: "lab", agents: cell.workload.agents, logDirectory: logs, expectedBytes: cell.expectedBytes,
            ownFilesystems: false)
        try cell.configured.makeSystem(trial).start(in: lab, patience: patience)
    }

    /// Of the servers' auditor, where they let nobody in without a word.
    private func clusterFile(in lab: any Lab) -> String? {
        lab.vault.map(Authority.auditorsFile).flatMap { Glibc.access($0, R_OK) == 0 ? $0 : nil }
    }

    private func play(
        _ command: [String], _ environment: [String: String], _ watch: Watch
    ) throws(RunError) -> Int32 {
        let child: Child
        do {
            child = try Child(
                executable: command[0], arguments: Array(command.dropFirst()), environment: environment,
                output: .descriptor(STDOUT_FILENO), errors: .descriptor(STDERR_FILENO))
        } catch {
            throw RunError(.usage, "\(error)")
        }
        do {
            while try !watch.wait(upTo: 60, until: { child.status != nil }) {}
        } catch {
            // Ended by the user: so is the command.
            child.end()
            throw RunError(.interrupted, error.message)
        }
        switch child.status {
        case .exited(let code)?: return code
        case .signaled(let signal)?: return 128 + signal
        case nil: throw RunError(.trial, "\(child.commandLine) has no exit status")
        }
    }

    /// Ends what the command left running, such as servers that it started again: all of it is of this lab.
    private func endOthers() {
        guard PrivateNamespaces.areOurs else { return }
        for entry in ProcessTable.entries() where entry.pid != getpid() { kill(entry.pid, SIGKILL) }
        ProcessTable.reapOrphans()
    }
}
