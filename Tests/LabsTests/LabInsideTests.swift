import Glibc
import Labs
import Platform
import Testing

/// Run inside namespaces of its own, by `RelaunchTests`.
@Suite(.serialized, .enabled(if: Relaunch.isInside && Inside.variable != nil), .timeLimit(.minutes(2)))
struct LabInside {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func program(_ words: String...) -> Program {
        Program(
            executable: words[0], arguments: Array(words.dropFirst()), outputFile: folder.path + "/output")
    }

    private func request(_ name: String, _ filesystem: Filesystem? = nil) -> NodeRequest {
        NodeRequest(
            name: name, software: anySoftware, filesystem: filesystem, megabytes: 64,
            logDirectory: folder.path + "/logs/" + name)
    }

    @Test func nodesReachEachOtherAndNothingElse() throws {
        let lab = try NamespacesLab(directory: folder.path)
        let (first, second) = (try lab.makeNode(request("n1")), try lab.makeNode(request("n2")))
        #expect(lab.nodes.map(\.address) == ["198.18.0.11", "198.18.0.12"])
        try first.start(program("redis-server", "--port", "7000", "--save", "", "--protected-mode", "no"))
        func ping(_ node: any Node, _ address: String) throws -> String {
            try node.runInNetwork("redis-cli", ["-h", address, "-p", "7000", "ping"]).output
        }
        #expect(eventually { (try? first.connect(port: 7000)).map { close($0) } != nil })
        #expect(try ping(second, first.address) == "PONG\n")
        #expect(try ping(first, "127.0.0.1") == "PONG\n")
        close(try Sockets.connect(first.address, port: 7000))
        let refused = #expect(throws: LabError.self) { close(try second.connect(port: 7000)) }
        #expect(refused?.message.contains("ECONNREFUSED") == true)
        let away = #expect(throws: KernelFailure.self) { close(try Sockets.connect("192.0.2.1", port: 80)) }
        #expect(away?.number == ENETUNREACH)
        #expect(lab.close() == [])
        Inside.note("plainLab")
    }

