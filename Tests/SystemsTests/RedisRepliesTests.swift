import Glibc
import History
import Labs
import Platform
import Testing
import Workers

@testable import Systems

/// Every line of the table that a single server can be made to say, said by a real one; and whatever the table calls
/// failed is not in the stream afterwards, and what it calls acked is.
@Suite(.serialized, .timeLimit(.minutes(2)), withRedis)
struct RedisRepliesTests {
    typealias Sign = RedisReplies.Sign

    /// How a server is brought to say it: a state that it is put into, commands of which the last one is answered so,
    /// and how the state is ended.
    struct Scenario: Sendable, CustomTestStringConvertible {
        var sign: Sign
        var set: [[String]] = []
        var commands: [[String]] = [Scenario.add]
        var raw: String?
        var undo: [[String]] = []
        var testDescription: String { "\(sign)" }

        static let stream = "s"
        static let add = ["XADD", stream, "*", "e", "probe"]

        static func setting(_ name: String, _ value: String) -> [String] { ["CONFIG", "SET", name, value] }
    }

    static let simple: [Scenario] = [
        Scenario(sign: .entry),
        Scenario(sign: .nothing, commands: [["XADD", "none", "NOMKSTREAM", "*", "e", "probe"]]),
        Scenario(
            sign: .error("NOREPLICAS"), set: [Scenario.setting("min-replicas-to-write", "1")],
            undo: [Scenario.setting("min-replicas-to-write", "0")]),
        Scenario(
            sign: .error("READONLY"), set: [["REPLICAOF", "127.0.0.1", "1"]], undo: [["REPLICAOF", "NO", "ONE"]]),
        Scenario(
            sign: .error("OOM"), set: [Scenario.setting("maxmemory", "1")], undo: [Scenario.setting("maxmemory", "0")]),
        Scenario(
            sign: .error("MASTERDOWN"),
            set: [
                Scenario.setting("replica-read-only", "no"), Scenario.setting("replica-serve-stale-data", "no"),
                ["REPLICAOF", "127.0.0.1", "1"],
            ], undo: [["REPLICAOF", "NO", "ONE"]]),
        Scenario(sign: .error("EXECABORT"), commands: [["MULTI"], ["XADD", "s"], Scenario.add, ["EXEC"]]),
        Scenario(
            sign: .error("NOAUTH"), set: [Scenario.setting("requirepass", "x")],
            undo: [Scenario.setting("requirepass", "")]),
        Scenario(
            sign: .error("NOPERM"), set: [["ACL", "SETUSER", "default", "-xadd"]],
            undo: [["ACL", "SETUSER", "default", "+xadd"]]),
        Scenario(
            sign: .error("WRONGTYPE"), set: [["SET", "text", "x"]], commands: [["XADD", "text", "*", "e", "probe"]]),
        Scenario(sign: .error("ERR", "syntax error"), commands: [["XADD", "s", "LIMIT", "5", "*", "e", "probe"]]),
        Scenario(sign: .error("ERR", "wrong number of arguments"), commands: [["XADD", "s", "*", "probe"]]),
        Scenario(sign: .error("ERR", "unknown command"), commands: [["XADDD", "s", "*", "e", "probe"]]),
        Scenario(sign: .error("ERR", "Invalid stream ID"), commands: [["XADD", "s", "x", "e", "probe"]]),
        Scenario(
            sign: .error("ERR", "The ID specified in XADD is equal or smaller"),
            set: [["XADD", "s", "5-5", "e", "first"]], commands: [["XADD", "s", "5-5", "e", "probe"]]),
        Scenario(
            sign: .error("ERR", "The ID specified in XADD must be greater than 0-0"),
            commands: [["XADD", "s", "0-0", "e", "probe"]]),
        Scenario(
            sign: .error("ERR", "The stream has exhausted the last possible ID"),
            set: [["XADD", "s", "18446744073709551615-18446744073709551615", "e", "last"]]),
        Scenario(
            sign: .error("ERR", "Protocol error"), commands: [], raw: "*5\r\n$4\r\nXADD\r\n$1\r\ns\r\n$999999999999\r\n"
        ),
        Scenario(
            sign: .error("ERR", "max number of clients reached"), set: [Scenario.setting("maxclients", "1")],
            undo: [Scenario.setting("maxclients", "10000")]),
        Scenario(
            sign: .anythingElse, set: [["XADD", "t", "*", "a", "b"], ["XGROUP", "CREATE", "t", "g", "0"]],
            commands: [["XGROUP", "CREATE", "t", "g", "0"]]),
    ]

    /// Those that need more than settings, each with a test below or in `RedisPublisherTests`.
    static let others: Set<Sign> = [
        .error("MISCONF"), .error("LOADING"), .error("BUSY"), .error("CROSSSLOT"), .error("CLUSTERDOWN"),
        .lost(.beforeSending), .lost(.timeout), .lost(.reset), .lost(.end), .lost(.nonsense), .lost(.abandoned),
    ]

