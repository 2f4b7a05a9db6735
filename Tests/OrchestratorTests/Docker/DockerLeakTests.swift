import Foundation
import Glibc
import Platform
import TestSupport
import Testing

/// Of a run in the docker lab nothing is left at its end, after a signal, and after `heal` if it was killed; what is not
/// its own is not touched.
@Suite(
    .serialized, .timeLimit(.minutes(15)),
    .enabled(if: DockerHost.isThere, "NO DOCKER ENGINE CAN BE STARTED HERE (see above)"))
struct DockerLeakTests {
    /// A run under way on the host.
    private final class Running {
        let child: Child
        let folder: RunFolder
        let said: String
        private let host: DockerHost

        init(_ host: DockerHost, _ place: Workplace, faults: String, number: Int = 1) throws {
            self.host = host
            let out = "\(place.path)/out-\(number)"
            folder = RunFolder(out)
            said = "\(place.path)/said-\(number)"
            let suite = try place.file("suite-\(number).yml", Scenario.suite(["always"], faults: faults))
            child = try Holdfast.start(
                host.command([Holdfast.path, "run", suite, "--lab", "docker", "--out", out]),
                environment: host.environment, in: place.here, output: said)
        }

        func reach(_ line: String) {
            let came = eventually(within: 90) { folder.log.contains(line) || child.status != nil }
            #expect(came && child.status == nil, "\(line) did not come: \(Files.read(said, limit: 1 << 16) ?? "")")
        }

        /// The program itself, behind the one that entered the host.
        var program: Int32? { ProcessTable.entries().first { $0.parent == child.pid }?.pid }
        /// The copy of it in the network of its own.
        var copy: Int32? { ProcessTable.entries().first { $0.parent == program }?.pid }
        func end() -> Platform.ExitStatus? { child.wait(upTo: .seconds(120)) }
    }

    /// As `LeakTests`: a trial that goes on for longer than anyone waits here.
    private static let long = "{fault: none, workload: {duration: 5m}}"

    /// The detectors see what a leaking run would leave.
    @Test func whatIsLeftIsSeen() throws {
        let host = try #require(DockerHost.shared)
        let before = host.look()
        let plants: [(part: String, plant: [String], back: [String])] = [
            ("volumes", ["docker", "volume", "create", "left"], ["docker", "volume", "rm", "left"]),
            (
                "containers", ["docker", "create", "--name", "left", DockerHost.redisImage],
                ["docker", "rm", "--volumes", "left"]
            ),
            (
                "rules", ["iptables", "-w", "-A", "OUTPUT", "-j", "ACCEPT"],
                ["iptables", "-w", "-D", "OUTPUT", "-j", "ACCEPT"]
            ),
            (
                "bystander", ["docker", "exec", "bystander", "redis-cli", "SET", "bystander", "touched"],
                ["docker", "exec", "bystander", "redis-cli", "SET", "bystander", "untouched"]
            ),
        ]
        for (part, plant, back) in plants {
            #expect(try host.run(plant).succeeded)
            #expect(host.look().differences(from: before).map { $0.prefix { $0 != ":" } } == [part[...]])
            #expect(try host.run(back).succeeded)
            #expect(host.look() == before)
        }
        #expect(try host.run(["docker", "network", "create", "left"]).succeeded)
        let seen = Set(host.look().differences(from: before).map { String($0.prefix { $0 != ":" }) })
        #expect(seen == ["links", "networks", "rules"])
        try host.docker("network", "rm", "left")
        #expect(host.look() == before)
    }

    @Test(arguments: [(SIGTERM, 143), (SIGINT, 130)] as [(Int32, Int32)])
    func aSignalEndsItCleanly(signal: Int32, status: Int32) async throws {
        try await Holdfast.takingTurns {
            let host = try #require(DockerHost.shared)
            let (place, before) = (try Workplace(), host.look())
            let run = try Running(host, place, faults: "power-loss, \(Self.long)")
            run.reach("fault: power-loss")
            kill(try #require(run.program), signal)
            #expect(run.end() == .exited(status), "\(Files.read(run.said, limit: 1 << 16) ?? "")")
            #expect(eventually { host.look() == before }, "\(host.look().differences(from: before))")
            #expect(try run.folder.summary()["exit"]?.integer == Int64(status))
            #expect(try host.run([Holdfast.path, "heal", run.folder.path]).output == "nothing to heal\n")
        }
    }

    /// Only the copy is killed: the program that the user started puts things in order.
    @Test func aCopyThatIsKilledIsCleanedUpAfter() async throws {
        try await Holdfast.takingTurns {
            let host = try #require(DockerHost.shared)
            let (place, before) = (try Workplace(), host.look())
            let run = try Running(host, place, faults: Self.long)
            run.reach("  load")
            kill(try #require(run.copy), SIGKILL)
            #expect(run.end() == .exited(4), "\(Files.read(run.said, limit: 1 << 16) ?? "")")
            #expect(eventually { host.look() == before }, "\(host.look().differences(from: before))")
        }
    }

    @Test(arguments: ["  load", "fault: isolate", "fault: power-loss"])
    func healRemovesAllOfAKilledRunAndNothingElse(line: String) async throws {
        try await Holdfast.takingTurns {
            let host = try #require(DockerHost.shared)
            let (place, before) = (try Workplace(), host.look())
            var faults = Self.long
            // Each goes on for longer than anyone waits here, so that the run is killed in the midst of it.
            let held = [
                "fault: isolate": ("isolate, node: primary, from: clients", "heal"),
                "fault: power-loss": ("power-loss, node: primary", "restart, node: same"),
            ]
            if let (action, undoing) = held[line] {
                try Files.makeFolders(place.path + "/faults")
                _ = try place.file(
                    "faults/held.yml",
                    """
                    fault: held
                    about: Of a test.
                    applies-to: [redis-standalone]
                    timeline: [{at: 10%, do: \(action)}, {after: 100s, do: \(undoing)}]
                    """)
                faults = "held, \(faults)"
            }
            let run = try Running(host, place, faults: faults)
            run.reach(line)
            // Another run that lives meanwhile is left alone.
            let other = try Running(host, place, faults: "primary-kill", number: 2)
            other.reach("  load")
            let (program, copy) = (try #require(run.program), try #require(run.copy))
            kill(program, SIGKILL)
            #expect(eventually { ProcessTable.entry(copy).map { $0.state == "Z" } ?? true })
            #expect(host.look() != before)
            let healed = try host.run([Holdfast.path, "heal", place.path])
            #expect(healed.succeeded && healed.output.contains("removed container holdfast-"), "\(healed)")
            for what in ["network holdfast-", "interface hv"] {
                // The kernel may have been quicker with the interface, where nothing was cut off.
                if what.hasPrefix("interface"), line != "fault: isolate" { continue }
                #expect(healed.output.contains("removed \(what)"), "\(healed.output)")
            }
            #expect(healed.output.contains("removed filesystem mounted at \(run.folder.path)"), "\(healed.output)")
            #expect(!healed.output.contains("out-2"), "\(healed.output)")
            #expect(other.end() == .exited(0), "\(Files.read(other.said, limit: 1 << 16) ?? "")")
            #expect(try other.folder.trial("always", "primary-kill")["verdict.log.lost"]?.integer == 0)
            #expect(eventually { host.look() == before }, "\(host.look().differences(from: before))")
            #expect(try host.run([Holdfast.path, "heal", place.path]).output == "nothing to heal\n")
            #expect(run.folder.trialFolders.allSatisfy { !Files.isFolder($0 + "/nodes.holdfast") })
        }
    }
}
