import Foundation
import Testing

@testable import History

@Suite struct WritingTests {
    @Test func aShardIsNeverOverwritten() throws {
        let folder = try Folder()
        try folder.write("a.shard", [1])
        do throws(ShardError) {
            _ = try ShardWriter(path: folder.path + "/a.shard", worker: "w")
            Issue.record("an existing file was taken")
        } catch {
            #expect(error.code == .exists)
            #expect(error.description.contains("\(folder.path)/a.shard could not be made: File exists; "))
        }
        #expect(try folder.bytes("a.shard") == [1])
    }

    @Test func aMissingFolderIsNamed() throws {
        do throws(ShardError) {
            _ = try ShardWriter(path: "/no/such/folder/a.shard", worker: "w")
            Issue.record("made a file in a folder that is not there")
        } catch {
            #expect(error.code == .missing)
            #expect(error.description.contains("make the folder"))
        }
    }

    @Test func aFullDiskIsATypedErrorWithARemedy() throws {
        let descriptor = open("/dev/full", O_WRONLY)
        var file = AppendFile(descriptor: descriptor, path: "x.shard", capacity: 64)
        file.append(UnsafeRawBufferPointer(start: nil, count: 0))
        _ = file.reserve(64).initializeMemory(as: UInt8.self, repeating: 1, count: 64)
        do throws(ShardError) {
            try file.flush()
            Issue.record("a full disk took bytes")
        } catch {
            #expect(error.code == .full && error.path == "x.shard")
            #expect(error.description.contains("No space left on device; make room"))
        }
    }

    @Test func afterAShortWriteTheNextFlushGoesOnAtTheSameByte() throws {
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
        _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
        var writer = try ShardWriter(
            file: AppendFile(descriptor: ends[1], path: "p", capacity: 64), worker: "w")
        let kind = writer.name("k")
        let count = 5000
        var failures = 0
        var bytes: [UInt8] = []
        func drain() {
            var part = [UInt8](repeating: 0, count: 1 << 16)
            while case let n = read(ends[0], &part, part.count), n > 0 { bytes += part.prefix(n) }
        }
        for seq in 0..<count {
            writer.append(
                .attempt(t: 1, agent: 0, seq: Int64(seq), number: 1, kind: kind, intended: 0, crc: 1))
            do throws(ShardError) { try writer.flush() } catch {
                failures += 1
                #expect(error.code == .failed)
                // What came out so far is a shard up to a tear.
                drain()
            }
        }
        try writer.close()
        drain()
        close(ends[0])
        #expect(failures > 0)
        #expect(bytes.count == 64 * (count + 2))
        let folder = try Folder()
        try folder.write("control.jsonl", Array(header.utf8))
        try folder.write("a.shard", bytes)
        let history = try History.open(directory: folder.path)
        let found = history.chunks.flatMap { $0.records.map(\.seq) }
        #expect(found == (0..<count).map { Int64($0) })
    }

    @Test func controlLinesAreOnDiskWhenTheCallReturns() throws {
        let folder = try Folder()
        var start = History.Header()
        (start.run, start.system, start.configuration, start.fault) = (Name("r\"\\\u{1}é"), "hybrid", "a\nb\tc\r", "f")
        start.retries = "none"
        start.seed = .max
        start.retention = true
        start.logs = [
            History.Log(name: Name("hot"), streams: [Name("s"), Name("t")]), History.Log(name: Name("d"), streams: []),
        ]
        start.logs[0].kinds = [Name("k")]
        (start.logs[0].ofRecord, start.logs[1].own, start.logs[1].retention) = (true, true, true)
        let log = try ControlLog(path: folder.path + "/control.jsonl", header: start)
        func now() throws -> History { try History.open(directory: folder.path) }
        #expect("\(try now().header)" == "\(start)")
        var group = History.Group(name: Name("g"))
        (group.readCommitted, group.log, group.dead, group.processing) = (true, Name("hot"), Name("d"), true)
        try log.group(group)
        #expect("\(try now().groups)" == "\([group])")
        let fault = History.FaultRecord(t: 5, id: 1, action: "kill", node: nil, phase: .effect, detail: "gone")
        try log.fault(fault)
        #expect("\(try now().faults)" == "\([fault])")
        let end = History.GroupEnd(
            group: Name("g"), stream: Name("s"), passed: Position(1, 2), pending: [Position(3, 4), Position(5, 6)])
        try log.groupEnd(end, form: .entry)
        let other = History.GroupEnd(group: Name("g"), stream: Name("t"), passed: nil, pending: [])
        try log.groupEnd(other, form: .offset)
        #expect("\(try now().groupEnds)" == "\([end, other])")
        try log.gap(t: 6, worker: "w", reason: "behind schedule by 2 s")
        let gapped = try now()
        #expect(gapped.chunks.flatMap { $0.records.map(\.type) } == [.gap])
        try log.end(t: 7)
        #expect(try now().ends == 1)
        let whole = try now()
        #expect(content(try read(exported(whole))) == content(whole))
    }
}
