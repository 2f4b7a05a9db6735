import Glibc
import Labs
import Platform
import TestSupport
import Testing

/// Runs `DockerLabInside` in the network that a run makes for itself, on the host with the tests' own engine.
@Suite(
    .serialized, .timeLimit(.minutes(5)),
    .enabled(if: DockerHost.isThere && !DockerKind().isInside, "NO DOCKER ENGINE CAN BE STARTED HERE (see above)"))
struct DockerLabTests {
    @Test func whatItPromisesHolds() async throws {
        let place = try Workplace()
        try await Holdfast.takingTurns {
            let host = try #require(DockerHost.shared)
            let before = host.look()
            let evidence = place.path + "/evidence"
            let result = try host.run(
                DockerDoor.arguments("DockerDoorway"), environment: [DockerDoor.variable: evidence],
                deadline: .seconds(200))
            #expect(result.succeeded, "\((result.output + result.errors).suffix(6000))")
            // A filter that matches nothing would pass as well.
            let notes = (Files.read(evidence, limit: 4096) ?? "").split(separator: "\n").sorted()
            #expect(notes == ["network", "refusals", "verbs"])
            #expect(eventually { host.look() == before }, "\(host.look().differences(from: before))")
        }
    }
}

/// How tests get inside: this test program executes itself there.
enum DockerDoor {
    static let variable = "HOLDFAST_TEST_DOCKER"
    static var evidence: String? { getenv(variable).map { String(cString: $0) } }
    static var program: String { Files.resolved("/proc/self/exe") ?? CommandLine.arguments[0] }

    static func arguments(_ filter: String) -> [String] {
        [program, "--testing-library", "swift-testing", "--filter", filter]
    }
}

@Suite(.enabled(if: DockerDoor.evidence != nil && !DockerKind().isInside), .timeLimit(.minutes(4)))
struct DockerDoorway {
    @Test func open() throws {
        #expect(try DockerKind().enter(arguments: DockerDoor.arguments("DockerLabInside"), protecting: []) == 0)
    }
}

@Suite(.serialized, .enabled(if: DockerDoor.evidence != nil && DockerKind().isInside), .timeLimit(.minutes(3)))
struct DockerLabInside {
    private let place: Workplace
    private let software = Software(
        name: "redis", usualImage: DockerHost.redisImage, imageVariable: "HOLDFAST_REDIS_IMAGE")

    init() throws { place = try Workplace() }

    private func note(_ test: String) throws {
        let path = try #require(DockerDoor.evidence)
        try Files.write((Files.read(path, limit: 4096) ?? "") + test + "\n", to: path)
    }

    private func request(_ name: String) -> NodeRequest {
        NodeRequest(
            name: name, software: software, filesystem: nil, megabytes: 64, logDirectory: place.path + "/logs")
    }

    private func server(_ name: String, _ more: String...) -> Program {
        Program(
            executable: "redis-server", arguments: ["--port", "7000", "--protected-mode", "no", "--save", ""] + more,
            outputFile: "\(place.path)/logs/\(name).log")
    }

    private func start(_ node: any Node, _ program: Program) throws {
        try node.start(program)
        #expect(eventually { (try? node.connect(port: 7000)).map { close($0) == 0 } ?? false })
    }

    /// Nodes reach each other, clients reach them, and nobody anything else: neither an address elsewhere, nor one that
    /// nobody has, nor one of a node that is gone.
    @Test func network() throws {
        let lab = try DockerKind().open(directory: place.path)
        let (first, second) = (try lab.makeNode(request("n1")), try lab.makeNode(request("n2")))
        try start(first, server("n1"))
        close(try Sockets.connect(first.address, port: 7000))
        let ping = try second.runBeside(
            Program(executable: "redis-cli", arguments: ["-h", first.address, "-p", "7000", "ping"]),
            deadline: .seconds(30), input: nil)
        #expect(ping.output == "PONG\n", "\(ping)")
        func failure(_ address: String) -> Int32? {
            #expect(throws: KernelFailure.self) {
                close(try Sockets.connect(address, port: 7000, upTo: .seconds(10)))
            }?.number
        }
        #expect(failure("192.0.2.1") == ENETUNREACH)
        let prefix = first.address.split(separator: ".").dropLast().joined(separator: ".")
        #expect(failure(prefix + ".200") == EHOSTUNREACH)
        #expect(failure(second.address) == ECONNREFUSED)