    @Test func aCutStopsTrafficAndHealingBringsItBack() throws {
        let lab = try NamespacesLab(directory: folder.path)
        let node = try lab.makeNode(request("n1"))
        try node.start(program("redis-server", "--port", "7000", "--save", "", "--protected-mode", "no"))
        #expect(eventually { (try? Sockets.connect(node.address, port: 7000)).map { close($0) } != nil })
        let rule = ["INPUT", "-i", "eth0", "-j", "DROP"]
        #expect(try node.runInNetwork("iptables", ["-w", "-A"] + rule).succeeded)
        let cut = #expect(throws: KernelFailure.self) {
            close(try Sockets.connect(node.address, port: 7000, upTo: .milliseconds(300)))
        }
        #expect(cut?.number == ETIMEDOUT)
        close(try node.connect(port: 7000))
        #expect(try node.runInNetwork("iptables", ["-w", "-D"] + rule).succeeded)
        close(try Sockets.connect(node.address, port: 7000))
        #expect(try node.runInNetwork("iptables", ["-w", "-D"] + rule).status == .exited(1))
        #expect(lab.close() == [])
        Inside.note("cut")
    }

    @Test func processesObeyAndEachVerbWaitsForItsEffect() throws {
        let lab = try NamespacesLab(directory: folder.path)
        let node = try lab.makeNode(request("n1"))
        #expect(node.state == .gone(nil))
        #expect(throws: LabError.self) { try node.kill() }
        // A background child, as a server has one while it writes a snapshot.
        try node.start(program("/bin/sh", "-c", "sleep 301 & exec sleep 300"))
        guard case .running(let pid) = node.state else { throw KernelFailure(ESRCH, "\(node.state)") }
        #expect(throws: LabError.self) { try node.start(program("/bin/true")) }
        #expect(throws: LabError.self) { try node.eraseData() }
        #expect(eventually { members(of: pid).count == 2 })
        for _ in 0..<5 {
            try node.pause()
            #expect(node.state == .stopped(pid: pid))
            try node.resume()
            #expect(node.state == .running(pid: pid))
        }
        try node.pause()
        try node.kill()
        #expect(node.state == .gone(.signaled(SIGKILL)))
        #expect(ProcessTable.entry(pid) == nil && members(of: pid).isEmpty)
        #expect(throws: LabError.self) { try node.resume() }
        try node.start(program("/bin/sleep", "302"))
        try node.terminate()
        #expect(node.state == .gone(.signaled(SIGTERM)))
        let missing = #expect(throws: LabError.self) { try node.start(program("/no/such/server")) }
        #expect(missing?.code == .toolMissing)
        #expect(lab.close() == [])
        Inside.note("verbs")
    }

    private func members(of session: Int32) -> [ProcessTable.Entry] {
        ProcessTable.entries().filter { $0.session == session }
    }

    @Test func aPlainNodeKeepsItsDataUntilTheEnd() throws {
        let lab = try NamespacesLab(directory: folder.path)
        let node = try lab.makeNode(request("n1"))
        #expect(!node.canLosePower && node.dataDirectory.hasPrefix(folder.path))
        try Files.makeFolders(node.dataDirectory + "/appendonlydir")
        try Files.write("x", to: node.dataDirectory + "/appendonlydir/1")
        #expect(node.probeWrite() == nil)
        #expect(try Files.names(in: node.dataDirectory) == ["appendonlydir"])
        try node.syncData()
        try node.eraseData()
        #expect(try Files.names(in: node.dataDirectory) == [])
        let error = #expect(throws: LabError.self) { try node.shutDownFilesystem() }
        #expect(error?.code == .notPermitted)
        #expect(lab.close() == [])
        #expect(try Files.names(in: folder.path) == ["logs"])
        #expect(lab.close() == [])
    }

    @Test func closingLeavesNothing() throws {
        for round in 0..<3 {
            let lab = try NamespacesLab(directory: folder.path)
            let another = #expect(throws: LabError.self) { try NamespacesLab(directory: folder.path) }
            #expect(another?.code == .toolFailed)
            for name in ["a", "b"] {
                let node = try lab.makeNode(request(name, Inside.isRoot && round > 0 ? .ext4 : nil))
                try node.start(program("/bin/sh", "-c", "cd \(node.dataDirectory); sleep 303 & exec sleep 304"))
            }
            #expect(lab.close() == [])
            #expect(try Files.names(in: "/sys/class/net").filter { $0 == "br0" || $0.hasPrefix("v") } == [])
            #expect(try Files.names(in: "/run/netns") == [])
            #expect(Files.read("/proc/self/mountinfo", limit: 1 << 20)?.contains("holdfast/nodes") == false)
            #expect(!Files.isFolder("/run/holdfast"))
            #expect(ProcessTable.entries().map(\.pid) == [1])
            #expect(!LoopDevice.marked().contains { $0.mark == "holdfast a" || $0.mark == "holdfast b" })
        }
    }

    @Test(.enabled(if: !Inside.isRoot, "root may"))
    func withoutRootAFilesystemIsRefusedAndSaysWhy() throws {
        let lab = try NamespacesLab(directory: folder.path)
        let error = #expect(throws: LabError.self) { try lab.makeNode(request("n1", .xfs)) }
        #expect(error?.code == .notPermitted)
        #expect(error?.message.contains("root") == true)
        #expect(lab.close() == [])
        Inside.note("refused filesystem")
    }

    @Test(.enabled(if: Inside.isRoot, Inside.rootReason), arguments: Filesystem.allCases)
    func powerLossTakesWhatWasNotSynced(kind: Filesystem) throws {
        let lab = try NamespacesLab(directory: folder.path)
        let node = try lab.makeNode(request("n1", kind))
        #expect(node.canLosePower)
        #expect(try Files.names(in: node.dataDirectory) == [])
        try Files.write("before", to: node.dataDirectory + "/before")
        try node.syncData()
        // One file is synced by its writer, the other just written; then someone stays in the folder.
        let script = """
            cd \(node.dataDirectory); echo unsynced > unsynced; mkdir folder; echo synced > folder/synced
            sync folder/synced folder; echo later > later; setsid sleep 305 & echo ready; exec sleep 306
            """
        try node.start(program("/bin/sh", "-c", script))
        #expect(eventually { lines(folder.path + "/output") == ["ready"] })
        try node.pause()
        try node.shutDownFilesystem()
        #expect(node.probeWrite() == "EIO")
        #expect(throws: LabError.self) { try node.remountFilesystem() }
        try node.kill()
        try node.remountFilesystem()
        #expect(node.probeWrite() == nil)
        let left = try Files.names(in: node.dataDirectory)
        #expect(left.contains("before") && left.contains("folder") && !left.contains("later"))
        #expect(Files.read(node.dataDirectory + "/folder/synced", limit: 100) == "synced\n")
        // Its name may have come with the other's journal; its content can't have.
        #expect((Files.read(node.dataDirectory + "/unsynced", limit: 100) ?? "") == "")
        #expect(Files.read(node.dataDirectory + "/before", limit: 100) == "before")
        #expect(lab.close() == [])
        Inside.note("powerLoss \(kind.rawValue)")
    }

    @Test(.enabled(if: Inside.isRoot, Inside.rootReason))
    func onlyADiskTakesImages() throws {
        let lab = try NamespacesLab(directory: "/run")
        let inMemory = #expect(throws: LabError.self) { try lab.makeNode(request("n1", .ext4)) }
        #expect(inMemory?.code == .unsafe)
        #expect(inMemory?.message.contains("tmpfs") == true)
        #expect(lab.close() == [])
        let large = try NamespacesLab(directory: folder.path)
        var tooMuch = request("n1", .ext4)
        tooMuch.megabytes = 1 << 40
        let noSpace = #expect(throws: LabError.self) { try large.makeNode(tooMuch) }
        #expect(noSpace?.message.contains("MB free") == true)
        #expect(large.close() == [])
    }
}
