import Foundation
import Labs
import Platform
import Testing
import Workers

@testable import Systems

private enum Evidence {
    static let variable = "HOLDFAST_TEST_SYSTEMS"

    static var path: String? { getenv(variable).map { String(cString: $0) } }

    /// Each test inside says that it ran: a filter that matches nothing would pass as well.
    static func note(_ test: String) throws {
        let path = try #require(path)
        try Files.write((Files.read(path, limit: 1 << 16) ?? "") + test + "\n", to: path)
    }
}

/// From outside: this test program runs itself in the namespaces lab.
@Suite(.serialized, .timeLimit(.minutes(2)), withRedis, .enabled(if: !Relaunch.isInside))
struct RedisLabTests {
    @Test(.enabled("needs root of the machine: loop devices and mounts") { Privileges.isFullRoot })
    func standaloneRunsInTheNamespacesLab() async throws {
        try await onThread {
            let folder = "/var/tmp/holdfast-systems.\(UUID().uuidString.prefix(8))"
            try Files.makeFolders(folder)
            defer { try? Files.removeTree(folder) }
            setenv(Evidence.variable, "\(folder)/notes", 1)
            defer { unsetenv(Evidence.variable) }
            let program = Files.resolved("/proc/self/exe") ?? CommandLine.arguments[0]
            let arguments = [program, "--testing-library", "swift-testing", "--filter", "InsideRedis"]
            #expect(try Relaunch.enter(arguments: arguments, protecting: [folder]) == 0)
            let notes = Files.read("\(folder)/notes", limit: 1 << 16) ?? ""
            #expect(notes.split(separator: "\n").sorted() == ["always ext4", "always xfs", "cut", "no ext4"])
        }
    }
}

/// Run inside namespaces of its own, by `RedisLabTests`.
@Suite(.serialized, .enabled(if: Relaunch.isInside && Evidence.path != nil), .timeLimit(.minutes(2)))
struct InsideRedis {
    private let folder: String
    private let patience = TestPatience()

    init() throws {
        folder = "/var/tmp/holdfast-systems.\(UUID().uuidString.prefix(8))"
        try Files.makeFolders(folder)
    }

    private func system(
        _ appendfsync: String, _ filesystem: Filesystem, ownFilesystems: Bool = true
    ) -> RedisStandaloneSystem {
        var settings = RedisSettings()
        settings.filesystem = filesystem
        settings.directives = [
            .init(name: "appendonly", value: "yes"), .init(name: "appendfsync", value: appendfsync),
        ]
        return RedisStandaloneSystem(
            settings,
            TrialSetting(
                run: "r", agents: 1, logDirectory: "\(folder)/logs", expectedBytes: 1 << 20,
                ownFilesystems: ownFilesystems))
    }

    private func add(_ count: Int, _ system: RedisStandaloneSystem, _ node: any Node) throws {
        for _ in 0..<count { _ = try system.command(node, ["XADD", system.streams[0], "*", "e", "x"]) }
    }

    private func powerLoss(_ node: any Node) throws {
        try node.pause()
        try node.shutDownFilesystem()
        #expect(node.probeWrite() == "EIO")
        try node.kill()
        try node.remountFilesystem()
    }

    @Test(arguments: [("always", Filesystem.ext4), ("always", .xfs), ("no", .ext4)])
    func powerLossTakesWhatWasNotFsynced(_ appendfsync: String, _ filesystem: Filesystem) async throws {
        let (folder, patience) = (folder, patience)
        defer { try? Files.removeTree(folder) }
        try await onThread { [self] in
            let lab = try NamespacesLab(directory: folder)
            let system = system(appendfsync, filesystem)
            try system.start(in: lab, patience: patience)
            let node = try #require(try system.resolve(NodeWord("primary")).first)
            #expect(node.canLosePower)
            try add(100, system, node)
            try powerLoss(node)
            if try !system.restart(node, patience: patience).answered {
                _ = try system.repair(node)
                #expect(try system.restart(node, patience: patience).answered)
            }
            let left = try system.command(node, ["XLEN", system.streams[0]])
            #expect(appendfsync == "always" ? left == "100" : left != "100")
            #expect(lab.close() == [])
            try Evidence.note("\(appendfsync) \(filesystem.rawValue)")
        }
    }

    @Test func serverBehindACutStillAnswersHoldfast() async throws {
        let (folder, patience) = (folder, patience)
        defer { try? Files.removeTree(folder) }
        try await onThread { [self] in
            let lab = try NamespacesLab(directory: folder)
            let system = system("everysec", .ext4, ownFilesystems: false)
            try system.start(in: lab, patience: patience)
            let node = try #require(try system.resolve(NodeWord("primary")).first)
            let address = try #require(system.clientOrders().addresses.first)
            #expect(address == "\(node.address):6379")
            let socket = try Sockets.connect(node.address, port: 6379)
            close(socket)
            #expect(try node.runInNetwork("iptables", ["-w", "-A", "INPUT", "-i", "eth0", "-j", "DROP"]).succeeded)
            #expect(throws: KernelFailure.self) {
                close(try Sockets.connect(node.address, port: 6379, upTo: .milliseconds(300)))
            }
            #expect(system.answers(node))
            #expect(try system.command(node, ["PING"]) == "PONG")
            #expect(lab.close() == [])
            try Evidence.note("cut")
        }
    }
}
