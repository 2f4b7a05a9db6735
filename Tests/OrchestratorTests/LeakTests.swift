import Foundation
import Glibc
import Platform
import Suites
import Systems
import TestSupport
import Testing

/// Nothing of a run outlives it, however it ends, and nothing that is not its own is touched.
@Suite(
    .serialized, .enabled(if: Holdfast.runsTrials, "needs root of the machine and redis-server"),
    .timeLimit(.minutes(30)))
struct LeakTests {
    private static let faults = [
        "none", "primary-kill", "primary-empty-restart", "power-loss", "graceful-stop", "primary-paused",
        "connection-cut", "disk-full", "producer-kill", "producer-zombie",
    ]
    /// When to strike: in the midst of what each fault does.
    private static let midst = [
        ("none", "  load"), ("primary-kill", "fault: kill"), ("primary-empty-restart", "fault: restart"),
        ("power-loss", "fault: power-loss"), ("graceful-stop", "fault: terminate"), ("primary-paused", "fault: pause"),
        ("connection-cut", "fault: reset"), ("disk-full", "fault: fill-disk"), ("producer-zombie", "fault: start"),
    ]

    /// A host, and what is run on it.
    ///
    /// Made by whoever has the turn, and never kept across a suspension: what it starts ends with the thread.
    private final class Stage {
        let place: Workplace
        let host: StandInHost
        let before: StandInHost.Look

        init() throws {
            place = try Workplace()
            host = try StandInHost(folder: place.path + "/bystander")
            before = host.look()
        }

        /// Whatever there was of the run is gone, and the host is as it was.
        func expectNothingLeft(of run: Running, runs: Int = 1) throws {
            #expect(eventually { run.traces.left.isEmpty }, "\(run.traces.left)")
            #expect(eventually { host.look() == before }, "\(host.look().differences(from: before))")
            #expect(try Files.names(in: place.here) == [])
            let own = (1...runs).flatMap { ["suite-\($0).yml", "out-\($0)", "said-\($0)"] }
            // A run that was killed at once had not come to make its folder.
            let made = Set(try Files.names(in: place.path)).union((1...runs).map { "out-\($0)" })
            #expect(made == Set(["bystander", "here"] + own), "\(made)")
            for trial in run.folder.trialFolders {
                #expect(Set(try Files.names(in: trial)).isSubset(of: LeakTests.kept), "\(trial)")
            }
            let healed = try Holdfast.run("heal", run.folder.path)
            #expect(healed.status == .exited(0) && healed.output == "nothing to heal\n", "\(healed.output)")
        }
    }

    /// A run on the stand-in host, under way.
    private final class Running {
        let child: Child
        let folder: RunFolder
        let said: String
        var traces: Traces

        convenience init(_ stage: Stage, faults: String, number: Int = 1) throws {
            try self.init(stage, suite: Scenario.suite(["always"], faults: faults), number: number)
        }

        /// - Parameter only: the cells to run, of a suite that has more.
        init(_ stage: Stage, suite text: String, only: String = "*", number: Int = 1) throws {
            let out = "\(stage.place.path)/out-\(number)"
            folder = RunFolder(out)
            said = "\(stage.place.path)/said-\(number)"
            let suite = try stage.place.file("suite-\(number).yml", text)
            child = try Holdfast.start(
                stage.host.command([
                    "/usr/bin/env", "--chdir=\(stage.place.here)", Holdfast.path, "run", suite, "--out", out, "--only",
                    only,
                ]), environment: Holdfast.environment, in: stage.place.path, output: said)
            traces = Traces(of: child.pid, out: out)
        }

        /// Waits for a line of the run's log.
        func reach(_ line: String) {
            let came = eventually(within: 60) { folder.log.contains(line) || child.status != nil }
            #expect(came && child.status == nil, "\(line) did not come: \(Files.read(said, limit: 1 << 16) ?? "")")
            traces.note(child.pid)
            // The program, the copy of it inside, the janitor, a producer; the server if the fault has not ended it.
            if line.contains("fault") { #expect(traces.count >= 4) }
        }

        func end() -> Platform.ExitStatus? { child.wait(upTo: .seconds(90)) }

        /// Kills it at a moment that nobody chose, once it has begun: before it has a folder there is no run.
        func killAtAnyMoment(within limit: Duration) {
            let begun = eventually(within: 60) { Files.isFolder(folder.path) || child.status != nil }
            var random = SystemRandomNumberGenerator()
            let moment = MonotonicClock.now() + Int64(random.next(upperBound: UInt64(limit.nanoseconds)))
            _ = eventually(within: 60) {
                traces.note(child.pid)
                return child.status != nil || MonotonicClock.now() >= moment
            }
            #expect(begun && child.status == nil, "\(Files.read(said, limit: 1 << 16) ?? "")")
            child.send(SIGKILL)
            #expect(end() == .signaled(SIGKILL))
        }
    }

