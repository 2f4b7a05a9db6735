import Foundation
import Labs
import Platform
import Testing
import Workers

@testable import Systems

let redisServer = Tool.locate("redis-server")
let withRedis = ConditionTrait.enabled("redis-server is not installed") { redisServer != nil }

@Suite(.serialized, .timeLimit(.minutes(2)), withRedis)
struct RedisStandaloneTests {
    @Test func startsWithAnEmptyServerThatTakesWrites() async throws {
        try await onThread {
            let bench = try Bench([("appendonly", "yes"), ("appendfsync", "always"), ("maxmemory", "64mb")])
            try bench.start()
            let node = try bench.node
            #expect(bench.system.answers(node))
            #expect(bench.system.isConverged())
            #expect(try bench.system.command(node, ["DBSIZE"]) == "0")
            #expect(bench.system.streams == ["holdfast:run-of-a-test:events"])
            #expect(bench.system.clientOrders().addresses == ["\(node.address):6379"])
            #expect(bench.system.clientOrders().ack == "reply")
            let file = try String(contentsOfFile: "\(bench.lab.logDirectory)/redis-1.conf", encoding: .utf8)
            for line in ["save \"\"\n", "auto-aof-rewrite-percentage 0\n", "appendfsync always\n", "maxmemory 64mb\n"] {
                #expect(file.contains(line))
            }
            #expect(FileManager.default.fileExists(atPath: "\(bench.lab.logDirectory)/redis-1.log"))
        }
    }

    @Test func streamsAreNamedByTheRunAndCounted() throws {
        let four = try Bench(streams: .number(3)).system.streams
        #expect(four == (0..<3).map { "holdfast:run-of-a-test:events:\($0)" })
        #expect(try Bench(streams: .agent, agents: 5).system.streams.count == 5)
    }

    @Test func filesystemHasRoomForTheLogItsRewriteAndMore() {
        #expect(RedisServers.megabytes(0) == 256)
        #expect(RedisServers.megabytes(100 << 20) == 656)
        #expect(RedisServers.megabytes(.max) > 1 << 40)
    }

