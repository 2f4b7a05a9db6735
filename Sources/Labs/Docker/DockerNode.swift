import Glibc
public import Platform

/// One node: a container that keeps its network, one for its server, and a data directory that both this machine and the
/// container have at the same place.
///
/// Orders go to the engine; whether they had an effect is seen in the server's own process, which is one of this
/// machine's, too.
public final class DockerNode: MachineNode {
    public let name: String
    public let address: String
    public let logDirectory: String
    public private(set) var dataDirectory = ""

    private let run: DockerRun
    private let image: DockerImage
    private let labels: DockerLabels
    /// The process that keeps the network, of whom `/proc/PID/ns/net` is.
    private var keeper: Int32?
    private var life: Life?
    private var network = ""
    public private(set) var networkInterface = "eth0"
    /// How the container was made that is there; another program needs another.
    private var made: [String] = []
    private(set) var filesystem: LoopFilesystem?
    private(set) var containers: [String] = []

    /// One process of the server, from its start on.
    private struct Life {
        /// Nil: it had ended before it could be seen.
        let process: ProcessHandle?
        /// The client that hands its output on.
        let output: Child
        var isPaused = false
        var status: ExitStatus?

        var pid: Int32 { process?.pid ?? 0 }
    }

    init(
        name: String, address: String, logDirectory: String, run: DockerRun, image: DockerImage, labels: DockerLabels
    ) {
        (self.name, self.address, self.logDirectory) = (name, address, logDirectory)
        (self.run, self.image, self.labels) = (run, image, labels)
    }

    var livingPid: Int32? { life?.process.flatMap { $0.hasEnded ? nil : $0.pid } }
    private var engine: DockerEngine { run.engine }
    private var container: String { "holdfast-\(run.id)-\(name)" }
    private var keeperContainer: String { container + "-network" }
    private var toolContainer: String { container + "-tool" }

    // MARK: The server's process

    public var state: ProcessState {
        guard let process = life?.process else { return .gone(life?.status) }
        if process.hasEnded { return .gone(endStatus()) }
        return life?.isPaused == true ? .stopped(pid: process.pid) : .running(pid: process.pid)
    }

    /// What the engine says of the end, once it has taken notice.
    private func endStatus() -> ExitStatus? {
        if let known = life?.status { return known }
        let said = try? engine.require(["wait", container], deadline: Limits.containerEnd)
        let status = said.flatMap { Int32($0) }.map(Self.status(ofCode:))
        life?.status = status
        return status
    }

    /// The engine writes an end by a signal as a shell does. What servers make of SIGTERM is a status of their own.
    private static func status(ofCode code: Int32) -> ExitStatus {
        let deadly = [SIGKILL, SIGSEGV, SIGBUS, SIGFPE, SIGABRT, SIGILL]
        return deadly.contains(code - 128) ? .signaled(code - 128) : .exited(code)
    }

    public func start(_ program: Program) throws(LabError) {
        if let pid = livingPid {
            throw LabError(.process, "\(name) has a server already (pid \(pid)); end it before starting another")
        }
        // Nothing is started that the engine takes for running still.
        if life != nil { _ = endStatus() }
        life = nil
        try make(program)
        let output: Child
        do {
            let words = try engine.words(DockerEngine.program, ["start", "--attach", container])
            output = try Child(
                executable: words[0], arguments: Array(words.dropFirst()), environment: DockerEngine.environment,
                output: .file(program.outputFile))
        } catch let error as ToolError {
            throw LabError(error.code == .notFound ? .toolMissing : .process, "\(name): \(error)")
        } catch {
            throw LabError(.process, "\(name): \(error)")
        }
        life = Life(process: try awaitProcess(output), output: output)
        if life?.process == nil { _ = endStatus() }
    }

    /// Makes the container, unless the one that is there would do the same.
    private func make(_ program: Program) throws(LabError) {
        let folder = program.outputFile.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        let arguments =
            ["create", "--name", container, "--network", "container:\(keeperContainer)"]
            + ["--restart", "no", "--stop-signal", "SIGTERM"]
            + containerOptions(program, mounting: [folder.joined(separator: "/")])
        if arguments == made { return }
        if !made.isEmpty {
            try engine.require(["rm", "--force", "--volumes", container])
            made = []
        }
        if !containers.contains(container) { containers.append(container) }
        try engine.require(arguments)
        made = arguments
    }