    /// The detectors see what a leaking run would leave.
    @Test func whatIsLeftIsSeen() async throws {
        try await Holdfast.takingTurns {
            let stage = try Stage()
            let out = stage.place.out
            try Files.makeFolders(out)
            func onHost(_ words: String...) throws {
                let command = stage.host.command(words)
                try Tool.require(command[0], Array(command.dropFirst()))
            }
            let parent = try Child(executable: "sh", arguments: ["-c", "sleep 600 & wait"])
            #expect(eventually { Traces(of: parent.pid, out: out).count == 2 })
            let traces = Traces(of: parent.pid, out: out)
            #expect(traces.left.count == 2)
            parent.end()
            #expect(eventually { traces.left.isEmpty })
            let later = try Child(executable: "sh", arguments: ["-c", "exec 3>/dev/null; sleep 600; : \(out)/x"])
            #expect(traces.left.contains { $0.hasPrefix("process \(later.pid) ") })
            later.end()
            try Tool.require("truncate", ["-s", "1M", out + "/image"])
            let device = try Tool.require("losetup", ["--find", "--show", out + "/image"]).output.dropLast()
            #expect(traces.left.contains { $0.hasPrefix("\(device) on ") })
            try Tool.require("losetup", ["--detach", String(device)])
            #expect(eventually { traces.left.isEmpty }, "\(traces.left)")
            for (part, words, back) in Self.plants {
                try onHost("sh", "-c", words)
                #expect(
                    stage.host.look().differences(from: stage.before).map { $0.prefix { $0 != ":" } } == [part[...]])
                try onHost("sh", "-c", back)
                #expect(stage.host.look() == stage.before)
            }
        }
    }

    /// The part of a host that shows it; something left; how it is taken away again.
    private static let plants = [
        ("rules", "iptables -w -A OUTPUT -j ACCEPT", "iptables -w -D OUTPUT -j ACCEPT"),
        (
            "rules", "iptables -w -F INPUT",
            "iptables -w -A INPUT -p tcp --dport 9 -m comment --comment bystander -j DROP"
        ),
        ("bystander", "redis-cli -p 7777 SET bystander touched", "redis-cli -p 7777 SET bystander untouched"),
        ("mounts", "mount --bind /run/netns /run/netns", "umount /run/netns"),
        ("/run/netns", "touch /run/netns/redis-1", "rm /run/netns/redis-1"),
        ("/dev/shm", "touch /dev/shm/left", "rm /dev/shm/left"),
    ]

    fileprivate static let kept: Set = ["history", "logs", "verdict.json", "timeline.json"]

    /// A fault, and then a trial that is much longer than anyone waits here: a run that lives on is not taken for one
    /// that is gone.
    private static func andMore(_ fault: String) -> String {
        "\(fault), {fault: \(fault == "none" ? "primary-kill" : "none"), workload: {duration: 5m}}"
    }

    @Test(arguments: LeakTests.midst)
    func killedInTheMidstOfAFault(fault: String, line: String) async throws {
        try await Holdfast.takingTurns {
            let stage = try Stage()
            let run = try Running(stage, faults: Self.andMore(fault))
            run.reach(line)
            run.child.send(SIGKILL)
            #expect(run.end() == .signaled(SIGKILL))
            try stage.expectNothingLeft(of: run)
            try expectReadable(run.folder, cut: 1)
        }
    }

