import Documents
import Faults
import Report
import Suites
import Testing
import Workload

struct SuiteTests {
    @Test func theContractsSuiteIsReadButForWhatIsNotBuilt() throws {
        let text = """
            suite: redis-durability
            workload:
              agents: 200                # each one sequence of events
              rate: 10000                # events a second over all agents, open loop
              duration: 10s
              payload: {min: 200, max: 2000}      # bytes; or one number
              bursts: {every: 2s, length: 200ms, factor: 3}
              producers: 2               # worker processes
              in-flight: 1               # per agent; more than 1 asks for pipelining
            configurations:
              - name: "no persistence"
                system: redis-standalone
                settings: {appendonly: no, save: ""}
              - name: everysec, alone
                system: redis-standalone
                settings: {appendonly: yes, appendfsync: everysec, filesystem: xfs}
                ack: reply
                retries: until-acked
            faults: [none, primary-kill, power-loss]
            trials: 3
            seed: 1
            controls:
              - {configuration: "no persistence", fault: power-loss, finding: lost}
            gates:
              - {configuration: "*", finding: corrupted, max: 0}
              - {configuration: "everysec*", fault: power-loss, figure: loss.window, max: 2s}
            """
        let suite = try suite(text)
        #expect(suite.cells.count == 6)
        #expect(suite.cells.allSatisfy { $0.trials == 3 })
        let workload = suite.cells[0].workload
        #expect(workload.bursts == .init(every: 2_000_000_000, length: 200_000_000, factor: 3))
        #expect(workload.duration == 10_000_000_000 && workload.payload == 200...2000)
        let summary = suite.configurations[1].summary
        #expect(summary.settings == ["appendonly": "yes", "appendfsync": "everysec", "filesystem": "xfs"])
        #expect(summary.ack == "reply" && summary.retries == "until-acked" && !summary.promise.isEmpty)
        #expect(suite.text == text && suite.path == "s.yml")
    }

    @Test func theNarrowerWorkloadWinsKeyByKey() throws {
        let suite = try suite(
            """
            suite: layers
            workload: {agents: 100, rate: 1000, payload: 300}
            configurations:
              - name: own
                system: redis-standalone
                workload: {rate: 2000.5, bursts: {every: 1s, length: 100ms, factor: 2.5}}
                trials: 2
                faults:
                  - none
                  - {fault: primary-kill, description: R05, trials: 5, workload: {rate: 50, bursts: none, in-flight: 4}}
              - {name: usual, system: redis-standalone}
            faults: [none]
            """)
        let workloads = suite.cells.map(\.workload)
        #expect(workloads.map(\.agents) == [100, 100, 100])
        #expect(workloads.map(\.rate) == [2000.5, 50, 1000])
        #expect(workloads.map { $0.bursts?.factor } == [2.5, nil, nil])
        #expect(workloads.map(\.inFlight) == [1, 4, 1])
        #expect(workloads[0].payload == 300...300)
        #expect(suite.cells.map(\.trials) == [2, 5, 1])
        #expect(suite.cells.map(\.description) == [nil, "R05", nil])
    }

    @Test func aFaultThatDoesNotApplyIsPassedOver() throws {
        let folder = try FaultFolder(["far": "applies-to: [kafka]\ntimeline: []"])
        let error = refusal(of: small().replacing("[none, primary-kill]", with: "[none, far]"), faults: [folder.path])
        #expect(
            error
                == "5:16: faults[1]: the fault \"far\" applies to no configuration here; it applies to kafka; here is "
                + "redis-standalone")
        let own = """
            suite: own
            configurations:
              - {name: a, system: redis-standalone, faults: [far]}
            """
        #expect(
            refusal(of: own, faults: [folder.path])
                == "3:50: configurations[0].faults[0]: the fault \"far\" does not apply to redis-standalone; "
                + "it applies to kafka; leave it out here")
    }

    @Test func parametersAreSetByASuite() throws {
        let text = small().replacing(
            "[none, primary-kill]", with: "[{fault: primary-paused, with: {pause: 5s}}, primary-paused]")
        let suite = try suite(text)
        #expect(suite.cells[0].fault.timeline[2].timing == .after(.seconds(5)))
        #expect(suite.cells[1].fault.timeline[2].timing == .after(.milliseconds(200)))
        #expect(suite.cells.map(\.occurrence) == [1, 2, 1, 2])
        #expect(
            suite.cells.prefix(2).map { $0.directory(trial: 3) } == [
                "trials/always/primary-paused/3", "trials/always/primary-paused-2/3",
            ])
        #expect(
            refusal(of: small().replacing("[none, primary-kill]", with: "[{fault: primary-paused, with: {paus: 5s}}]"))
                == "5:41: faults[0].with.paus: the fault \"primary-paused\" has no such parameter; did you mean \"pause\"? "
                + "Known here: failover, pause, stale")
        #expect(
            refusal(of: small().replacing("[none, primary-kill]", with: "[{fault: primary-paused, with: {pause: 5}}]"))
                == "5:48: faults[0].with.pause: \"5\" is no time; write a number with its unit, such as 10s, 200ms or 5m"
        )
    }

    @Test func theLoadLastsUntilTheTimelineHasEnded() throws {
        let suite = try suite(
            small().replacing("[none, primary-kill]", with: "[none, {fault: primary-paused, with: {pause: 20s}}]"))
        #expect(suite.cells[0].leastLoad == .seconds(10))
        #expect(suite.cells[1].leastLoad == .seconds(27))
        #expect(suite.cells[1].leastEvents == 270_000)
    }
}

