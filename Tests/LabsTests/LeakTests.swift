import Glibc
import Labs
import Platform
import Testing

/// The harness is killed while a lab is up. Run inside namespaces, which play the host: bystanders are there too.
@Suite(
    .serialized, .enabled(if: Relaunch.isInside && Inside.variable != nil && Inside.isRoot), .timeLimit(.minutes(2)))
struct LeaksInside {
    @Test(arguments: [true, false])
    func nothingIsLeftOfAHarness(killed: Bool) throws {
        let folder = try TemporaryFolder()
        let bystander = try Bystander(folder: folder.path)
        defer { bystander.end() }
        let results = folder.path + "/results"
        try Files.makeFolders(results)
        let harness = try Child(
            executable: Inside.program, arguments: Array(Inside.arguments(filter: "LabHolder").dropFirst()),
            environment: ["HOLDFAST_TEST_HOLD": results], output: .file(folder.path + "/output"))
        #expect(eventually(within: 30) { Files.isFolder(results + "/ready") || harness.status != nil })
        let inner = try #require(ProcessTable.entries().first { $0.parent == harness.pid && $0.name != "sh" })
        let namespace = try #require(self.namespace(of: inner.pid))
        #expect(processes(in: namespace).count >= 3)
        #expect(marks(results) == ["ext4", "xfs"])

        if killed { harness.send(SIGKILL) } else { try Files.makeFolders(results + "/stop") }
        let status = try #require(harness.wait(upTo: .seconds(10)))
        #expect(status == (killed ? .signaled(SIGKILL) : .exited(17)))
        #expect(
            eventually {
                ProcessTable.reapOrphans()
                return processes(in: namespace).isEmpty && ProcessTable.entry(inner.pid) == nil
            })
        #expect(eventually { marks(results).isEmpty })
        #expect(eventually { !Files.isFolder(results + "/nodes.holdfast") })
        #expect(try Files.names(in: results) == (killed ? ["logs", "ready"] : ["logs", "ready", "stop"]))
        #expect(
            eventually {
                ProcessTable.reapOrphans()
                return ProcessTable.entries().map(\.pid).sorted() == [1, bystander.pid].sorted()
            })
        #expect(Files.read("/proc/self/mountinfo", limit: 1 << 20)?.contains("holdfast/nodes") == false)
        #expect(try Tool.require("iptables-save").output.contains("bystander"))
        #expect(try Files.names(in: "/run/netns") == ["bystander"])
        #expect(bystander.loopIsThere)
        #expect(Heal.run(lookingIn: [folder.path]) == Heal.Outcome())
        #expect(bystander.loopIsThere)
        Inside.note("leak")
    }

    /// Filesystems on marked loop devices whose nodes are of this test: other runs on the machine have theirs.
    private func marks(_ results: String) -> [String] {
        let prefix = "holdfast \(LabHolder.nodePrefix(results))"
        return LoopDevice.marked().map(\.mark).filter { $0.hasPrefix(prefix) }.map {
            String($0.dropFirst(prefix.count))
        }
        .sorted()
    }

    private func namespace(of pid: Int32) -> String? {
        let result = try? Tool.run("readlink", ["/proc/\(pid)/ns/pid"])
        return result?.succeeded == true ? result?.output : nil
    }

    private func processes(in namespace: String) -> [Int32] {
        ProcessTable.entries().map(\.pid).filter { self.namespace(of: $0) == namespace }
    }

    @Test func healingRemovesDeadDataAndLeavesTheLivingAlone() throws {
        let folder = try TemporaryFolder()
        let dead = folder.path + "/run/trials/x/nodes.holdfast"
        try Files.makeFolders(dead + "/n1")
        try Files.write("", to: dead + "/.holdfast")
        let unmarked = folder.path + "/other/nodes.holdfast"
        try Files.makeFolders(unmarked)
        try Files.makeFolders(folder.path + "/living")
        let lab = try NamespacesLab(directory: folder.path + "/living")
        _ = try lab.makeNode(
            NodeRequest(
                name: "n1", software: anySoftware, filesystem: nil, megabytes: 0, logDirectory: folder.path + "/logs"))
        let file = try Files.unnamed(in: folder.path, bytes: 1 << 20)
        let living = try LoopDevice(file: file.raw, mark: "holdfast living")
        let stranger = try LoopDevice(file: file.raw, mark: "holdfastish", clearsItself: false).number
        let left = try LoopDevice(file: file.raw, mark: "holdfast left", clearsItself: false).number
        defer { try? LoopDevice.detach(stranger) }
        func numbers() -> [Int32] { LoopDevice.marked().map(\.number) }
        #expect(numbers().contains(left))
        let outcome = Heal.run(lookingIn: [folder.path])
        #expect(
            outcome
                == Heal.Outcome(
                    removed: ["loop device /dev/loop\(left) (holdfast left)", "data of a dead run: \(dead)"]))
        #expect(!numbers().contains(left))
        #expect(numbers().contains(living.number) && numbers().contains(stranger))
        #expect(!Files.isFolder(dead) && Files.isFolder(unmarked))
        #expect(Files.isFolder(folder.path + "/living/nodes.holdfast/n1"))
        #expect(lab.close() == [])
    }
}

