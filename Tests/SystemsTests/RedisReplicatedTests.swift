import Glibc
import History
import Labs
import Platform
import Testing
import Workers
import Workload

@testable import Systems

/// A primary with replicas under test, in a lab of its own.
struct ReplicatedBench {
    let lab: LocalLab
    let system: RedisReplicatedSystem
    let patience = TestPatience()

    init(
        _ directives: [(String, String)] = [], replica: [(String, String)] = [], replicas: Int = 2,
        groups: [GroupSettings] = []
    ) throws {
        lab = try LocalLab()
        var settings = RedisSettings()
        settings.directives = directives.map { RedisSettings.Directive(name: $0.0, value: $0.1) }
        settings.replicaDirectives = replica.map { RedisSettings.Directive(name: $0.0, value: $0.1) }
        settings.replicas = replicas
        system = RedisReplicatedSystem(
            settings,
            TrialSetting(
                run: "r", agents: 1, logDirectory: lab.logDirectory, expectedBytes: 1 << 20, ownFilesystems: false,
                groups: groups))
    }

    func start() throws { try system.start(in: lab, patience: patience) }

    /// `redis-1` is 1.
    func node(_ number: Int) -> LocalNode { lab.local[number - 1] }

    func call(_ number: Int, _ words: String...) throws -> RedisValue {
        try RedisConnection(descriptor: node(number).connect(port: 6379)).call(words, within: 10)
    }

    func info(_ number: Int, _ field: String) throws -> String {
        try call(number, "INFO", "replication").info(field).map(String.init) ?? ""
    }

    func add(_ count: Int, to number: Int = 1) throws {
        let connection = try RedisConnection(descriptor: node(number).connect(port: 6379))
        let command = ["XADD", system.streams[0], "*", "e", "x"]
        for reply in try connection.pipeline([[String]](repeating: command, count: count), within: 20) {
            #expect(!reply.isError, "\(reply.text)")
        }
    }

    func length(_ number: Int) throws -> String { try call(number, "XLEN", system.streams[0]).text }

    func converges() throws -> Bool { try patience.wait(upTo: 30) { system.isConverged() } }

    /// Ties a replica to nobody: it keeps what it has, and gets nothing more.
    func strand(_ number: Int) throws {
        #expect(try call(number, "REPLICAOF", "127.0.0.1", "1") == .status("OK"))
    }
}

@Suite(.serialized, .timeLimit(.minutes(3)), withRedis)
struct RedisReplicatedTests {
    /// The server's own default waits for more replicas to come before the first copy.
    @Test func isReadyOnlyWhenEveryReplicaHasItsFirstCopy() async throws {
        try await onThread {
            let bench = try ReplicatedBench([("repl-diskless-sync-delay", "2")])
            try bench.start()
            for number in 2...3 {
                #expect(try bench.info(number, "master_link_status") == "up")
                #expect(try bench.info(number, "master_host") == bench.node(1).address)
            }
            #expect(try bench.call(1, "WAIT", "2", "5000") == .integer(2))
            #expect(bench.system.clientOrders().addresses == ["\(bench.node(1).address):6379"])
            #expect(bench.system.failover == .byOperator && bench.system.leader?.name == "redis-1")
        }
    }

    @Test func replicasTakeTheirOwnDirectivesAndUsualOnesMaySet() async throws {
        try await onThread {
            let bench = try ReplicatedBench(
                [("appendonly", "no"), ("repl-timeout", "9")], replica: [("appendonly", "yes")], replicas: 1)
            try bench.start()
            func setting(_ number: Int, _ name: String) throws -> String {
                guard case .array(let pair) = try bench.call(number, "CONFIG", "GET", name) else { return "" }
                return pair.last?.text ?? ""
            }
            #expect(try setting(1, "appendonly") == "no")
            #expect(try setting(2, "appendonly") == "yes")
            #expect(try setting(2, "repl-timeout") == "9")
            #expect(try setting(1, "repl-ping-replica-period") == "1")
            #expect(try setting(1, "client-output-buffer-limit").contains("slave 1073741824 1073741824 0"))
        }
    }