    @Test func everyLineThatOneServerCanSayIsTested() {
        let tested = Self.others.union(Self.simple.map(\.sign))
        #expect(Set(RedisReplies.rows.filter(\.single).map(\.sign)) == tested)
        #expect(Set(RedisReplies.rows.map(\.sign)).count == RedisReplies.rows.count)
        #expect(RedisReplies.rows.allSatisfy { !$0.why.isEmpty })
    }

    @Test(arguments: simple)
    func aRealServerSaysIt(scenario: Scenario) async throws {
        try await onThread {
            let bench = try Bench()
            try bench.start()
            try check(scenario, bench)
        }
    }

    private func check(_ scenario: Scenario, _ bench: Bench) throws {
        let control = try bench.connect()
        for command in scenario.set { try expectNoError(control, command) }
        let before = scenario.set.filter { $0[0] == "XADD" && $0[1] == "s" }.count
        let answer = try exchange(bench, scenario)
        for command in scenario.undo { try expectNoError(control, command) }
        #expect(signOf(answer) == scenario.sign, "it said \(answer.text)")
        let row = try #require(RedisReplies.rows.first { $0.sign == scenario.sign })
        #expect(answer.completion.outcome == row.outcome, "it said \(answer.text)")
        // A script that is being killed takes a moment to die.
        var after = -1
        let counted = try bench.patience.wait(upTo: 10) {
            let exists = try? control.call(["EXISTS", "s"], within: 5)
            after = exists?.text == "0" ? 0 : (try? bench.length("s")) ?? -1
            return after >= 0
        }
        #expect(counted)
        #expect(after == before + (row.outcome == .acked ? 1 : 0), "it said \(answer.text)")
    }

    private func expectNoError(_ control: RedisConnection, _ command: [String]) throws {
        let reply = try control.call(command, within: 5)
        #expect(!reply.isError, "\(command): \(reply.text)")
    }

    /// Sends as a producer would, over a connection of its own, and reads the last reply as a producer would.
    private func exchange(_ bench: Bench, _ scenario: Scenario) throws -> ServerAnswer {
        let socket = try bench.node.connect(port: RedisConfigurationFile.port)
        defer { close(socket) }
        let bytes = scenario.raw.map { Array($0.utf8) } ?? scenario.commands.flatMap(RedisCommand.encode)
        try Files.writeAll(bytes, to: socket, what: "a request")
        let replies = scenario.raw == nil ? scenario.commands.count : 1
        return try readAnswers(socket, replies)
    }

    // MARK: What needs more than settings

    @Test func aFailedSnapshotStopsWrites() async throws {
        try await onThread {
            let bench = try Bench([("save", "3600 1000000")])
            try bench.start()
            let control = try bench.connect()
            // The server's own folder is gone, so the snapshot has nowhere to go, even for root.
            try Files.removeTree(try bench.node.dataDirectory)
            try expectNoError(control, ["BGSAVE"])
            let failed = try bench.patience.wait(upTo: 20) {
                (try? control.call(["INFO", "persistence"], within: 5))?.info("rdb_last_bgsave_status") == "err"
            }
            #expect(failed)
            let undo = [Scenario.setting("stop-writes-on-bgsave-error", "no")]
            try check(Scenario(sign: .error("MISCONF"), undo: undo), bench)
        }
    }

    @Test func aServerThatLoadsRefuses() async throws {
        try await onThread {
            let bench = try Bench([("loading-process-events-interval-bytes", "1024")])
            try bench.start()
            let control = try bench.connect()
            let fill = "for i = 1, 400 do redis.call('SET', 'k' .. i, string.rep('x', 400 + i)) end"
            try expectNoError(control, ["EVAL", fill, "0"])
            try expectNoError(control, Scenario.setting("rdbcompression", "no"))
            try expectNoError(control, Scenario.setting("key-load-delay", "5000"))
            try control.send([["DEBUG", "RELOAD"]], by: RedisConnection.deadline(after: 30))
            var answer: ServerAnswer?
            let refused = try bench.patience.wait(upTo: 10) {
                answer = try? exchange(bench, Scenario(sign: .error("LOADING")))
                return answer.map { signOf($0) == .error("LOADING") } ?? false
            }
            #expect(refused && answer?.completion.outcome == .failed, "it said \(answer?.text ?? "nothing")")
        }
    }

    @Test func aServerThatRunsAScriptRefuses() async throws {
        try await onThread {
            let bench = try Bench([("busy-reply-threshold", "1")])
            try bench.start()
            let script = try bench.connect()
            try script.send([["EVAL", "while true do end", "0"]], by: RedisConnection.deadline(after: 30))
            try check(Scenario(sign: .error("BUSY"), undo: [["SCRIPT", "KILL"]]), bench)
        }
    }

