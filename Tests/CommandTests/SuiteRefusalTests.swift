import Glibc
import Platform
import TestSupport
import Testing

/// Suites that are wrong, or that can't be run yet: refused before anything is started.
struct SuiteRefusalTests {
    private static let suite = """
        suite: small
        workload: {agents: 4, rate: 100, duration: 1s, payload: 64, producers: 1}
        configurations:
          - {name: c, system: redis-standalone, settings: {appendonly: no, save: ""}}
        faults: [none]
        trials: 1

        """

    /// A suite with one thing in it changed; where the mistake is; what is said of it.
    struct Mistake: Sendable, CustomTestStringConvertible {
        var old: String
        var new: String
        var place: String
        var said: [String]
        var testDescription: String { new }

        init(_ old: String, _ new: String, at place: String, _ said: String...) {
            (self.old, self.new, self.place, self.said) = (old, new, place, said)
        }
    }

    static let mistakes = [
        Mistake("{agents: 4", "{agents: [4", at: "suite.yml:2:", "YAML"),
        Mistake("trials: 1", "trails: 1", at: "suite.yml:6:1", "trails", "did you mean \"trials\""),
        Mistake("rate: 100", "rate: -5", at: "suite.yml:2:29", "workload.rate", "-5"),
        Mistake("duration: 1s", "duration: 1", at: "suite.yml:2:44", "workload.duration", "10s"),
        Mistake("trials: 1", "trials: 1\nseed: many", at: "suite.yml:7:7", "seed"),
        Mistake("[none]", "[primary-kil]", at: "suite.yml:5:10", "primary-kil", "did you mean \"primary-kill\""),
        Mistake("[none]", "[../planted.yml]", at: "suite.yml:5:10", "applies to kafka"),
        Mistake("redis-standalone", "redis-standalon", at: "suite.yml:4:23", "system", "redis-standalone"),
        Mistake("appendonly: no", "quorum: 2", at: "suite.yml:4:", "quorum", "has no sentinels"),
        Mistake("appendonly: no", "shards: 3", at: "suite.yml:4:", "shards", "`redis-standalone` is one server"),
        Mistake("redis-standalone", "hybrid", at: "suite.yml:4:", "settings", "one tier's or the other's"),
        Mistake("appendonly", "apendonly", at: "suite.yml:4:52", "apendonly", "did you mean `appendonly`"),
        Mistake("appendonly: no", "filesystem: zfs", at: "suite.yml:4:", "filesystem", "ext4"),
        Mistake("trials: 1", "gates: [{configuration: x, finding: lost, max: 0}]", at: "suite.yml:6:25", "fits \"x\""),
        Mistake("trials: 1", "gates: [{configuration: c, finding: lots, max: 0}]", at: "suite.yml:6:37", "`lost`"),
        Mistake("trials: 1", "groups: [{name: g, acks: auto}]", at: "suite.yml:6:", "groups", "did you mean \"ack\"?"),
    ]

    @Test(arguments: SuiteRefusalTests.mistakes)
    func aMistakeIsNamedAndNothingStarts(mistake: Mistake) throws {
        let place = try Workplace()
        _ = try place.file(
            "planted.yml", "fault: planted\nabout: Of no use here.\napplies-to: [kafka]\ntimeline: []\n")
        try Files.makeFolders(place.path + "/suites")
        let text = Self.suite.replacing(mistake.old, with: mistake.new)
        #expect(text != Self.suite)
        _ = try place.file("suites/suite.yml", text)
        for more in [[], ["--plan"]] {
            let result = try Tool.run(
                "/usr/bin/env",
                ["--chdir=\(place.path)/suites", Holdfast.path, "run", "suite.yml", "--out", place.out] + more)
            #expect(result.status == .exited(2))
            #expect(result.output == "")
            #expect(result.errors.hasPrefix(mistake.place), "\(result.errors)")
            for said in mistake.said { #expect(result.errors.contains(said), "\(result.errors)") }
        }
        #expect(!Files.isFolder(place.out))
    }

    @Test(arguments: [
        ("  - {at: 50%, do: kil, node: primary}", ":5:", "did you mean \"kill\""),
        ("  - {at: 50%, do: kill, node: bridge}", ":5:", "there is no bridge"),
        ("  - {at: 50%, do: kill}", ":5:", "node"),
        ("  - {at: 50%, do: kill, node: primary, hard: yes}", ":5:", "hard"),
        ("  - {wait: answering, node: primary}", ":5:", "within"),
        ("  - {at: soon, do: kill, node: primary}", ":5:", "soon"),
    ])
    func aFaultFileThatIsWrongIsNamed(step: String, place position: String, said: String) throws {
        let place = try Workplace()
        _ = try place.file(
            "planted.yml", "fault: planted\nabout: Wrong.\napplies-to: [redis-standalone]\ntimeline:\n\(step)\n")
        let suite = try place.file("suite.yml", Self.suite.replacing("[none]", with: "[\(place.path)/planted.yml]"))
        let result = try Holdfast.run("run", suite, "--out", place.out)
        #expect(result.status == .exited(2))
        #expect(result.errors.contains("planted.yml\(position)") || result.errors.contains("suite.yml\(position)"))
        #expect(result.errors.contains(said), "\(result.errors)")
        #expect(!Files.isFolder(place.out))
    }

    @Test func aPlanStartsNothing() throws {
        let place = try Workplace()
        let suite = try place.file("suite.yml", Self.suite)
        let plan = try Holdfast.run("run", suite, "--plan", "--out", place.out, in: place.here)
        #expect(plan.status == .exited(0) && plan.errors == "")
        #expect(plan.output.contains("c/none") && plan.output.contains("MB"))
        #expect(!Files.isFolder(place.out))
        #expect(try Files.names(in: place.here) == [])
        let none = try Holdfast.run("run", suite, "--plan", "--only", "zzz")
        #expect(none.status == .exited(2) && none.errors.contains("c/none"))
        for flag in ["--trials", "--seed"] {
            let wrong = try Holdfast.run("run", suite, "--plan", flag, "x")
            #expect(wrong.status == .exited(2) && wrong.errors.contains(flag))
        }
    }

    @Test(.enabled(if: Holdfast.runsTrials, "needs root of the machine and redis-server"))
    func aFolderThatHoldsSomethingIsNotWrittenTo() throws {
        let place = try Workplace()
        let suite = try place.file("suite.yml", Self.suite)
        try Files.makeFolders(place.out)
        try Files.write("mine", to: place.out + "/mine")
        for path in [place.out, place.out + "/mine", "/run/holdfast-results"] {
            let result = try Holdfast.run("run", suite, "--out", path)
            #expect(result.status == .exited(2), "\(result.errors)")
            #expect(result.errors.contains(path), "\(result.errors)")
        }
        #expect(try Files.names(in: place.out) == ["mine"])
        #expect(Files.read(place.out + "/mine", limit: 9) == "mine")
    }

    @Test(arguments: ["", "\u{0}\u{1}\u{2}", "42", "- a\n- b", "suite: s"])
    func whatIsNoSuiteIsRefused(text: String) throws {
        let place = try Workplace()
        let suite = try place.file("suite.yml", text)
        let result = try Holdfast.run("run", suite, "--out", place.out)
        #expect(result.status == .exited(2) && result.errors.hasPrefix(suite), "\(result.errors)")
        #expect(!Files.isFolder(place.out))
    }
}