    @Test func promotesTheReplicaThatHasMost() async throws {
        try await onThread {
            let bench = try ReplicatedBench()
            try bench.start()
            try bench.add(10)
            #expect(try bench.converges())
            try bench.strand(3)
            try bench.add(100)
            #expect(try bench.call(1, "WAIT", "1", "5000") == .integer(1))
            try bench.node(1).kill()
            let candidates = bench.system.candidates()
            #expect(candidates.map(\.node.name) == ["redis-2", "redis-3"])
            let seen = try bench.system.promote(candidates[0].node, patience: bench.patience)
            #expect(seen.contains("took a probe write; redis-3 told to follow"), "\(seen)")
            #expect(bench.system.leader?.name == "redis-2")
            #expect(bench.system.clientOrders().addresses == ["\(bench.node(2).address):6379"])
            #expect(try bench.system.resolve(NodeWord("replicas")).map(\.name) == ["redis-1", "redis-3"])
            // It comes back as a replica, and not as a second primary.
            #expect(try bench.system.restart(bench.node(1), patience: bench.patience).answered)
            #expect(bench.system.strays().isEmpty)
            #expect(try bench.converges())
            for number in 1...3 { #expect(try bench.length(number) == "110") }
        }
    }

    @Test func anOldPrimaryThatIsBackIsAStrayUntilItRejoins() async throws {
        try await onThread {
            let bench = try ReplicatedBench(replicas: 1)
            try bench.start()
            try bench.node(1).pause()
            _ = try bench.system.promote(bench.node(2), patience: bench.patience)
            #expect(bench.system.strays().isEmpty && !bench.system.answers(bench.node(1)))
            try bench.node(1).resume()
            // A stale primary: it takes events that nobody will have.
            try bench.add(5, to: 1)
            #expect(try bench.patience.wait(upTo: 5) { bench.system.strays().map(\.name) == ["redis-1"] })
            #expect(!bench.system.isConverged())
            let done = try bench.system.rejoin(bench.node(1))
            #expect(done.hasPrefix("follows redis-2; it was a primary at offset "), "\(done)")
            #expect(try bench.converges())
            #expect(try bench.length(1) == "0")
            #expect(throws: SystemError.self) { try bench.system.rejoin(bench.node(2)) }
        }
    }

    @Test func aNewPrimaryThatMustWaitForReplicasTakesTheProbeAllTheSame() async throws {
        try await onThread {
            let bench = try ReplicatedBench(
                [("min-replicas-to-write", "1"), ("min-replicas-max-lag", "1")], replicas: 1)
            try bench.start()
            try bench.node(1).kill()
            let seen = try bench.system.promote(bench.node(2), patience: bench.patience)
            #expect(seen.contains("min-replicas-to-write lifted for it"), "\(seen)")
            #expect(try bench.call(2, "SET", "k", "v").text.hasPrefix("NOREPLICAS "))
            #expect(try bench.system.restart(bench.node(1), patience: bench.patience).answered)
            #expect(try bench.converges())
            #expect(try bench.call(2, "SET", "k", "v") == .status("OK"))
        }
    }

    @Test func aPrimaryThatNobodyReplacedComesBackAsOne() async throws {
        try await onThread {
            let bench = try ReplicatedBench([("appendonly", "yes")])
            try bench.start()
            try bench.add(20)
            try bench.node(1).kill()
            #expect(!bench.system.isConverged())
            #expect(try bench.system.restart(bench.node(1), patience: bench.patience).answered)
            #expect(try bench.converges())
            #expect(try bench.info(1, "role") == "master")
            for number in 1...3 { #expect(try bench.length(number) == "20") }
        }
    }

    @Test func anUnsyncedNodeIsOneWhoseLinkIsGone() async throws {
        try await onThread {
            let bench = try ReplicatedBench()
            try bench.start()
            for node in bench.lab.local { #expect(!bench.system.isOutOfSync(node)) }
            try bench.strand(3)
            #expect(bench.system.isOutOfSync(bench.node(3)))
            #expect(!bench.system.isOutOfSync(bench.node(2)) && !bench.system.isOutOfSync(bench.node(1)))
            try bench.node(2).kill()
            #expect(bench.system.isOutOfSync(bench.node(2)))
            // A primary without any replica.
            #expect(try bench.patience.wait(upTo: 10) { bench.system.isOutOfSync(bench.node(1)) })
        }
    }

    @Test func wordsOfFaultsFindTheirNodes() async throws {
        try await onThread {
            let bench = try ReplicatedBench()
            try bench.start()
            func names(_ word: NodeWord) throws -> [String] { try bench.system.resolve(word).map(\.name) }
            #expect(try names(NodeWord("primary")) == ["redis-1"])
            #expect(try names(NodeWord("replica")) == ["redis-2"])
            #expect(try names(NodeWord("replica", number: 2)) == ["redis-3"])
            #expect(try names(NodeWord("replicas")) == ["redis-2", "redis-3"])
            #expect(try names(NodeWord("all")) == ["redis-1", "redis-2", "redis-3"])
            #expect(try names(NodeWord("redis-3")) == ["redis-3"])
            for word in [NodeWord("replica", number: 3), NodeWord("sentinel"), NodeWord("redis-4")] {
                #expect(throws: SystemError.self) { try names(word) }
            }
            #expect(throws: SystemError.self) { try names(NodeWord("primary", tier: "cold")) }
            // As numbered at the start, whoever leads.
            _ = try bench.system.promote(bench.node(2), patience: bench.patience)
            #expect(try names(NodeWord("primary")) == ["redis-2"])
            #expect(try names(NodeWord("replica", number: 1)) == ["redis-2"])
        }
    }
}

/// The lines of the table that it takes replication to bring about, each said by a real server.
@Suite(.serialized, .timeLimit(.minutes(3)), withRedis)
struct RedisReplicatedRepliesTests {
    /// Asks like a producer until the server says it; what was refused must not be there afterwards.
    private func expect(
        _ word: String, from number: Int, of bench: ReplicatedBench, patience: (any Patience)? = nil
    ) throws {
        var answer: ServerAnswer?
        let said = try (patience ?? bench.patience).wait(upTo: 20) {
            answer = try? Self.add(to: bench.node(number), "refused")
            return answer.map { signOf($0) == .error(word) } ?? false
        }
        #expect(said && answer?.completion.outcome == .failed, "it said \(answer?.text ?? "nothing")")
    }

    static func add(to node: LocalNode, _ stream: String) throws -> ServerAnswer {
        let socket = try node.connect(port: 6379)
        defer { close(socket) }
        try Files.writeAll(
            RedisCommand.encode(["XADD", stream, "*", "e", "probe"]), to: socket, what: "a request")
        return try readAnswers(socket, 1)
    }

    @Test func aPrimaryWhoseReplicaFallsSilentRefuses() async throws {
        try await onThread {
            let bench = try ReplicatedBench(
                [("min-replicas-to-write", "1"), ("min-replicas-max-lag", "1")], replicas: 1)
            try bench.start()
            try bench.node(2).pause()
            try expect("NOREPLICAS", from: 1, of: bench)
            let before = try bench.call(1, "XLEN", "refused")
            #expect(signOf(try Self.add(to: bench.node(1), "refused")) == .error("NOREPLICAS"))
            #expect(try bench.call(1, "XLEN", "refused") == before)
            try bench.node(2).resume()
        }
    }

    @Test func aReplicaRefuses() async throws {
        try await onThread {
            let bench = try ReplicatedBench(replicas: 1)
            try bench.start()
            try expect("READONLY", from: 2, of: bench)
            #expect(try bench.call(1, "EXISTS", "refused") == .integer(0))
        }
    }

    @Test func aReplicaWithoutItsPrimaryRefuses() async throws {
        try await onThread {
            let bench = try ReplicatedBench(
                replica: [("replica-serve-stale-data", "no"), ("replica-read-only", "no")], replicas: 1)
            try bench.start()
            try bench.node(1).kill()
            try expect("MASTERDOWN", from: 2, of: bench)
            let count = try Self.count("refused", bench, 2)
            #expect(signOf(try Self.add(to: bench.node(2), "refused")) == .error("MASTERDOWN"))
            #expect(try Self.count("refused", bench, 2) == count)
        }
    }

    /// A replica that may not answer is asked once it leads.
    private static func count(_ stream: String, _ bench: ReplicatedBench, _ number: Int) throws -> RedisValue {
        _ = try bench.call(number, "CONFIG", "SET", "replica-serve-stale-data", "yes")
        defer { _ = try? bench.call(number, "CONFIG", "SET", "replica-serve-stale-data", "no") }
        return try bench.call(number, "XLEN", stream)
    }

    /// Looks at another thing each time it looks at the condition.
    private final class CuriousPatience: Patience {
        private let own = TestPatience()
        let look: () -> Void
        init(_ look: @escaping () -> Void) { self.look = look }

        func wait(upTo seconds: Double, until condition: () -> Bool) throws(SystemError) -> Bool {
            try own.wait(upTo: seconds) {
                look()
                return condition()
            }
        }
    }

    @Test func aPrimaryThatComesBackRefusesUntilItHasItsData() async throws {
        try await onThread {
            let bench = try ReplicatedBench(
                [
                    ("appendonly", "yes"), ("rdbcompression", "no"), ("loading-process-events-interval-bytes", "1024"),
                    ("key-load-delay", "5000"),
                ], replicas: 1)
            try bench.start()
            let fill = "for i = 1, 400 do redis.call('SET', 'k' .. i, string.rep('x', 400 + i)) end"
            #expect(try !bench.call(1, "EVAL", fill, "0").isError)
            #expect(try !bench.call(1, "BGREWRITEAOF").isError)
            let rewritten = try bench.patience.wait(upTo: 20) {
                (try? bench.call(1, "INFO", "persistence"))?.info("aof_rewrite_in_progress") == "0"
                    && (try? bench.call(1, "INFO", "persistence"))?.info("aof_rewrite_scheduled") == "0"
            }
            #expect(rewritten)
            try bench.node(1).kill()
            var answers: [ServerAnswer] = []
            let curious = CuriousPatience {
                if let answer = try? Self.add(to: bench.node(1), "refused") { answers.append(answer) }
            }
            #expect(try bench.system.restart(bench.node(1), patience: curious).answered)
            let loading = answers.filter { signOf($0) == .error("LOADING") }
            #expect(!loading.isEmpty && loading.allSatisfy { $0.completion.outcome == .failed })
            let acked = answers.filter { $0.completion.outcome == .acked }.count
            #expect(try bench.call(1, "XLEN", "refused") == .integer(Int64(acked)))
        }
    }
}
