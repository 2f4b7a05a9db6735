import Glibc
public import Platform

/// One node: a network namespace with an address, a data directory, and at most one server process.
///
/// Servers are started by `nsenter --net=FILE`, which becomes the server: the pid is the server's own. (`ip netns exec`
/// would give each a mount namespace with a copy of every mount, in which a filesystem that lost power lives on.)
public final class NamespacesNode: MachineNode {
    public let name: String
    public let address: String
    public let logDirectory: String
    public private(set) var dataDirectory = ""

    private let number: Int
    private var hasNetwork = false
    private var server: Child?
    private(set) var filesystem: LoopFilesystem?

    init(name: String, number: Int, address: String, logDirectory: String) {
        (self.name, self.number, self.address) = (name, number, address)
        self.logDirectory = logDirectory
    }

    private var namespace: String { "/run/netns/\(name)" }
    func networkNamespace() -> String { namespace }
    var livingPid: Int32? { server.flatMap { $0.status == nil ? $0.pid : nil } }
    /// Interface names have at most 15 bytes, so they carry the number.
    private var interface: String { "v\(number)" }

    // MARK: The server's process

    public var state: ProcessState {
        guard let server else { return .gone(nil) }
        if let status = server.status { return .gone(status) }
        return server.isStopped ? .stopped(pid: server.pid) : .running(pid: server.pid)
    }

    public func start(_ program: Program) throws(LabError) {
        if let livingPid {
            throw LabError(.process, "\(name) has a server already (pid \(livingPid)); end it before starting another")
        }
        guard Tool.locate(program.executable) != nil else {
            throw LabError(
                .toolMissing, "\(program.executable) is not there; \(Tool.remedy(for: program.executable))")
        }
        do {
            server = try Child(
                executable: "nsenter", arguments: ["--net=\(namespace)", "--", program.executable] + program.arguments,
                environment: program.environment, output: .file(program.outputFile))
        } catch {
            throw LabError(error.code == .notFound ? .toolMissing : .process, "\(name): \(error)")
        }
    }

    public func kill() throws(LabError) {
        let server = try living("kill")
        server.send(SIGKILL)
        try awaitEnd(of: server, upTo: Platform.Limits.killed, after: "SIGKILL")
    }

    public func terminate() throws(LabError) {
        let server = try living("terminate")
        server.send(SIGTERM)
        try awaitEnd(of: server, upTo: Limits.terminate, after: "SIGTERM")
    }

    public func pause() throws(LabError) {
        let server = try living("pause")
        server.send(SIGSTOP)
        try waitUntil("stopped", server) { server.isStopped }
    }

    public func resume() throws(LabError) {
        let server = try living("resume")
        server.send(SIGCONT)
        try waitUntil("running", server) { !server.isStopped }
    }

    private func living(_ verb: String) throws(LabError) -> Child {
        if let server, server.status == nil { return server }
        throw LabError(.process, "\(name) has no server process to \(verb)")
    }

    private func waitUntil(_ what: String, _ server: Child, _ condition: () -> Bool) throws(LabError) {
        let end = MonotonicClock.now() + Limits.stop.nanoseconds
        while server.status == nil {
            if condition() { return }
            guard MonotonicClock.now() < end else {
                throw LabError(.deadline, "\(name): process \(server.pid) is not \(what) after \(Limits.stop)")
            }
            usleep(500)
        }
        throw LabError(.process, "\(name): process \(server.pid) ended (\(state)) when it was to be \(what)")
    }

    /// Gone means: reaped, not in /proc, and nothing left of its session, such as a child that writes a snapshot.
    private func awaitEnd(of server: Child, upTo limit: Duration, after signal: String) throws(LabError) {
        guard server.wait(upTo: limit) != nil else {
            throw LabError(.deadline, "\(name): process \(server.pid) is still there \(limit) after \(signal)")
        }
        let end = MonotonicClock.now() + Platform.Limits.killed.nanoseconds
        while true {
            ProcessTable.reapOrphans()
            let left = ProcessTable.entries().filter { $0.session == server.pid }
            if left.isEmpty { return }
            guard MonotonicClock.now() < end else {
                let names = left.map { "\($0.name) (pid \($0.pid), state \($0.state))" }.joined(separator: ", ")
                throw LabError(.deadline, "\(name): the server is gone, but not \(names)")
            }
            for entry in left { Glibc.kill(entry.pid, SIGKILL) }
            usleep(500)
        }
    }

    // MARK: Network

    func joinNetwork() throws(LabError) {
        try Machine.ip(["netns", "add", name])
        hasNetwork = true
        try Machine.ip([
            "link", "add", interface, "type", "veth", "peer", "name", "eth0", "netns", name,
        ])
        try Machine.ip(["link", "set", interface, "master", NamespacesLab.bridge, "up"])
        try Machine.ip(["-n", name, "addr", "add", address + "/24", "dev", "eth0"])
        try Machine.ip(["-n", name, "link", "set", "eth0", "up"])
        try Machine.ip(["-n", name, "link", "set", "lo", "up"])
    }

    public func runBeside(_ program: Program, deadline: Duration, input: String?) throws(LabError) -> ToolResult {
        do {
            return try Tool.run(
                "nsenter", ["--net=\(namespace)", "--", program.executable] + program.arguments, deadline: deadline,
                environment: program.environment, input: input)
        } catch {
            throw LabError(.toolFailed, "\(name): \(error)")
        }
    }

    // MARK: Data

    func mountData(_ kind: Filesystem, megabytes: Int, in folder: String) throws(LabError) {
        let mountPoint = "\(NamespacesLab.root)/nodes/\(name)/data"
        dataDirectory = mountPoint
        filesystem = try LoopFilesystem(kind, megabytes: megabytes, in: folder, at: mountPoint, node: name)
    }

    func useData(_ folder: String) throws(LabError) {
        try Machine.make(folder: folder)
        dataDirectory = folder
    }

    // MARK: The end

    /// Takes away everything of it; returns what could not be.
    func remove() -> [String] {
        var left: [String] = []
        func note(_ body: () throws -> Void) {
            do { try body() } catch { left.append("\(error)") }
        }
        if let server {
            server.send(SIGKILL)
            note { try awaitEnd(of: server, upTo: Platform.Limits.killed, after: "SIGKILL") }
        }
        server = nil
        note { try filesystem?.unmount() }
        filesystem = nil
        if hasNetwork {
            // The interface first: the kernel takes a namespace apart only some time after its name is gone.
            _ = try? Tool.run("ip", ["link", "delete", interface])
            note { try Machine.ip(["netns", "delete", name]) }
            hasNetwork = false
        }
        return left
    }
}