    /// What every container of the node's software has: its files where this machine has them, and an explicit command.
    private func containerOptions(_ program: Program, mounting more: [String] = []) -> [String] {
        var folders: [String] = []
        for folder in [dataDirectory, logDirectory] + more where !folder.isEmpty && !folders.contains(folder) {
            folders.append(folder)
        }
        return labels.arguments + image.options(keeping: folders) + folders.flatMap { ["--volume", "\($0):\($0)"] }
            + program.environment.sorted { $0.key < $1.key }.flatMap { ["--env", "\($0.key)=\($0.value)"] }
            + ["--entrypoint", program.executable, image.name] + program.arguments
    }

    /// The server's process, or nil if it ended at once; throws if there never was one.
    private func awaitProcess(_ output: Child) throws(LabError) -> ProcessHandle? {
        let end = MonotonicClock.now() + Limits.containerStart.nanoseconds
        while true {
            let isOver = output.status != nil
            let format = "{{.Id}} {{.State.Running}} {{.State.Pid}} {{.State.Status}} {{.State.Error}}"
            let words = try engine.require(["inspect", "--format", format, container]).split(
                separator: " ", maxSplits: 4, omittingEmptySubsequences: false)
            guard words.count == 5, let pid = Int32(words[2]) else {
                throw LabError(.toolFailed, "\(name): docker inspect says \(words.joined(separator: " "))")
            }
            if words[1] == "true", pid > 0, let process = try? ProcessHandle(pid) {
                // Its number may have become another's since.
                let group = Files.read("/proc/\(pid)/cgroup", limit: Platform.Limits.procFile) ?? ""
                if group.contains(words[0]) { return process }
                guard Files.isFolder("/proc/\(pid)") else { continue }
                throw LabError(
                    .notPermitted,
                    "\(name): process \(pid), which the Docker Engine says is the server, is another's here: the docker "
                        + "lab needs an engine of this very machine, in the same pid namespace")
            }
            if isOver {
                guard words[4].isEmpty else { throw LabError(.process, "\(name): \(words[4])") }
                return nil
            }
            guard MonotonicClock.now() < end else {
                throw LabError(
                    .deadline, "\(name): its container is \(words[3]), not running, after \(Limits.containerStart)")
            }
            usleep(10_000)
        }
    }

    public func kill() throws(LabError) {
        _ = try living("kill")
        try engine.require(["kill", "--signal", "KILL", container])
        try awaitEnd(upTo: Platform.Limits.killed, after: "docker kill")
    }

    public func terminate() throws(LabError) {
        _ = try living("terminate")
        let seconds = Limits.terminate.components.seconds
        try engine.require(
            ["stop", "--time", "\(seconds)", container], deadline: Limits.terminate + Limits.containerEnd)
        try awaitEnd(upTo: Platform.Limits.killed, after: "docker stop")
        if life?.status == .signaled(SIGKILL) {
            throw LabError(
                .deadline, "\(name): the server was still there \(seconds) s after SIGTERM, and the engine killed it")
        }
    }

    public func pause() throws(LabError) {
        let pid = try living("pause")
        try engine.require(["pause", container])
        try expect(paused: true, pid)
        life?.isPaused = true
    }

    public func resume() throws(LabError) {
        let pid = try living("resume")
        try engine.require(["unpause", container])
        life?.isPaused = false
        try expect(paused: false, pid)
    }

    private func living(_ verb: String) throws(LabError) -> Int32 {
        if let livingPid { return livingPid }
        throw LabError(.process, "\(name) has no server process to \(verb)")
    }

    /// By the kernel's own word: each thread stands still in its freezer, or does not.
    private func expect(paused: Bool, _ pid: Int32) throws(LabError) {
        let end = MonotonicClock.now() + Limits.stop.nanoseconds
        while true {
            guard life?.process?.hasEnded == false else {
                throw LabError(
                    .process, "\(name): process \(pid) ended when it was to be \(paused ? "paused" : "resumed")")
            }
            let threads = (try? Files.names(in: "/proc/\(pid)/task")) ?? []
            let frozen = threads.filter { Self.isFrozen("/proc/\(pid)/task/\($0)") }
            if !threads.isEmpty, paused == (frozen.count == threads.count) { return }
            guard MonotonicClock.now() < end else {
                throw LabError(
                    .deadline,
                    "\(name): \(frozen.count) of \(threads.count) threads of process \(pid) are frozen "
                        + "\(Limits.stop) after docker \(paused ? "pause" : "unpause")")
            }
            usleep(2000)
        }
    }

