import Glibc
import Platform
import TestSupport
import Testing

/// What a nightly run has against a broker, as GitHub shows it.
@Suite(.serialized, .timeLimit(.minutes(5)))
struct AnnotationTests {
    private static let script = Holdfast.root + "/.github/annotations.py"
    static let hasPython = Tool.locate("python3") != nil

    private func annotations(of junit: String) throws -> [String] {
        let result = try Tool.run("python3", [Self.script, junit])
        #expect(result.succeeded && result.errors == "", "\(result.errors)")
        return result.output.split(separator: "\n").map(String.init)
    }

    @Test(.enabled(if: Holdfast.runsTrials && hasPython, "needs root of the machine, redis-server and python3"))
    func aBrokenGateAndAControlWithoutLossAreErrors() async throws {
        let place = try Workplace()
        let suite = try place.file(
            "suite.yml",
            """
            suite: broken on purpose
            workload: {agents: 4, rate: 200, duration: 1s, payload: 50, producers: 1}
            configurations:
              - name: "always, 100%: sure"
                system: redis-standalone
                settings: {appendonly: yes, appendfsync: always, save: ""}
            faults: [none]
            trials: 1
            controls: [{configuration: "*", fault: none, finding: lost}]
            gates:
              - {configuration: "*", figure: events.acked, max: 0}
              - {configuration: "*", finding: lost, max: 0}

            """)
        let out = place.path + "/out"
        let result = try await Holdfast.takingTurns {
            try Tool.run(Holdfast.path, ["run", suite, "--quiet", "--out", out], deadline: .seconds(90))
        }
        #expect(result.status == .exited(1), "\(result.output)\(result.errors)")
        let lines = try annotations(of: out + "/junit.xml")
        #expect(lines.count == 2, "\(lines)")
        #expect(lines[0].hasPrefix("::error title=Gate broken::* × *: events.acked"), "\(lines)")
        #expect(lines[0].contains("%0A") && lines[0].contains("100%25: sure"), "\(lines)")
        #expect(lines[1].hasPrefix("::error title=Control found nothing::"), "\(lines)")
    }

    @Test(.enabled(if: hasPython, "needs python3"))
    func tenOfAKindAreShownAndTheRestIsCounted() throws {
        let place = try Workplace()
        func file(_ failures: Int) throws -> String {
            let cases = (1...failures).map {
                "<testcase name=\"gate \($0)\" classname=\"gates\"><failure message=\"value &lt; \($0)\"/></testcase>"
            }
            return try place.file(
                "junit-\(failures).xml",
                """
                <testsuites>
                <testsuite name="configuration, 1: a"><testcase name="none, trial 1"><error message="invalid: gap"/></testcase>
                <testcase name="none, trial 2"><skipped message="no redis-server"/></testcase></testsuite>
                <testsuite name="gates">\(cases.joined())<testcase name="held"/></testsuite>
                </testsuites>
                """)
        }
        let few = try annotations(of: file(9))
        #expect(few.count == 11)
        #expect(few[0] == "::error title=Gate broken::gate 1%0Avalue < 1")
        #expect(few[9] == "::error title=Trial without a conclusion::configuration, 1: a: none, trial 1%0Ainvalid: gap")
        #expect(few[10] == "::notice title=Skipped::configuration, 1: a: none, trial 2%0Ano redis-server")
        let many = try annotations(of: file(30))
        #expect(many.count == 11)
        #expect(many[8] == "::error title=Gate broken::gate 9%0Avalue < 9")
        #expect(many[9] == "::error title=22 more::The report of the run has them all.")
    }

    @Test(.enabled(if: hasPython, "needs python3"))
    func aRunWithoutAReportSaysSo() throws {
        let place = try Workplace()
        for path in [place.path + "/nothing.xml", try place.file("torn.xml", "<testsuites><testsuite")] {
            let lines = try annotations(of: path)
            #expect(lines.count == 1 && lines[0].hasPrefix("::error title=No report::\(path)"), "\(lines)")
        }
    }
}