    @Test func aClusterNodeRefusesWhatItDoesNotServe() async throws {
        try await onThread {
            let bench = try Bench()
            let node = try #require(
                try bench.lab.makeNode(
                    NodeRequest(
                        name: "cluster", software: RedisBinary.software, filesystem: nil, megabytes: 1,
                        logDirectory: bench.lab.logDirectory))
                    as? LocalNode)
            let server = try #require(redisServer)
            try node.start(
                Program(
                    executable: server,
                    arguments: [
                        "--port", "6379", "--bind", node.address, "--cluster-enabled", "yes", "--save", "", "--dir",
                        node.dataDirectory,
                    ], outputFile: "\(node.logDirectory)/cluster.log"))
            let up = try bench.patience.wait(upTo: 20) { (try? node.connect(port: 6379)).map { close($0) } != nil }
            #expect(up)
            let control = try RedisConnection(descriptor: node.connect(port: 6379))
            func ask(_ words: [String]) throws -> ServerAnswer {
                let socket = try node.connect(port: 6379)
                defer { close(socket) }
                try Files.writeAll(RedisCommand.encode(words), to: socket, what: "a request")
                return try readAnswers(socket, 1)
            }
            let down = try ask(Scenario.add)
            #expect(signOf(down) == .error("CLUSTERDOWN") && down.completion.outcome == .failed, "\(down.text)")
            try expectNoError(control, ["CLUSTER", "ADDSLOTSRANGE", "0", "16383"])
            let serving = try bench.patience.wait(upTo: 20) {
                (try? control.call(["CLUSTER", "INFO"], within: 5))?.info("cluster_state") == "ok"
            }
            #expect(serving)
            #expect(try control.call(["EXISTS", "s"], within: 5).text == "0")
            let crossed = try ask(["MSET", "a", "1", "b", "2"])
            #expect(
                signOf(crossed) == .error("CROSSSLOT") && crossed.completion.outcome == .failed, "\(crossed.text)")
            let added = try ask(Scenario.add)
            #expect(added.completion.outcome == .acked, "\(added.text)")
        }
    }

    @Test func onlyWholeFirstWordsAndKnownTextsMatch() {
        func outcome(_ text: String) -> Outcome {
            Array(text.utf8).withUnsafeBytes { RedisReplies.row(ofError: $0).outcome }
        }
        #expect(outcome("OOM command not allowed when used memory > 'maxmemory'.") == .failed)
        #expect(outcome("MOVED 8579 198.18.0.12:6379") == .failed)
        #expect(outcome("LOADING Valkey is loading the dataset in memory") == .failed)
        for text in ["", " ", "ERR", "ERR something new", "OOMPH", "BUSYGROUP x", "oom", "UNKNOWN", "READONLYX y"] {
            #expect(outcome(text) == .unknown, "\(text)")
        }
        #expect(outcome("READONLY") == .failed)
    }
}

/// What a server said, and what a producer makes of it.
struct ServerAnswer {
    var completion: Completion
    var text: String
    var bytes: [UInt8]
}

/// Reads the last of so many replies as a producer would.
func readAnswers(_ socket: Int32, _ count: Int) throws -> ServerAnswer {
    let reasons = ReasonTable()
    let parser = AnswerParser(acknowledgement: .reply, reasons: reasons)
    var (pending, chunk) = ([UInt8](), [UInt8](repeating: 0, count: 4096))
    var (left, last) = (count, ServerAnswer(completion: Completion(slot: 0, outcome: .unknown), text: "", bytes: []))
    while left > 0 {
        #expect(try Sockets.waitReadable(socket, upTo: .seconds(10)))
        let read = recv(socket, &chunk, chunk.count, 0)
        if read <= 0 { break }
        pending.append(contentsOf: chunk[..<read])
        while left > 0 {
            guard case .reply(_, let end) = pending.withUnsafeBytes({ ReplyScanner.scan($0, from: 0) }) else {
                break
            }
            let reply = Array(pending[..<end])
            pending.removeFirst(end)
            left -= 1
            if left > 0 { continue }
            var (start, progress) = (0, AnswerParser.Progress())
            let result = reply.withUnsafeBytes { parser.take($0, from: &start, &progress) }
            guard case .answer(let completion, _) = result else {
                throw SystemError(.refused, "no answer: \(String(decoding: reply, as: UTF8.self))")
            }
            let text = String(decoding: reply, as: UTF8.self)
            last = ServerAnswer(completion: completion, text: text, bytes: reply)
        }
    }
    #expect(left == 0, "the server said no more")
    return last
}

func signOf(_ answer: ServerAnswer) -> RedisReplies.Sign {
    switch answer.bytes.first {
    case 0x24: answer.bytes[1] == 0x2D ? .nothing : .entry
    default:
        answer.bytes.withUnsafeBytes {
            RedisReplies.row(ofError: UnsafeRawBufferPointer(rebasing: $0[1..<$0.count - 2])).sign
        }
    }
}
