import Foundation
import Labs
import Platform
import Testing

@testable import Systems

private let compiler = Tool.locate("cc")

@Suite(
    .serialized, .timeLimit(.minutes(2)), withRedis,
    .enabled("there is no C compiler (cc) to build the slow fsync") { compiler != nil })
struct RedisObserverTests {
    /// A script that starts the server with an fsync that takes so long, once there is a file `slow` in the folder.
    private func slowServer(_ lab: LocalLab, milliseconds: Int) throws -> String {
        let source = """
            #define _GNU_SOURCE
            #include <dlfcn.h>
            #include <time.h>
            #include <unistd.h>
            static void nap(void) {
                struct timespec t = {\(milliseconds / 1000), \(milliseconds % 1000) * 1000000L};
                if (access("\(lab.folder)/slow", F_OK) == 0) nanosleep(&t, 0);
            }
            int fdatasync(int fd) { int (*f)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync"); nap(); return f(fd); }
            int fsync(int fd) { int (*f)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fsync"); nap(); return f(fd); }
            """
        let library = "\(lab.folder)/slow.so"
        try Files.write(source, to: "\(lab.folder)/slow.c")
        try Tool.require(
            try #require(compiler), ["-shared", "-fPIC", "-o", library, "\(lab.folder)/slow.c", "-ldl"])
        let server = try #require(redisServer)
        return try script(
            lab, "case $1 in --version) exec \(server) --version;; esac\nLD_PRELOAD=\(library) exec \(server) \"$@\"")
    }

    private func bench(_ appendfsync: String, milliseconds: Int) throws -> Bench {
        let lab = try LocalLab()
        let server = try slowServer(lab, milliseconds: milliseconds)
        return try Bench([("appendonly", "yes"), ("appendfsync", appendfsync)], server: server, lab: lab)
    }

    @Test func pendingFsyncIsACircumstance() async throws {
        try await onThread {
            let bench = try bench("everysec", milliseconds: 900)
            try bench.start()
            try Files.write("", to: "\(bench.lab.folder)/slow")
            #expect(bench.system.circumstances.isEmpty)
            let stream = bench.system.streams[0]
            let connection = try bench.connect()
            let seen = try bench.patience.wait(upTo: 20) {
                _ = try? connection.call(["XADD", stream, "*", "e", "x"], within: 5)
                bench.system.observe()
                return !bench.system.circumstances.isEmpty
            }
            #expect(seen)
            let found = try #require(bench.system.circumstances.first)
            #expect(found.name == "fsync-pending")
            #expect(found.detail.contains("aof_pending_bio_fsync was 1 in the last of"), "\(found.detail)")
        }
    }

    @Test func delayedFsyncStaysACircumstance() async throws {
        try await onThread {
            let bench = try bench("everysec", milliseconds: 2500)
            try bench.start()
            try Files.write("", to: "\(bench.lab.folder)/slow")
            let stream = bench.system.streams[0]
            let connection = try bench.connect()
            let moved = try bench.patience.wait(upTo: 30) {
                _ = try? connection.call(["XADD", stream, "*", "e", "x"], within: 10)
                bench.system.observe()
                return bench.system.circumstances.contains { !$0.detail.contains("from 0 to 0") }
            }
            #expect(moved)
        }
    }

    @Test func otherPoliciesHaveNoSuchCircumstance() async throws {
        try await onThread {
            let bench = try bench("always", milliseconds: 5)
            try bench.start()
            try Files.write("", to: "\(bench.lab.folder)/slow")
            _ = try bench.add([[UInt8]](repeating: [1], count: 20), to: bench.system.streams[0])
            bench.system.observe()
            #expect(bench.system.circumstances.isEmpty)
        }
    }

    @Test func stoppedServerDoesNotHoldUpTheLookAndIsHeardLater() async throws {
        try await onThread {
            let bench = try Bench([("appendonly", "yes"), ("appendfsync", "everysec")])
            try bench.start()
            let observer = RedisObserver(
                RedisServer(
                    try bench.node, binary: try RedisBinary.find(nil), settings: bench.settings, run: Bench.run))
            observer.observe()
            let before = observer.samples
            #expect(before == 1)
            try bench.node.pause()
            for _ in 0..<5 { observer.observe() }
            #expect(observer.samples == before)
            #expect(observer.outstanding == 1)
            try bench.node.resume()
            #expect(
                try bench.patience.wait(upTo: 10) {
                    observer.observe()
                    return observer.samples >= before + 2
                })
            try bench.node.kill()
            observer.observe()
            observer.observe()
            #expect(observer.samples >= before + 2)
        }
    }
}