        // What a fault did to a node's network outlives the server.
        let rule = ["INPUT", "-s", lab.clientAddress, "-j", "DROP"]
        #expect(try first.runInNetwork("iptables", ["-w", "-A"] + rule).succeeded)
        try first.kill()
        try start(first, server("n1"))
        #expect(try first.runInNetwork("iptables", ["-w", "-C"] + rule).succeeded)
        #expect(failure(first.address) == ETIMEDOUT)
        #expect(try first.runInNetwork("iptables", ["-w", "-D"] + rule).succeeded)
        close(try Sockets.connect(first.address, port: 7000))
        #expect(lab.close() == [])
        #expect(failure(first.address) == ENETUNREACH)
        #expect(try Files.names(in: place.path).sorted() == ["here", "logs"])
        try note("network")
    }

    @Test func verbs() throws {
        let lab = try DockerKind().open(directory: place.path)
        let node = try lab.makeNode(request("n1"))
        #expect(node.state == .gone(nil))
        #expect(throws: LabError.self) { try node.kill() }
        try start(node, server("n1"))
        guard case .running(let pid) = node.state else { throw JSONFailure("\(node.state)") }
        #expect(ProcessTable.entry(pid)?.name == "redis-server")
        #expect(throws: LabError.self) { try node.start(server("n1")) }
        #expect(throws: LabError.self) { try node.eraseData() }
        for _ in 0..<3 {
            try node.pause()
            #expect(node.state == .stopped(pid: pid))
            try node.resume()
            #expect(node.state == .running(pid: pid))
        }
        try node.pause()
        try node.kill()
        #expect(node.state == .gone(.signaled(SIGKILL)))
        #expect(ProcessTable.entry(pid) == nil)
        #expect(throws: LabError.self) { try node.resume() }
        try start(node, server("n1"))
        try node.terminate()
        #expect(node.state == .gone(.exited(0)))
        // Another command is another container of the same node.
        try start(node, server("n1", "--maxmemory", "100mb"))
        try node.kill()
        // One that ends by itself, and one that is not there.
        try node.start(server("n1", "--no-such-setting", "1"))
        #expect(eventually { node.state == .gone(.exited(1)) }, "\(node.state)")
        let log = Files.read(place.path + "/logs/n1.log", limit: 1 << 20) ?? ""
        #expect(log.contains("no-such-setting"), "\(log.suffix(300))")
        var missing = server("n1")
        missing.executable = "no-such-server"
        let error = #expect(throws: LabError.self) { try node.start(missing) }
        #expect(error?.message.contains("no-such-server") == true, "\(error?.message ?? "")")
        #expect(lab.close() == [])
        try note("verbs")
    }

    @Test func refusals() throws {
        let lab = try DockerKind().open(directory: place.path)
        var other = request("n1")
        other.software = Software(name: "other", usualImage: "holdfast/none:at-all", imageVariable: "HOLDFAST_TEST_X")
        let missing = #expect(throws: LabError.self) { try lab.makeNode(other) }
        #expect(missing?.message.contains("docker pull holdfast/none:at-all") == true)
        let node = try lab.makeNode(request("n2"))
        #expect(!node.canLosePower)
        #expect(throws: LabError.self) { try node.shutDownFilesystem() }
        let listed = place.path + "/a,b"
        try Files.makeFolders(listed)
        #expect(throws: LabError.self) { try DockerKind().open(directory: listed) }
        // A second lab of another directory while this one is open: the run's network is taken.
        #expect(throws: LabError.self) { try DockerKind().open(directory: place.here) }
        #expect(lab.close() == [] && lab.close() == [])
        try note("refusals")
    }
}
