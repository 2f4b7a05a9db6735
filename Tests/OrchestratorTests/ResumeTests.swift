import Glibc
import Platform
import TestSupport
import Testing

/// Runs that are ended half-way and go on, that do trials as needed, and that keep no more than they are told to.
@Suite(
    .serialized, .enabled(if: Holdfast.runsTrials, "needs root of the machine and redis-server"),
    .timeLimit(.minutes(5)))
struct ResumeTests {
    private func cells(_ folder: RunFolder) throws -> [String] {
        try (folder.summary()["cells"]?.array ?? []).map { cell in
            let trials = (cell["trials"]?.array ?? []).map {
                "\($0["n"]?.integer ?? 0) \($0["seed"]?.integer ?? 0) \($0["status"]?.string ?? "")"
            }
            return "\(cell["configuration"]?.string ?? "")/\(cell["fault"]?.string ?? ""): \(trials)"
        }
    }

    @Test func aKilledRunGoesOnAndEndsWithTheSameCells() async throws {
        let text = Scenario.suite(["everysec", "always"], faults: "none, primary-kill")
        let whole = try await Scenario(text)
        #expect(whole.result.status == .exited(0), "\(whole.result.output)")
        let place = try Workplace()
        let folder = RunFolder(place.out)
        let suite = try place.file("suite.yml", text)
        try await Holdfast.takingTurns {
            let run = try Holdfast.start(
                [Holdfast.path, "run", suite, "--out", place.out], in: place.here,
                output: place.path + "/said")
            #expect(eventually(within: 60) { folder.log.contains("[3/4]") })
            // Nobody else may go on with it meanwhile.
            let other = try Holdfast.run("run", suite, "--resume", place.out)
            #expect(other.status == .exited(2) && other.errors.contains("another run is at work"), "\(other)")
            kill(run.pid, SIGKILL)
            #expect(run.wait(upTo: .seconds(20)) != nil)
            #expect(eventually { (try? Holdfast.run("heal", place.out).status) == .exited(0) })
        }
        #expect(try cells(folder).count == 1 || cells(folder).count == 2)
        let first = place.out + "/trials/everysec/none/1/verdict.json"
        let before = try #require(Files.read(first, limit: 1 << 20))

        let otherSeed = try Holdfast.run("run", suite, "--resume", place.out, "--seed", "8")
        #expect(otherSeed.status == .exited(2) && otherSeed.errors.contains("seed 7, and this is 8"), "\(otherSeed)")
        let fewer = try Holdfast.run("run", suite, "--resume", place.out, "--only", "always/*")
        #expect(fewer.status == .exited(2) && fewer.errors.contains("which this run would not do"), "\(fewer)")
        let nowhere = try Holdfast.run("run", suite, "--resume", place.path + "/nowhere")
        #expect(nowhere.status == .exited(2) && !Files.isFolder(place.path + "/nowhere"), "\(nowhere)")

        let rest = try await Holdfast.takingTurns { try Holdfast.run("run", suite, "--resume", place.out) }
        #expect(rest.status == .exited(0), "\(rest)")
        #expect(rest.errors.contains("done already") && Files.read(first, limit: 1 << 20) == before)
        #expect(try cells(folder) == cells(whole.folder))
        #expect(try folder.summary()["planned"]?.integer == 4)
    }

    /// The interval of no loss among three trials is narrow enough, that among two is not.
    @Test func trialsGoOnUntilTheyAreEnough() async throws {
        let scenario = try await Scenario(
            Scenario.suite(
                ["always"], faults: "none",
                more: "until: {half-width: 0.3, at-most: 5}\ngates: [{finding: lost, max: 0}]"))
        #expect(scenario.result.status == .exited(0), "\(scenario.result.output)")
        #expect(try cells(scenario.folder).first?.filter { $0 == "v" }.count == 3)
        #expect(try scenario.folder.summary()["planned"]?.integer == 3)
    }

    /// What breaks a gate is there to be looked into; what holds need not be.
    @Test func onlyWhatIsOfInterestIsKept() async throws {
        let place = try Workplace()
        let suite = try place.file(
            "suite.yml",
            Scenario.suite(
                ["none", "always"], faults: "primary-kill",
                more: "gates: [{configuration: none, finding: lost, max: 0}]"))
        let result = try await Holdfast.takingTurns {
            try Holdfast.run("run", suite, "--out", place.out, "--keep", "failed")
        }
        #expect(result.status == .exited(1), "\(result)")
        let kept = RunFolder(place.out).trialFolders
        #expect(kept.count == 1 && kept.allSatisfy { $0.contains("/none/") }, "\(kept)")
        #expect(try RunFolder(place.out).trial("always", "primary-kill")["history_removed"] == .bool(true))
        #expect(try RunFolder(place.out).trial("always", "primary-kill")["verdict.log.lost"]?.integer == 0)
        let again = try Holdfast.run("check", place.out + "/trials/always/primary-kill/1")
        #expect(again.status == .exited(2) && again.errors.contains("history"), "\(again)")
    }

    @Test func aPlanThatIsTooLargeIsRefused() throws {
        let place = try Workplace()
        let suite = try place.file("suite.yml", Scenario.suite(["always"], faults: "none"))
        let refused = try Holdfast.run("run", suite, "--out", place.out, "--disk", "1kB")
        #expect(refused.status == .exited(2) && refused.errors.contains("--disk allows"), "\(refused)")
        #expect(!Files.isFolder(place.out))
        let odd = try Holdfast.run("run", suite, "--out", place.out, "--disk", "much")
        #expect(odd.status == .exited(2) && odd.errors.contains("20GB"), "\(odd)")
        let other = try Holdfast.run("run", suite, "--out", place.out, "--keep", "some")
        #expect(other.status == .exited(2) && other.errors.contains("all, failed, none"), "\(other)")
    }
}
