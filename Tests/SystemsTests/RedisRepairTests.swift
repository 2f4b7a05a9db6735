import Foundation
import Labs
import Platform
import Testing

@testable import Systems

@Suite(.serialized, .timeLimit(.minutes(2)), withRedis)
struct RedisRepairTests {
    /// A server with 200 entries in its log, terminated.
    private func stoppedBench(_ directives: [(String, String)] = []) throws -> Bench {
        let bench = try Bench([("appendonly", "yes"), ("appendfsync", "always")] + directives)
        try bench.start()
        _ = try bench.add([[UInt8]](repeating: Array("payload".utf8), count: 200), to: bench.system.streams[0])
        try bench.node.terminate()
        return bench
    }

    private func increment(_ bench: Bench) throws -> String {
        "\(try bench.node.dataDirectory)/appendonlydir/appendonly.aof.1.incr.aof"
    }

    private func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

    @Test func logThatEndsInZerosIsRefusedAndCutWhereTheyBegin() async throws {
        try await onThread {
            let bench = try stoppedBench()
            let file = try increment(bench)
            let whole = try bytes(file)
            try (whole + Data(count: 947)).write(to: URL(fileURLWithPath: file))
            let refused = try bench.restart()
            #expect(!refused.answered)
            #expect(refused.log.contains("Bad file format reading the append only file"), "\(refused.log)")
            let done = try bench.system.repair(try bench.node)
            #expect(
                done == "redis-check-aof --fix appendonly.aof.1.incr.aof: cut from \(whole.count + 947) to "
                    + "\(whole.count) bytes (947 gone)")
            #expect(try bench.restart().answered)
            #expect(try bench.length(bench.system.streams[0]) == 200)
        }
    }

    @Test func logThatIsDamagedInTheMiddleKeepsWhatStandsBefore() async throws {
        try await onThread {
            let bench = try stoppedBench()
            let file = try increment(bench)
            var whole = try bytes(file)
            // The frame of a command, not its content: content has no checksum in this file.
            let frame = try #require(whole.range(of: Data("*5\r\n$4\r\nXADD".utf8), in: whole.count / 2..<whole.count))
            whole[frame.lowerBound] = UInt8(ascii: "!")
            try whole.write(to: URL(fileURLWithPath: file))
            #expect(!(try bench.restart().answered))
            _ = try bench.system.repair(try bench.node)
            #expect(try bench.restart().answered)
            let left = try bench.length(bench.system.streams[0])
            #expect(left > 0 && left < 200)
        }
    }

    @Test func tornTailIsRefusedOnlyIfTheConfigurationSaysSo() async throws {
        try await onThread {
            for (forgiving, kept) in [("yes", true), ("no", false)] {
                let bench = try stoppedBench([("aof-load-truncated", forgiving)])
                let file = try increment(bench)
                try (try bytes(file)).dropLast(5).write(to: URL(fileURLWithPath: file))
                #expect(try bench.restart().answered == kept)
                if !kept {
                    _ = try bench.system.repair(try bench.node)
                    #expect(try bench.restart().answered)
                }
                #expect(try bench.length(bench.system.streams[0]) == 199)
            }
        }
    }

    @Test func damageOutsideTheLastFileIsBeyondRepair() async throws {
        try await onThread {
            let bench = try stoppedBench()
            let base = "\(try bench.node.dataDirectory)/appendonlydir/appendonly.aof.1.base.rdb"
            var whole = try bytes(base)
            whole[0] = 0
            try whole.write(to: URL(fileURLWithPath: base))
            let refused = try bench.restart()
            #expect(!refused.answered)
            #expect(!refused.log.isEmpty)
            let error = #expect(throws: SystemError.self) { try bench.system.repair(try bench.node) }
            #expect(error?.code == .refused)
            #expect(error?.message.contains("found nothing wrong with it") == true)
            try bench.node.eraseData()
            #expect(try bench.restart().answered)
        }
    }

    @Test func damagedSnapshotWithoutLogHasNothingToRepair() async throws {
        try await onThread {
            let bench = try Bench([("save", "3600 1")])
            try bench.start()
            _ = try bench.add([[1]], to: bench.system.streams[0])
            try bench.node.terminate()
            let file = "\(try bench.node.dataDirectory)/dump.rdb"
            var whole = try bytes(file)
            whole[whole.count - 1] ^= 0xFF
            try whole.write(to: URL(fileURLWithPath: file))
            #expect(!(try bench.restart().answered))
            let error = #expect(throws: SystemError.self) { try bench.system.repair(try bench.node) }
            #expect(error?.message.contains("nothing to repair") == true)
        }
    }

    @Test func lastIncrementIsTheOneWithTheHighestNumber() {
        let manifest = """
            file appendonly.aof.2.base.rdb seq 2 type b
            file appendonly.aof.1.incr.aof seq 1 type h
            file appendonly.aof.10.incr.aof seq 10 type i
            file "appendonly aof.9.incr.aof" seq 9 type i
            """
        #expect(RedisRepair.lastIncrement(in: manifest) == "appendonly.aof.10.incr.aof")
        #expect(RedisRepair.lastIncrement(in: "file a seq 1 type b") == nil)
        #expect(RedisRepair.lastIncrement(in: "file ../../etc/passwd seq 1 type i") == nil)
    }

    @Test func serverUnderTheToolsNameIsTheTool() async throws {
        try await onThread {
            let bench = try stoppedBench()
            let file = try increment(bench)
            let whole = try bytes(file)
            try (whole + Data(count: 10)).write(to: URL(fileURLWithPath: file))
            // A server that stands alone in its folder, as one from an archive does.
            let alone = "\(bench.lab.folder)/my-server"
            let server = try #require(redisServer)
            try FileManager.default.copyItem(atPath: Files.resolved(server) ?? server, toPath: alone)
            let binary = try RedisBinary.find(alone)
            let repair = RedisRepair(binary: binary, dataDirectory: try bench.node.dataDirectory)
            #expect(try repair.run().contains("(10 gone)"))
            #expect(try bytes(file) == whole)
        }
    }
}