/// What is on the machine and none of the lab's business.
final class Bystander {
    private let process: Child
    private let loop: Int32
    var pid: Int32 { process.pid }

    init(folder: String) throws {
        process = try Child(executable: "sleep", arguments: ["900"])
        try Tool.require("iptables", ["-w", "-A", "INPUT", "-m", "comment", "--comment", "bystander", "-j", "ACCEPT"])
        try Files.makeFolders("/run/netns")
        try Tool.require("ip", ["netns", "add", "bystander"])
        try Tool.require("truncate", ["-s", "1M", folder + "/bystander"])
        let device = try Tool.require("losetup", ["--find", "--show", folder + "/bystander"]).output
        loop = Int32(device.dropLast().dropFirst("/dev/loop".count)) ?? -1
    }

    var loopIsThere: Bool { Files.isFolder("/sys/block/loop\(loop)/loop") }

    func end() {
        process.end()
        _ = try? Tool.run("iptables", ["-w", "-F", "INPUT"])
        _ = try? Tool.run("ip", ["netns", "delete", "bystander"])
        _ = try? Tool.run("losetup", ["--detach", "/dev/loop\(loop)"])
    }
}

/// The harness of the test above: goes inside, sets up a lab, and stays until it is ended.
@Suite(.serialized, .enabled(if: getenv("HOLDFAST_TEST_HOLD") != nil), .timeLimit(.minutes(2)))
struct LabHolder {
    private let results = getenv("HOLDFAST_TEST_HOLD").map { String(cString: $0) } ?? ""

    static func nodePrefix(_ results: String) -> String {
        (results.split(separator: "/").first { $0.hasPrefix("holdfast-test-") }.map { $0.suffix(6) + "-" } ?? "")
    }

    @Test(.enabled(if: !(Relaunch.isInside && getenv("HOLDFAST_TEST_HELD") != nil)))
    func goesInside() throws {
        let status = try Relaunch.enter(
            arguments: Inside.arguments(filter: "LabHolder"), protecting: [], environment: ["HOLDFAST_TEST_HELD": "1"])
        exit(status)
    }

    @Test(.enabled(if: Relaunch.isInside && getenv("HOLDFAST_TEST_HELD") != nil))
    func staysInside() throws {
        let lab = try NamespacesLab(directory: results)
        for (name, filesystem) in [("ext4", Filesystem.ext4), ("xfs", .xfs), ("plain", nil)] {
            let node = try lab.makeNode(
                NodeRequest(
                    name: Self.nodePrefix(results) + name, software: anySoftware, filesystem: filesystem, megabytes: 64,
                    logDirectory: results + "/logs"))
            try Files.write("data", to: node.dataDirectory + "/data")
            let script = "cd \(node.dataDirectory); exec 3>open; sleep 307 & exec sleep 308"
            try node.start(Program(executable: "/bin/sh", arguments: ["-c", script], outputFile: "/dev/null"))
        }
        _ = try lab.nodes[0].runInNetwork("iptables", ["-w", "-A", "INPUT", "-j", "ACCEPT"])
        try Files.makeFolders(results + "/ready")
        #expect(eventually(within: 60) { Files.isFolder(results + "/stop") })
        #expect(lab.close() == [])
        exit(17)
    }
}
