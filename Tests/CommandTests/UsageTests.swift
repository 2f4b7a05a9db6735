import Glibc
import Platform
import TestSupport
import Testing

/// What a person types that is right, wrong, or no file at all.
struct UsageTests {
    @Test func helpIsAResultAndWrongWordsAreNot() throws {
        for words in [["help"], ["--help"], ["-h"]] {
            let help = try Holdfast.run(words[0])
            #expect(help.status == .exited(0) && help.errors == "")
            for command in [
                "run", "lab", "check", "report", "explain", "export", "faults", "systems", "doctor", "heal",
            ] {
                #expect(help.output.contains("\n  \(command) "), "\(command)")
                let one = try Holdfast.run("help", command)
                #expect(one.status == .exited(0) && one.output.hasPrefix("usage: holdfast \(command)"))
                #expect(try Holdfast.run(command, "--help").output == one.output)
            }
            #expect(!help.output.contains("worker"))
        }
        let version = try Holdfast.run("--version")
        #expect(version.status == .exited(0) && version.output.hasPrefix("holdfast "))
    }

    @Test(arguments: [
        ([], "usage: holdfast"), (["chek"], "did you mean \"check\""), (["help", "chek"], "did you mean \"check\""),
        (["check"], "needs"), (["check", "a", "b"], "\"b\" is too much"), (["check", "--yson", "x"], "--json"),
        (["check", "--json", "--json", "x"], "twice"), (["check", "--json=yes", "x"], "takes no value"),
        (["lab"], "needs a suite"), (["lab", "x.yml"], "needs a command"),
        (["lab", "x.yml", "--", "nonsense"], "nonsense is no program here"),
        (["lab", "x.yml", "--lab", "external", "--", "true"], "--lab is namespaces, docker"),
        (["run"], "needs"), (["run", "x.yml", "--out"], "--out DIR"),
        (["run", "x.yml", "--trials", "0"], "no such file"),
        (["run", "x.yml", "--lab", "external"], "needs --cluster FILE"),
        (["run", "x.yml", "--lab", "moon"], "namespaces"), (["run", "x.yml", "--quiet", "--verbose"], "exclude"),
        (["export"], "needs"), (["report"], "needs"), (["explain"], "needs"), (["explain", "x"], "--agent"),
        (["faults", "primary-kil"], "primary-kill"), (["systems", "redis-standalon"], "redis-standalone"),
        (["worker"], "needs"),
    ])
    func wrongUsageIsTwoAndSaysWhatWouldBeRight(words: [String], said: String) throws {
        let result = try Tool.run(Holdfast.path, words)
        #expect(result.status == .exited(2))
        #expect(result.output == "")
        #expect(result.errors.contains(said), "\(result.errors)")
    }

    @Test func whatIsThereIsListed() throws {
        let faults = try Holdfast.run("faults")
        #expect(faults.status == .exited(0))
        for name in ["none", "primary-kill", "primary-empty-restart", "power-loss", "graceful-stop", "primary-paused"] {
            #expect(faults.output.contains("  \(name) "))
            let one = try Holdfast.run("faults", name)
            #expect(one.status == .exited(0) && one.output.contains(name))
        }
        let systems = try Holdfast.run("systems")
        #expect(systems.status == .exited(0) && systems.output.contains("redis-standalone"))
        let one = try Holdfast.run("systems", "redis-standalone")
        #expect(one.status == .exited(0) && one.output.contains("filesystem") && one.output.contains("waitaof"))
        let doctor = try Holdfast.run("doctor", "--json")
        #expect(doctor.status == .exited(0))
        #expect(
            try JSONValue(doctor.output).array.contains { $0["name"]?.string == "kernel" && $0["ok"]?.bool == true })
    }

    @Test(arguments: ["check", "export", "explain"])
    func whatIsNoHistoryIsRefused(command: String) throws {
        let place = try Workplace()
        let garbage = try place.file("garbage", String(repeating: "\u{1}x{", count: 999))
        let header =
            #"{"type":"history","version":1,"run":"r","system":"s","configuration":"c","fault":null,"seed":1,"#
            + #""retries":"none","retention":null}"#
        let torn = try place.file("torn", header + "\n{\"type\":\"end\",\"t\":1")
        let binary = place.path + "/binary"
        try Files.write((0..<4096).map { UInt8(truncatingIfNeeded: $0 &* 167) }, to: binary)
        let shard = place.path + "/trial"
        try Files.makeFolders(shard + "/history")
        try Files.write("", to: shard + "/history/control.jsonl")
        let empty = try place.file("empty", "")
        let inputs = [
            (garbage, ":1:"), (torn, ":2:"), (binary, ":1:"), (empty, ":1:"), (place.here, "control.jsonl"),
            (place.path + "/nothing", "No such file"), (shard, "control.jsonl"),
        ]
        for (path, said) in inputs {
            let result = try Tool.run(
                Holdfast.path, [command, path] + (command == "explain" ? ["--agent", "0"] : []))
            #expect(result.status == .exited(2), "\(path)")
            #expect(result.output == "")
            #expect(result.errors.contains(said) && result.errors.contains(path), "\(result.errors)")
        }
    }

    @Test func whatIsNoRunIsNotReported() throws {
        let place = try Workplace()
        let runs = place.path + "/run"
        try Files.makeFolders(runs)
        for text in ["", "{}", "[1]", "\u{0}\u{1}", "{\"suite\": 1}"] {
            try Files.write(text, to: runs + "/summary.json")
            let result = try Holdfast.run("report", runs)
            #expect(result.status == .exited(2), "\(text): \(result.errors)")
            #expect(result.output == "")
            #expect(result.errors.contains("summary.json"), "\(result.errors)")
            #expect(try Files.names(in: runs) == ["summary.json"])
        }
        let missing = try Holdfast.run("report", place.here)
        #expect(missing.status == .exited(2))
        #expect(try Files.names(in: place.here) == [])
    }
}