    /// With the first version of control groups a frozen thread is one that nothing can interrupt, with the second one
    /// it waits in the freezer.
    private static func isFrozen(_ thread: String) -> Bool {
        let place = Files.read(thread + "/wchan", limit: 128) ?? ""
        if place.contains("refrigerator") || place.contains("freezer") { return true }
        let stat = Files.read(thread + "/stat", limit: 1024) ?? ""
        guard let close = stat.lastIndex(of: ")") else { return false }
        return stat[close...].split(separator: " ").dropFirst().first == "D"
    }

    /// The process is gone, the engine knows, and all that it said is written.
    private func awaitEnd(upTo limit: Duration, after order: String) throws(LabError) {
        guard let process = life?.process else { return }
        guard process.waitForEnd(upTo: limit) else {
            throw LabError(.deadline, "\(name): process \(process.pid) is still there \(limit) after \(order)")
        }
        guard endStatus() != nil else {
            throw LabError(
                .deadline, "\(name): process \(process.pid) is gone, and the Docker Engine does not say how it ended")
        }
        if life?.output.wait(upTo: Limits.containerEnd) == nil { life?.output.end() }
    }

    public func runBeside(_ program: Program, deadline: Duration, input: String?) throws(LabError) -> ToolResult {
        let network = keeper == nil ? "none" : "container:\(keeperContainer)"
        let arguments =
            ["run", "--rm", "--interactive", "--name", toolContainer, "--network", network] + containerOptions(program)
        if !containers.contains(toolContainer) { containers.append(toolContainer) }
        defer { containers.removeAll { $0 == toolContainer } }
        do throws(LabError) {
            return try engine.run(arguments, deadline: deadline, input: input)
        } catch {
            _ = try? engine.run(["rm", "--force", "--volumes", toolContainer])
            throw error
        }
    }

    // MARK: Network

    func joinNetwork(_ network: String, _ holder: DockerHolder) throws(LabError) {
        self.network = network
        containers.append(keeperContainer)
        try engine.require(
            ["run", "--detach", "--name", keeperContainer, "--hostname", name, "--network", network, "--ip", address]
                + ["--restart", "no", "--cap-drop", "ALL"] + labels.arguments + image.options()
                + holder.arguments(image: image.name))
        let said = try engine.require(["inspect", "--format", "{{.State.Running}} {{.State.Pid}}", keeperContainer])
        guard said.hasPrefix("true "), let pid = Int32(said.dropFirst(5)), pid > 0 else {
            throw LabError(
                .process,
                "\(name): the container that is to keep its network ended at once; see docker inspect \(keeperContainer)"
            )
        }
        keeper = pid
    }

    public func leaveNetwork() throws(LabError) -> Bool {
        try engine.require(["network", "disconnect", network, keeperContainer])
        return true
    }

    public func rejoinNetwork() throws(LabError) {
        try engine.require(["network", "connect", "--ip", address, network, keeperContainer])
        // The engine gives it the next name that was not used yet.
        let result = try runInNetwork("ip", ["-o", "-4", "addr", "show", "to", "\(address)/32"])
        let words = result.output.split(separator: " ", omittingEmptySubsequences: true)
        guard result.succeeded, words.count > 1 else {
            throw LabError(.toolFailed, "\(name): docker network connect gave it no interface with \(address)")
        }
        networkInterface = String(words[1])
    }

    func networkNamespace() throws(LabError) -> String {
        guard let keeper else { throw LabError(.process, "\(name) has no network") }
        return "/proc/\(keeper)/ns/net"
    }

    // MARK: Data

    func mountData(_ kind: Filesystem, megabytes: Int, in folder: String, at place: String) throws(LabError) {
        dataDirectory = place
        filesystem = try LoopFilesystem(
            kind, megabytes: megabytes, in: folder, at: place, node: name, endsHolders: false)
    }

    func useData(_ folder: String) throws(LabError) {
        try Machine.make(folder: folder)
        dataDirectory = folder
    }

    // MARK: The end

    /// Its containers are gone: lets go of the rest, and returns what could not be removed.
    func forget() -> [String] {
        life = nil
        keeper = nil
        containers = []
        do throws(LabError) {
            try filesystem?.unmount()
            filesystem = nil
            return []
        } catch {
            return ["\(error)"]
        }
    }
}