    @Test func serversOwnSnapshotsAreExpressible() async throws {
        try await onThread {
            let bench = try Bench([("save", "3600 1 300 100 60 10000"), ("appendonly", "no")])
            try bench.start()
            #expect(
                try bench.system.command(try bench.node, ["CONFIG", "GET", "save"]) == "save\n3600 1 300 100 60 10000")
        }
    }

    @Test func unknownDirectiveIsRefusedWithTheServersWords() async throws {
        try await onThread {
            let bench = try Bench([("no-such-directive", "1")])
            let error = #expect(throws: SystemError.self) { try bench.start() }
            #expect(error?.code == .refused)
            #expect(error?.message.contains("'no-such-directive 1'") == true)
            #expect(error?.message.contains("FATAL CONFIG FILE ERROR") == true)
            #expect(error?.message.contains("redis-1.conf") == true)
        }
    }

    @Test func directiveThatIsNotInForceIsFound() async throws {
        try await onThread {
            let lab = try LocalLab()
            let wrapper = try script(
                lab,
                "case $1 in --version) exec \(redisServer ?? "") --version;; esac\n"
                    + "exec \(redisServer ?? "") \"$1\" --maxmemory 64000000")
            let bench = try Bench([("maxmemory", "64mb")], server: wrapper, lab: lab)
            let error = #expect(throws: SystemError.self) { try bench.start() }
            #expect(error?.code == .setting)
            #expect(error?.message.contains("`maxmemory` was set to 64mb, and the server runs with 64000000") == true)
        }
    }

    @Test func readinessWaitsUntilTheDataIsLoaded() async throws {
        try await onThread {
            let bench = try Bench([
                ("save", "3600 1"), ("key-load-delay", "2000"), ("loading-process-events-interval-bytes", "1024"),
            ])
            try bench.start()
            let node = try bench.node
            #expect(try bench.system.command(node, ["DEBUG", "POPULATE", "500", "k", "100"]) == "OK")
            try node.terminate()
            let server = RedisServer(
                node, binary: try RedisBinary.find(nil), settings: bench.settings, run: Bench.run)
            try server.launch()
            var heard: Set<String> = []
            let result = try server.awaitAnswer(
                WatchingPatience { heard.insert(server.lastAnswer) })
            #expect(result.answered)
            #expect(heard.contains { $0.contains("LOADING") && $0.contains("loading: 1") }, "\(heard)")
            #expect(try bench.system.command(node, ["DBSIZE"]) == "500")
        }
    }

    @Test func killedServerComesBackWithItsLogAndWithoutOneEmpty() async throws {
        try await onThread {
            for (appendonly, kept) in [("yes", 30), ("no", 0)] {
                let bench = try Bench([("appendonly", appendonly), ("appendfsync", "no")])
                try bench.start()
                let stream = bench.system.streams[0]
                _ = try bench.add([[UInt8]](repeating: [1, 2, 3], count: 30), to: stream)
                try bench.node.kill()
                #expect(!bench.system.answers(try bench.node))
                #expect(try bench.restart().answered)
                #expect(try bench.length(stream) == kept)
            }
        }
    }

    @Test func stoppedServerDoesNotAnswerAndIsNotWaitedFor() async throws {
        try await onThread {
            let bench = try Bench()
            try bench.start()
            let node = try bench.node
            try node.pause()
            #expect(!bench.system.answers(node))
            try node.resume()
            #expect(try bench.patience.wait(upTo: 10) { bench.system.answers(node) })
        }
    }

    @Test func serverThatIsOutOfWritesDoesNotAnswer() async throws {
        try await onThread {
            let bench = try Bench()
            try bench.start()
            let node = try bench.node
            #expect(bench.system.answers(node))
            #expect(try bench.system.command(node, ["CONFIG", "SET", "min-replicas-to-write", "1"]) == "OK")
            #expect(!bench.system.answers(node))
        }
    }

    @Test func probeLeavesNoTraceInTheLog() async throws {
        try await onThread {
            let bench = try Bench([("appendonly", "yes"), ("appendfsync", "always")])
            try bench.start()
            let node = try bench.node
            let before = try bench.system.command(node, ["INFO", "persistence"])
            for _ in 0..<50 { #expect(bench.system.answers(node)) }
            let after = try bench.system.command(node, ["INFO", "persistence"])
            let size = RedisValue.status(before).info("aof_current_size")
            #expect(size != nil && size == RedisValue.status(after).info("aof_current_size"))
            #expect(
                RedisValue.status(before).info("rdb_changes_since_last_save")
                    == RedisValue.status(after).info("rdb_changes_since_last_save"))
        }
    }

    @Test func commandsAnswerTextAndRefusalsAreErrors() async throws {
        try await onThread {
            let bench = try Bench()
            try bench.start()
            let node = try bench.node
            #expect(try bench.system.command(node, ["CONFIG", "SET", "appendfsync", "no"]) == "OK")
            #expect(try bench.system.command(node, ["GET", "nothing"]) == "(nil)")
            let error = #expect(throws: SystemError.self) {
                try bench.system.command(node, ["CONFIG", "SET", "x", "1"])
            }
            #expect(error?.code == .refused)
            #expect(error?.message.contains("redis-1 answered CONFIG SET x 1: ERR ") == true)
            #expect(throws: SystemError.self) { try bench.system.command(node, []) }
            #expect(try bench.system.command(node, ["SHUTDOWN", "NOSAVE"]) == "(the connection closed)")
            let gone = #expect(throws: SystemError.self) { try bench.system.command(node, ["PING"]) }
            #expect(gone?.code == .unreachable)
        }
    }

    @Test func wordsForNodesAreResolved() async throws {
        try await onThread {
            let bench = try Bench()
            try bench.start()
            for word in ["primary", "all", "random", "redis-1"] {
                #expect(try bench.system.resolve(NodeWord(word)).map(\.name) == ["redis-1"])
            }
            #expect(try bench.system.resolve(NodeWord("primary", number: 1)).count == 1)
            for word in [
                NodeWord("replica"), NodeWord("replicas"), NodeWord("sentinel"), NodeWord("redis-2"),
                NodeWord("primary", number: 2), NodeWord("primary", tier: "cold"),
            ] {
                let error = #expect(throws: SystemError.self) { try bench.system.resolve(word) }
                #expect(error?.code == .notApplicable)
                #expect(error?.message.contains("`\(word)`") == true)
            }
        }
    }

    @Test func serversVersionIsAsTheServerSaysIt() throws {
        let version = try RedisBinary.find(nil).version
        #expect(version.name == "Redis" || version.name == "Valkey")
        #expect(version.version.split(separator: ".").count == 3)
        #expect(version.path.hasPrefix("/"))
        #expect(
            RedisBinary.parse("Valkey server v=9.1.2 sha=0:0 malloc=x", path: "/v")
                == ServerVersion(path: "/v", name: "Valkey", version: "9.1.2"))
        #expect(RedisBinary.parse("ls (GNU coreutils) 9.1", path: "/bin/ls") == nil)
        #expect(RedisBinary.parse("Redis server v=", path: "/v") == nil)
    }

    @Test func serversThatAreNoneAreRefused() throws {
        let missing = #expect(throws: SystemError.self) { try RedisBinary.find("no-such-server") }
        #expect(missing?.code == .missing)
        #expect(missing?.message.contains("apt-get install redis-server") == true)
        #expect(missing?.message.contains("HOLDFAST_REDIS_SERVER") == true)
        let other = #expect(throws: SystemError.self) { try RedisBinary.find("/bin/ls") }
        #expect(other?.code == .missing)
        #expect(other?.message.contains("/bin/ls --version says nothing like") == true)
    }
}

/// Looks at something at every turn of the wait.
final class WatchingPatience: Patience {
    private let look: () -> Void
    private let inner = TestPatience()

    init(_ look: @escaping () -> Void) { self.look = look }

    func wait(upTo seconds: Double, until condition: () -> Bool) throws(SystemError) -> Bool {
        try inner.wait(upTo: seconds) {
            let result = condition()
            look()
            return result
        }
    }
}

/// An executable shell script in the lab's folder.
func script(_ lab: LocalLab, _ text: String) throws -> String {
    let path = "\(lab.folder)/server-\(UUID().uuidString.prefix(8)).sh"
    try Files.write("#!/bin/sh\n\(text)\n", to: path)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    return path
}
