import Glibc
import Platform
import TestSupport
import Testing

/// `holdfast lab`: servers for a command of the user's, which end with it.
@Suite(
    .timeLimit(.minutes(2)),
    .enabled(if: Holdfast.runsTrials && Tool.locate("redis-cli") != nil, "needs root of the machine and redis-server"))
struct LabCommandTests {
    private static let suite = """
        suite: lab
        workload: {agents: 1, rate: 100, duration: 1s, payload: 100, producers: 1}
        configurations:
          - {name: open, system: redis-standalone}
          - {name: other, system: redis-standalone}
        faults: [none]
        """

    @Test func aCommandFindsTheServersAndItsStatusIsTheLabs() async throws {
        let place = try Workplace()
        let suite = try place.file("suite.yml", Self.suite)
        let script = """
            echo "cluster: $HOLDFAST_CLUSTER."; ls "$HOLDFAST_LOGS"; redis-cli -h 198.18.0.11 ping
            kill -9 $(ip netns pids redis-1)
            nsenter --net=/run/netns/redis-1 redis-server --bind 198.18.0.11 --protected-mode no --save '' >/dev/null &
            until redis-cli -h 198.18.0.11 ping; do :; done
            exit 7
            """
        let arguments = ["lab", suite, "--only", "open", "--out", place.out, "--", "sh", "-c", script]
        let result = try await Holdfast.takingTurns { try Tool.run(Holdfast.path, arguments) }
        #expect(result.status == .exited(7), "\(result.errors)")
        #expect(result.output.contains("cluster: .\nredis-1.conf\nredis-1.log\nPONG\n"), "\(result.output)")
        #expect(result.output.hasSuffix("PONG\n") && result.errors.hasPrefix("redis-1 is at 198.18.0.11\n"))
        #expect(try Files.names(in: place.out) == ["logs"])
        let several = try Tool.run(Holdfast.path, ["lab", suite, "--", "true"])
        #expect(several.status == .exited(2) && several.errors.contains("these are open, other: name one by --only"))
    }

    @Test func whoEndsItEndsTheCommandToo() async throws {
        let place = try Workplace()
        let suite = try place.file("suite.yml", Self.suite)
        let script = "echo $$ >'\(place.path)/pid'; exec sleep 600"
        let arguments = ["lab", suite, "--only", "open", "--out", place.out, "--", "sh", "-c", script]
        try await Holdfast.takingTurns {
            let lab = try Child(executable: Holdfast.path, arguments: arguments)
            let end = MonotonicClock.now() + 60_000_000_000
            while Files.read("\(place.path)/pid", limit: 100)?.hasSuffix("\n") != true, MonotonicClock.now() < end {
                usleep(10_000)
            }
            lab.send(SIGTERM)
            #expect(lab.wait(upTo: .seconds(60)) == .exited(143))
        }
        #expect(try Files.names(in: place.out) == ["logs"])
    }
}