struct ChoosingTests {
    @Test func cellsAreChosenByPattern() throws {
        let suite = try suite(small())
        #expect(try suite.choosing("always/*").cells.map(\.label) == ["always/none", "always/primary-kill"])
        #expect(try suite.choosing("*/none").cells.map(\.label) == ["always/none", "everysec/none"])
        #expect(try suite.choosing("primary-kill").cells.count == 2)
        #expect(try suite.choosing("every*").configurations.map(\.name) == ["everysec"])
        #expect(
            refusal { try suite.choosing("never/*") }
                == "--only: \"never/*\" fits no cell of this suite; its cells are always/none, always/primary-kill, "
                + "everysec/none, everysec/primary-kill; * stands for any characters")
    }

    @Test func aCellIsChosenByItsDescription() throws {
        let suite = try Suite.load(packageRoot + "/suites/redis-matrix.yml", ownFaults: [])
        #expect(try suite.choosing("R35*").cells.count == 2)
        #expect(try suite.choosing("R72").cells.map(\.fault.name) == ["resync-loading-primary-lost"])
    }

    @Test func trialsAndSeedAreTakenFromTheCommandLine() throws {
        let suite = try suite(small())
        #expect(try suite.withTrials(7).cells.allSatisfy { $0.trials == 7 })
        #expect(try suite.withSeed(9).seed == 9)
        #expect(
            refusal { try suite.withTrials(0) } == "--trials: 0 is out of range; write a whole number from 1 to 10000")
        #expect(refusal { try suite.withSeed(-1) } == "--seed: -1 is out of range; write a whole number, 0 or more")
    }
}

struct TrialSeedTests {
    @Test func theFunctionStaysWhatItIs() {
        #expect(
            TrialSeed.derived(from: 1, configuration: "always", fault: "power-loss", trial: 1)
                == 1_721_986_598_901_119_933)
        #expect(TrialSeed.derived(from: 0, configuration: "", fault: "", trial: 1) == 5_189_482_596_415_984_723)
    }

    @Test func everyPartOfAnAddressCounts() {
        let seeds = [
            TrialSeed.derived(from: 1, configuration: "a", fault: "b", trial: 1),
            TrialSeed.derived(from: 2, configuration: "a", fault: "b", trial: 1),
            TrialSeed.derived(from: 1, configuration: "ab", fault: "", trial: 1),
            TrialSeed.derived(from: 1, configuration: "", fault: "ab", trial: 1),
            TrialSeed.derived(from: 1, configuration: "b", fault: "a", trial: 1),
            TrialSeed.derived(from: 1, configuration: "a", fault: "b", trial: 2),
            TrialSeed.derived(from: 1, configuration: "a", fault: "b", occurrence: 2, trial: 1),
        ]
        #expect(Set(seeds).count == seeds.count)
        #expect(seeds.allSatisfy { $0 >= 0 })
    }

    @Test func anotherCellChangesNoSeed() throws {
        let two = try suite(small())
        let one = try suite(small().replacing("[none, primary-kill]", with: "[power-loss, primary-kill]"))
        let cell = try #require(two.cells.first { $0.label == "everysec/primary-kill" })
        let same = try #require(one.cells.first { $0.label == "everysec/primary-kill" })
        #expect(two.seed(of: cell, trial: 2) == one.seed(of: same, trial: 2))
    }
}

struct FileNameTests {
    @Test(arguments: [
        ("no persistence", "no-persistence"), ("everysec, 2 replicas", "everysec-2-replicas"), ("../x", "x"),
        ("a/b", "a-b"), ("a  b", "a-b"), ("WAIT 1 of 2", "WAIT-1-of-2"), ("…", "_"), ("größe", "größe"), (".", "_"),
        ("a\"<b>'", "a-b"),
    ])
    func namesBecomeNamesOfFolders(name: String, folder: String) {
        #expect(FileName.safe(name) == folder)
    }
}
