import Glibc
import Platform
import Testing

@Suite(.serialized, .timeLimit(.minutes(2)))
struct ChildTests {
    @Test func aChildRunsUntilItIsEnded() throws {
        let child = try Child(executable: "sleep", arguments: ["100"], diesWithParent: false)
        #expect(child.status == nil && isAlive(child.pid))
        #expect(child.wait(upTo: .milliseconds(1)) == nil)
        #expect(child.send(SIGKILL))
        #expect(child.wait(upTo: .seconds(5)) == .signaled(SIGKILL))
        #expect(child.status == .signaled(SIGKILL))
        #expect(!child.send(SIGKILL))
    }

    @Test func stoppedIsToldFromRunning() throws {
        let child = try Child(executable: "sleep", arguments: ["100"], diesWithParent: false)
        #expect(!child.isStopped)
        child.send(SIGSTOP)
        #expect(eventually { child.isStopped })
        #expect(child.isStopped && child.status == nil)
        child.send(SIGCONT)
        #expect(eventually { !child.isStopped })
        child.send(SIGSTOP)
        #expect(eventually { child.isStopped })
        #expect(child.end() == .signaled(SIGTERM))
    }

    @Test func aChildThatIgnoresTheRequestIsKilled() throws {
        let child = try Child(
            executable: "sh", arguments: ["-c", "trap '' TERM; echo ready; while :; do sleep 0.05; done"],
            output: .pipe, diesWithParent: false)
        #expect(try readLine(child) == "ready\n")
        #expect(child.end() == .signaled(SIGKILL))
    }

    @Test func textGoesInAndOut() throws {
        let child = try Child(
            executable: "sh", arguments: ["-c", "cat; echo err >&2"], input: .pipe, output: .pipe, errors: .pipe,
            diesWithParent: false)
        let input = try #require(child.input)
        try Files.writeAll(Array("hello\n".utf8), to: input, what: "input")
        #expect(try readLine(child) == "hello\n")
        child.closeInput()
        #expect(child.input == nil)
        #expect(child.wait(upTo: .seconds(5)) == .exited(0))
        var bytes = [UInt8](repeating: 0, count: 64)
        #expect(read(try #require(child.errors), &bytes, bytes.count) == 4)
    }

    @Test func outputIsAppendedToAFile() throws {
        let folder = try TemporaryFolder()
        for word in ["one", "two"] {
            let child = try Child(
                executable: "sh", arguments: ["-c", "echo \(word); echo \(word) >&2"],
                output: .file(folder.path + "/log"), diesWithParent: false)
            #expect(child.wait(upTo: .seconds(5)) == .exited(0))
        }
        #expect(Files.read(folder.path + "/log", limit: 100) == "one\none\ntwo\ntwo\n")
    }

    @Test func anUnwritableOutputFileAndAMissingProgramAreErrors() throws {
        let noFolder = #expect(throws: ToolError.self) {
            _ = try Child(executable: "true", arguments: [], output: .file("/no/such/folder/log"))
        }
        #expect(noFolder?.code == .kernel(ENOENT))
        let noProgram = #expect(throws: ToolError.self) { _ = try Child(executable: "/no/such", arguments: []) }
        #expect(noProgram?.code == .notFound)
    }

    @Test func whatAServerLeftEndsWithIt() throws {
        let child = try Child(
            executable: "sh", arguments: ["-c", "sleep 104 & echo $!; exec sleep 105"], output: .pipe,
            diesWithParent: false)
        let background = try #require(Int32(try readLine(child).dropLast()))
        #expect(isAlive(background))
        child.send(SIGKILL)
        #expect(child.wait(upTo: .seconds(5)) == .signaled(SIGKILL))
        #expect(eventually { !isAlive(background) })
    }

    @Test func aChildWithoutAnOwnerIsEnded() throws {
        var child: Child? = try Child(executable: "sleep", arguments: ["106"], diesWithParent: false)
        let pid = try #require(child?.pid)
        child = nil
        #expect(!isAlive(pid))
    }

    @Test func aPollerHearsOfTheEnd() throws {
        let poller = try Poller()
        let child = try Child(executable: "sleep", arguments: ["0.05"], diesWithParent: false)
        try poller.add(child.pidDescriptor, token: 7)
        var events: [PollEvent] = []
        try poller.wait(timeoutNanoseconds: 5_000_000_000, into: &events)
        #expect(events.count == 1 && events.first?.token == 7)
        #expect(child.status == .exited(0))
    }

    private func readLine(_ child: Child) throws -> String {
        let output = try #require(child.output)
        var text: [UInt8] = []
        while text.last != UInt8(ascii: "\n") {
            #expect(try Sockets.waitReadable(output, upTo: .seconds(5)))
            var byte: UInt8 = 0
            guard read(output, &byte, 1) == 1 else { break }
            text.append(byte)
        }
        return String(decoding: text, as: UTF8.self)
    }
}
