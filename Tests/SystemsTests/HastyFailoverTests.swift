import Labs
import Platform
import TestSupport
import Testing

@testable import Systems

struct HastyFailoverTests {
    /// What Redis 7.0.15 wrote in a trial with one kill, `down-after-milliseconds` at 1000.
    private static let hasty = """
        676:X 28 Nov 2026 19:41:14.979 # +switch-master holdfast 198.18.0.11 6379 198.18.0.12 6379
        676:X 28 Nov 2026 19:41:14.979 * +slave slave 198.18.0.13:6379 198.18.0.13 6379 @ holdfast 198.18.0.12 6379
        676:X 28 Nov 2026 19:41:14.981 * Sentinel new configuration saved on disk
        676:X 28 Nov 2026 19:41:15.996 # +sdown master holdfast 198.18.0.12 6379
        676:X 28 Nov 2026 19:41:15.996 # +odown master holdfast 198.18.0.12 6379 #quorum 3/2
        676:X 28 Nov 2026 19:41:15.996 # +try-failover master holdfast 198.18.0.12 6379
        676:X 28 Nov 2026 19:41:15.998 # +sdown slave 198.18.0.11:6379 198.18.0.11 6379 @ holdfast 198.18.0.12 6379
        676:X 28 Nov 2026 19:41:16.057 # -sdown master holdfast 198.18.0.12 6379
        676:X 28 Nov 2026 19:41:16.057 # -odown master holdfast 198.18.0.12 6379
        676:X 28 Nov 2026 19:41:16.057 # +elected-leader master holdfast 198.18.0.12 6379
        676:X 28 Nov 2026 19:41:16.124 # +selected-slave slave 198.18.0.13:6379 198.18.0.13 6379 @ \
            holdfast 198.18.0.12 6379
        676:X 28 Nov 2026 19:41:16.124 # -sdown slave 198.18.0.11:6379 198.18.0.11 6379 @ holdfast 198.18.0.12 6379
        676:X 28 Nov 2026 19:41:17.081 # +promoted-slave slave 198.18.0.13:6379 198.18.0.13 6379 @ \
            holdfast 198.18.0.12 6379

        """
    /// And by the one before it, of a primary that had been killed, and was started again when it had been replaced.
    private static let due = """
        674:X 28 Nov 2026 19:41:13.815 # +sdown master holdfast 198.18.0.11 6379
        674:X 28 Nov 2026 19:41:13.868 # +try-failover master holdfast 198.18.0.11 6379
        674:X 28 Nov 2026 19:41:14.007 # +selected-slave slave 198.18.0.12:6379 198.18.0.12 6379 @ \
            holdfast 198.18.0.11 6379
        674:X 28 Nov 2026 19:41:14.915 # +promoted-slave slave 198.18.0.12:6379 198.18.0.12 6379 @ \
            holdfast 198.18.0.11 6379
        674:X 28 Nov 2026 19:41:15.972 # -sdown master holdfast 198.18.0.11 6379
        674:X 28 Nov 2026 19:41:16.056 # +switch-master holdfast 198.18.0.11 6379 198.18.0.12 6379

        """
    private static let found = ServerAddress("198.18.0.12:6379").flatMap { replaced in
        ServerAddress("198.18.0.13:6379").map { HastyFailover(replaced: replaced, successor: $0) }
    }

    @Test func aPrimaryThatAnsweredAgainIsNoneToReplace() {
        #expect(HastyFailover.found(in: Self.hasty) == [Self.found])
        #expect(HastyFailover.found(in: Self.due + Self.hasty) == [Self.found])
        #expect(HastyFailover.found(in: Self.due).isEmpty)
        // Whoever else answered again.
        let others = Self.hasty.split(separator: "\n").filter {
            !$0.hasSuffix("-sdown master holdfast 198.18.0.12 6379")
        }
        #expect(HastyFailover.found(in: others.joined(separator: "\n")).isEmpty)
        // It gave up: that another replaces it later is another fail-over.
        let aborted = Self.hasty.split(separator: "\n").map(String.init).map {
            $0.contains("elected")
                ? "1:X 1 Nov 2026 0:0:0 # -failover-abort-not-elected master holdfast 198.18.0.12 6379" : $0
        }
        #expect(HastyFailover.found(in: aborted.joined(separator: "\n")).isEmpty)
        #expect(HastyFailover.found(in: "").isEmpty)
    }

    /// Where a sentinel's log lies.
    @Test func itIsReadFromTheSentinelsLog() throws {
        let lab = try LocalLab()
        let node = try lab.makeNode(
            NodeRequest(
                name: "sentinel-1", software: RedisBinary.software, filesystem: nil, megabytes: 1,
                logDirectory: lab.logDirectory))
        let binary = RedisBinary(version: ServerVersion(path: "/none", name: "Redis", version: "7.0.15"))
        let sentinel = SentinelServer(node, binary: binary)
        #expect(sentinel.hastyFailovers.isEmpty)
        try Files.write(Self.hasty, to: "\(lab.logDirectory)/sentinel-1.log")
        #expect(sentinel.hastyFailovers == [Self.found])
    }

    /// A trial has the circumstance, and says which servers it was.
    @Test func theSystemTellsOfIt() throws {
        let lab = try LocalLab()
        var settings = RedisSettings()
        settings.replicas = 2
        let system = RedisSentinelSystem(
            settings,
            TrialSetting(
                run: "r", agents: 1, logDirectory: lab.logDirectory, expectedBytes: 1 << 20, ownFilesystems: false))
        try system.start(in: lab, patience: TestPatience())
        #expect(system.circumstances.isEmpty)
        let places = [("198.18.0.12", "redis-2"), ("198.18.0.13", "redis-3")]
        let log = try places.reduce(Self.hasty) { text, place in
            let node = try #require(lab.local.first { $0.name == place.1 })
            return text.replacing(place.0, with: node.address)
        }
        try Files.write(log, to: "\(lab.logDirectory)/sentinel-3.log")
        #expect(system.circumstances.map(\.name) == ["hasty-failover"])
        #expect(
            system.circumstances.map(\.detail)
                == ["sentinel-3 made redis-3 lead in place of redis-2, which had answered it before"])
    }
}
