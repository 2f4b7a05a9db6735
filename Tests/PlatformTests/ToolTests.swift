import Glibc
import Platform
import Synchronization
import Testing

@Suite(.serialized, .timeLimit(.minutes(2)))
struct ToolTests {
    @Test func argumentsArriveLiterally() throws {
        let words = ["$(touch x); a b", "*", "", "'\"\\", "line\nbreak"]
        let result = try Tool.run("printf", ["[%s]"] + words)
        #expect(result.output == words.map { "[\($0)]" }.joined())
        #expect(result.status == .exited(0))
    }

    @Test func bothStreamsAndTheStatusComeBack() throws {
        let result = try Tool.run("sh", ["-c", "echo out; echo err >&2; exit 3"])
        #expect(result.output == "out\n")
        #expect(result.errors == "err\n")
        #expect(result.status == .exited(3))
        #expect(!result.succeeded && !result.truncated)
        #expect(try Tool.run("sh", ["-c", "kill -9 $$"]).status == .signaled(9))
    }

    @Test func aFailureThatMustNotBeCarriesWhatTheToolSaid() throws {
        let error = #expect(throws: ToolError.self) {
            try Tool.require("sh", ["-c", "head -c 5000 /dev/zero | tr '\\0' x >&2; echo end >&2; exit 4"])
        }
        #expect(error?.code == .failed(.exited(4)))
        #expect(error?.errors.utf8.count ?? 0 <= Limits.errorTail)
        #expect(error?.errors.hasSuffix("xxend") == true)
        #expect(error?.description.contains("exited with 4") == true)
    }

    @Test func aMissingToolIsNamedWithItsPackage() throws {
        let byPath = #expect(throws: ToolError.self) { try Tool.run("/usr/bin/no-such-tool") }
        #expect(byPath?.code == .notFound)
        let byName = #expect(throws: ToolError.self) { try Tool.run("no-such-tool") }
        #expect(byName?.code == .notFound)
        #expect(byName?.description.contains(Tool.path) == true)
        #expect(Tool.remedy(for: "/sbin/mkfs.xfs").contains("apt-get install xfsprogs"))
    }

    @Test func aFileThatIsNoProgramIsSaidToBeNone() throws {
        let folder = try TemporaryFolder()
        let file = folder.path + "/data"
        try Files.write("no program\u{1}", to: file)
        let notAllowed = #expect(throws: ToolError.self) { try Tool.run(file) }
        #expect(notAllowed?.code == .notExecutable)
        #expect(notAllowed?.message.contains("chmod") == true)
        chmod(file, 0o755)
        let noProgram = #expect(throws: ToolError.self) { try Tool.run(file) }
        #expect(noProgram?.code == .notExecutable)
        try Files.write("#!/no/such/shell\n", to: file)
        chmod(file, 0o755)
        let noInterpreter = #expect(throws: ToolError.self) { try Tool.run(file) }
        #expect(noInterpreter?.code == .notExecutable)
        #expect(noInterpreter?.message.contains("interpreter") == true)
    }

    @Test(arguments: ["sleep 101", "trap '' TERM; while :; do sleep 0.05; done", "kill -STOP $$"])
    func theDeadlineEndsWhatDoesNotEnd(script: String) throws {
        let error = #expect(throws: ToolError.self) {
            try Tool.run("sh", ["-c", "echo begun >&2; " + script], deadline: .milliseconds(200))
        }
        #expect(error?.code == .deadline)
        #expect(error?.errors == "begun\n")
    }

    @Test func aStoppedToolIsLetGoOnSoThatItCanEndInOrder() throws {
        let error = #expect(throws: ToolError.self) {
            try Tool.run(
                "sh", ["-c", "trap 'echo ended >&2; exit' TERM; kill -STOP $$; sleep 101"], deadline: .milliseconds(200)
            )
        }
        #expect(error?.code == .deadline && error?.errors == "ended\n")
    }

    @Test func tooMuchOutputIsCutAndTheToolEnded() throws {
        let result = try Tool.run("yes", outputLimit: 4096)
        #expect(result.truncated)
        #expect(result.output.utf8.count == 4096)
        #expect(result.status == .signaled(SIGKILL))
        let exact = try Tool.run("head", ["-c", "4096", "/dev/zero"], outputLimit: 4096)
        #expect(!exact.truncated && exact.succeeded)
    }

    @Test func aMegabyteOnBothStreamsDoesNotDeadlock() throws {
        let script = "head -c 1000000 /dev/zero & head -c 1000000 /dev/zero >&2; wait"
        let result = try Tool.run("sh", ["-c", script], outputLimit: 4 << 20)
        #expect(result.output.utf8.count == 1_000_000)
        #expect(result.errors.utf8.count == 1_000_000)
    }

    @Test func whatAToolLeavesBehindEndsWithIt() throws {
        let result = try Tool.run("sh", ["-c", "sleep 103 & echo $!"])
        let pid = try #require(Int32(result.output.dropLast()))
        #expect(eventually { !isAlive(pid) })
    }

    /// A daemon whose parent ends before it has a session of its own is no longer its tool's.
    @Test func whatAToolLeavesBehindGoesOnWhereThatIsWanted() throws {
        let path = try Tool.require("mktemp", ["-u"]).output.filter { !$0.isNewline }
        defer { unlink(path) }
        let result = try Tool.run("sh", ["-c", "(sleep 0.3; : >\"$0\") &", path], leavesOthers: true)
        #expect(result.succeeded)
        #expect(eventually { access(path, F_OK) == 0 })
    }

    @Test func inputReachesTheToolAndNobodyWaitsForIt() throws {
        let text = String(repeating: "some input\n", count: 100_000)
        #expect(try Tool.run("cat", input: text, ).output.utf8.count == 1 << 20)
        #expect(try Tool.run("wc", ["-c"], input: text).output == "1100000\n")
        #expect(try Tool.run("true", input: text).succeeded)
        #expect(try Tool.run("cat").output == "")
    }

    @Test func noDescriptorSignalOrVariableIsInherited() throws {
        let pipe = try PipeForTest()
        signal(SIGUSR1, SIG_IGN)
        var block = sigset_t()
        sigemptyset(&block)
        sigaddset(&block, SIGUSR2)
        pthread_sigmask(SIG_BLOCK, &block, nil)
        defer {
            signal(SIGUSR1, SIG_DFL)
            pthread_sigmask(SIG_UNBLOCK, &block, nil)
        }
        let descriptors = try Tool.run("ls", ["/proc/self/fd"])
        // 3 is the folder that ls itself reads.
        #expect(descriptors.output == "0\n1\n2\n3\n")
        let status = try Tool.run("cat", ["/proc/self/status"]).output
        #expect(status.contains("SigBlk:\t0000000000000000") && status.contains("SigIgn:\t0000000000000000"))
        let variables = try Tool.run("env", environment: ["ADDED": "1"]).output
        #expect(variables == "ADDED=1\nLC_ALL=C\nPATH=\(Tool.path)\n")
        withExtendedLifetime(pipe) {}
    }

    @Test func runningToolsLeavesNoDescriptorAndNoZombie() throws {
        _ = try Tool.run("true")
        let before = try Files.names(in: "/proc/self/fd").count
        for round in 0..<60 {
            _ = try Tool.run(round % 3 == 0 ? "false" : "true", input: "x")
            #expect(throws: ToolError.self) { try Tool.run("/no/such") }
        }
        // Other tests run beside this one and may hold a few; 120 calls that leak would show.
        #expect(try Files.names(in: "/proc/self/fd").count < before + 40)
    }

    @Test func everyCommandLineIsTold() throws {
        let told = Mutex<[CommandRecord]>([])
        CommandLog.observe { record in told.withLock { $0.append(record) } }
        defer { CommandLog.observe(nil) }
        _ = try Tool.run("sh", ["-c", "exit 5", "it's"])
        #expect(throws: ToolError.self) { try Tool.run("/no/such") }
        let mine = told.withLock { $0 }
        let first = try #require(mine.first { $0.commandLine.hasPrefix("sh -c 'exit 5'") })
        #expect(first.commandLine == #"sh -c 'exit 5' 'it'\''s'"#)
        #expect(first.outcome == "exited with 5")
        #expect((first.nanoseconds ?? 0) > 0)
        #expect(mine.contains { $0.commandLine == "/no/such" && $0.outcome.contains("no such file") })
    }

    @Test func quotedWordsMeanTheSameToAShell() throws {
        let words = ["plain-1.2/x", "", "a b", "it's", "$HOME", "a\nb\tc'\\", "\u{1B}[31m", "ä€"]
        let result = try Tool.run("bash", ["-c", "printf '[%s]' " + CommandLog.quoted(words)])
        #expect(result.output == words.map { "[\($0)]" }.joined())
        #expect(!CommandLog.quoted(words).unicodeScalars.contains { $0.value < 0x20 })
    }
}