    /// What a dead run leaves can be read, and a trial that it was in allows no conclusion.
    private func expectReadable(_ folder: RunFolder, cut: Int) throws {
        var found = 0
        for trial in folder.trialFolders {
            let control = RunFolder(trial).text("history/control.jsonl")
            if control.isEmpty { continue }
            let ended = control.contains(#""type":"end""#)
            let checked = try Holdfast.run("check", "--json", trial)
            let verdict = try JSONValue(checked.output)
            #expect(verdict["invalid_reasons"]?.strings.contains("no-end") == !ended)
            if ended { continue }
            found += 1
            #expect(checked.status == .exited(3), "\(checked.errors)")
            #expect(verdict["valid"] == .bool(false))
        }
        #expect(found >= cut)
        // A summary is there once a trial was through, and says what that one says.
        if found == 0 || folder.trialFolders.count > 1 { return }
        let reported = try Holdfast.run("report", folder.path)
        #expect(reported.status == .exited(2) || reported.status == .exited(3), "\(reported.errors)")
    }

    @Test(arguments: [(SIGTERM, 143), (SIGINT, 130)] as [(Int32, Int32)])
    func endedByASignal(signal: Int32, status: Int32) async throws {
        try await Holdfast.takingTurns {
            let stage = try Stage()
            let run = try Running(stage, faults: "none, power-loss")
            run.reach("fault: power-loss")
            run.child.send(signal)
            #expect(run.end() == .exited(status), "\(Files.read(run.said, limit: 1 << 16) ?? "")")
            try stage.expectNothingLeft(of: run)
            // The first trial was through; the second was healed, and its history allows no conclusion.
            let summary = try run.folder.summary()
            #expect(summary["exit"]?.integer == Int64(status))
            #expect(try run.folder.trial("always", "none")["status"]?.string == "valid")
            for name in ["report.html", "report.md", "junit.xml"] { #expect(!run.folder.text(name).isEmpty) }
            let cut = run.folder.path + "/trials/always/power-loss/1"
            let records = try Lines(RunFolder(cut).text("history/control.jsonl")).of("fault")
            let first = records.filter { $0["id"]?.integer == 1 }.compactMap { $0["phase"]?.string }
            #expect(first.first == "begin" && first.last == "end", "\(first)")
            let checked = try Holdfast.run("check", "--json", cut)
            #expect(checked.status == .exited(3), "\(checked.errors)")
        }
    }

    @Test func twoAtOnceDoNotMeet() async throws {
        try await Holdfast.takingTurns {
            let stage = try Stage()
            let first = try Running(stage, faults: "primary-kill", number: 1)
            let second = try Running(stage, faults: "power-loss", number: 2)
            for run in [first, second] { run.reach("fault: restart") }
            for run in [first, second] {
                #expect(run.end() == .exited(0), "\(Files.read(run.said, limit: 1 << 16) ?? "")")
            }
            for (run, fault) in [(first, "primary-kill"), (second, "power-loss")] {
                let trial = try run.folder.trial("always", fault)
                #expect(trial["status"]?.string == "valid", "\(trial["reason"]?.string ?? "")")
                #expect(trial["verdict.log.unexpected.foreign"]?.integer == 0)
                #expect(trial["verdict.log.lost"]?.integer == 0)
                try stage.expectNothingLeft(of: run, runs: 2)
            }
        }
    }

    /// Every fault, over and over, at moments that nobody chose: `make leaks`.
    @Test(
        .enabled(if: getenv("HOLDFAST_LEAKS") != nil, "takes minutes: make leaks"), arguments: LeakTests.faults,
        0..<12)
    func killedAtAnyMoment(fault: String, round: Int) async throws {
        try await Holdfast.takingTurns {
            let stage = try Stage()
            let run = try Running(stage, faults: Self.andMore(fault))
            run.killAtAnyMoment(within: .milliseconds(4500))
            try stage.expectNothingLeft(of: run)
            // It may have been killed before there was a history, or after its last record.
            try expectReadable(run.folder, cut: 0)
        }
    }

    /// The audit, at any moment of any of its cells: `make leaks`.
    @Test(.enabled(if: getenv("HOLDFAST_LEAKS") != nil, "takes minutes: make leaks"), arguments: 0..<50)
    func theAuditKilledAtAnyMoment(round: Int) async throws {
        try await Holdfast.takingTurns {
            let stage = try Stage()
            let path = Holdfast.root + "/suites/audit.yml"
            let cells = try Suite.load(path, ownFaults: [Holdfast.root + "/faults"]).cells
            let text = try #require(Files.read(path, limit: 1 << 20))
            var random = SystemRandomNumberGenerator()
            // What is skipped ends before it can be killed.
            let runnable = cells.filter { $0.configuration.kind.name != "kafka" || !Holdfast.environment.isEmpty }
            let cell = try #require(runnable.randomElement(using: &random))
            let run = try Running(stage, suite: text, only: cell.label)
            run.killAtAnyMoment(within: .milliseconds(cell.configuration.kind.name == "kafka" ? 18_000 : 8500))
            try stage.expectNothingLeft(of: run)
            try expectReadable(run.folder, cut: 0)
        }
    }
}
