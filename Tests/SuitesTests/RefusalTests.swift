import Documents
import Faults
import Suites
import Testing
import Workload

struct RefusalTests {
    @Test(arguments: [
        ("workload: {agents: 0}", "6:20: workload.agents: \"0\" is out of range; write a whole number from 1 to 20000"),
        ("workload: {rate: 0}", "6:18: workload.rate: \"0\" is out of range; write a number from 0.001 to 100000000"),
        ("workload: {rate: -5}", "6:18: workload.rate: \"-5\" is out of range; write a number from 0.001 to 100000000"),
        (
            "workload: {rate: many}",
            "6:18: workload.rate: \"many\" is no number; write a number from 0.001 to 100000000"
        ),
        ("workload: {rate: 1e4}", "6:18: workload.rate: \"1e4\" is no number; write a number from 0.001 to 100000000"),
        (
            "workload: {rate: '5'}",
            "6:18: workload.rate: is \"5\"; write a number from 0.001 to 100000000, without quotes"
        ),
        (
            "workload: {duration: 10}",
            "6:22: workload.duration: \"10\" is no time; write a number with its unit, such as 10s, 200ms or 5m"
        ),
        (
            "workload: {duration: 1ms}",
            "6:22: workload.duration: \"1ms\" is out of range; write a time from 100ms to 30d"
        ),
        (
            "workload: {payload: {min: 9, max: 3}}", "6:27: workload.payload.min: min (9) is above max (3); swap them"
        ),
        (
            "workload: {payload: {min: 9}}",
            "6:21: workload.payload.max: is missing, and a payload needs it; add it, such as {min: 200, max: 2000}"
        ),
        (
            "workload: {payload: -1}",
            "6:21: workload.payload: \"-1\" is out of range; write a whole number from 0 to 1048576"
        ),
        (
            "workload: {bursts: {every: 1s, length: 2s, factor: 3}}",
            "6:40: workload.bursts.length: a burst of 2s every 1s never ends; make it shorter than `every`"
        ),
        (
            "workload: {bursts: {every: 1s, length: 200ms, factor: 0.5}}",
            "6:55: workload.bursts.factor: \"0.5\" is out of range; write a number from 1 to 1000"
        ),
        (
            "workload: {agents: 2, producers: 3}",
            "6:34: workload.producers: `producers` must be no more than `agents`: a producer needs one; change one of them"
        ),
        (
            "workload: {in_flight: 1}",
            "6:12: workload.in_flight: is no field of a workload; did you mean \"in-flight\"? Known here: agents, rate, "
                + "duration, payload, bursts, producers, in-flight, poison"
        ),
        ("trials: 0", "6:9: trials: \"0\" is out of range; write a whole number from 1 to 10000"),
        ("seed: -1", "6:7: seed: \"-1\" is out of range; write a whole number, 0 or more"),
        (
            "trails: 3",
            "6:1: trails: is no field of a suite; did you mean \"trials\"? Known here: suite, workload, groups, "
                + "results, configurations, faults, trials, seed, until, controls, gates, slo, claims"
        ),
        (
            "groups: [{consumers: 3}]",
            "6:10: groups[0].name: is missing, and a group needs it; add it, such as {name: memory-updater, consumers: 3}"
        ),
    ])
    func whatNoSuiteCanSayIsRefused(line: String, text: String) {
        #expect(refusal(of: small(line)) == text)
    }

    @Test(arguments: [
        (
            "gates: [{configuration: alwas, finding: lost, max: 0}]",
            "6:25: gates[0].configuration: no configuration fits \"alwas\", so the gate judges nothing; did you mean "
                + "\"always\"? Known here: always, everysec"
        ),
        (
            "gates: [{configuration: \"*\", fault: power-loss, finding: lost, max: 0}]",
            "6:37: gates[0].fault: no fault of \"*\" fits \"power-loss\", so the gate judges nothing; known here: none, "
                + "primary-kill"
        ),
        (
            "controls: [{configuration: \"no persistence\", finding: lost}]",
            "6:28: controls[0].configuration: no configuration fits \"no persistence\", so the control judges nothing; known "
                + "here: always, everysec"
        ),
        (
            "controls: [{configuration: \"*\"}]",
            "6:12: controls[0].finding: is missing, and a control needs it; add it, such as finding: lost"
        ),
        (
            "gates: [{configuration: \"*\", max: 0}]",
            "6:9: gates[0].finding: is missing, and a gate needs it; add it, such as finding: lost, or figure: loss.window"
        ),
        (
            "gates: [{configuration: \"*\", finding: lost, figure: loss.window, max: 0}]",
            "6:53: gates[0].figure: stands beside finding; a gate bounds one figure: write two gates"
        ),
        (
            "gates: [{configuration: \"*\", figure: loss.window, max: 2}]",
            "6:9: gates[0]: `loss.window` is a time, `max: 2` a number; give the unit, such as `max: 2s`"
        ),
        (
            "gates: [{configuration: \"*\", finding: lost}]",
            "6:9: gates[0]: a gate on `lost` without a bound; add `max` or `min`"
        ),
        (
            "gates: [{configuration: \"*\", finding: lost, max: few}]",
            "6:50: gates[0].max: `few` is no bound; write a whole number such as `0`, or a time with its unit such as `2s`"
        ),
        (
            "gates: [{configuration: \"*\", finding: lost, max: 0, excpt: [fsync-pending]}]",
            "6:53: gates[0].excpt: is no field of a gate; did you mean \"except\"? Known here: configuration, fault, finding, "
                + "figure, max, min, except"
        ),
    ])
    func gatesAndControlsThatJudgeNothingAreRefused(line: String, text: String) {
        #expect(refusal(of: small(line)) == text)
    }

    @Test func aFindingThatThereIsNotIsRefusedAtItsPlace() {
        let text = refusal(of: small("gates: [{configuration: \"*\", finding: lots, max: 0}]"))
        #expect(
            text.hasPrefix("6:39: gates[0].finding: there is no finding `lots`; did you mean `lost`? there are lost, "))
    }

    @Test(arguments: [
        ("{}", "1:1: suite: is missing, and a suite needs it; add it, such as suite: redis-matrix"),
        ("[a]", "1:1: is a list; a suite is a mapping of fields"),
        (
            "suite: a",
            "1:1: configurations: is missing, and a suite needs it; add it, such as a list of {name: …, system: …}"
        ),
        ("suite: a\nconfigurations: []", "2:17: configurations: is empty; a suite has at least one configuration"),
        (
            "suite: a\nconfigurations: [{system: redis-standalone}]",
            "2:18: configurations[0].name: is missing, and a configuration needs it; add it, such as name: everysec"
        ),
        (
            "suite: a\nconfigurations: [{name: a, sytem: redis-standalone}]",
            "2:28: configurations[0].sytem: is no field of a configuration; did you mean \"system\"? Known here: name, system"
        ),
        (
            "suite: a\nconfigurations: [{name: a, system: redis-standlone}]",
            "2:36: configurations[0].system: there is no system `redis-standlone`; did you mean `redis-standalone`?"
        ),
        (
            "suite: a\nfaults: [none]\nconfigurations: [{name: a, system: hybrid}]",
            "3:18: configurations[0].hot: is missing, and a hybrid needs it; add it, such as hot: {system: redis-replicated}"
        ),
        (
            "suite: a\nconfigurations: [{name: a, system: redis-standalone}]",
            "2:18: configurations[0].faults: is missing, and the suite has no faults either; add one of them, such as "
                + "faults: [none, primary-kill]"
        ),
        (
            "suite: a\nfaults: [none]\nconfigurations:\n- {name: a, system: redis-standalone}\n"
                + "- {name: a, system: redis-standalone}",
            "5:10: configurations[1].name: another configuration is called \"a\"; it stands on line 4; rename one"
        ),
        (
            "suite: a\nfaults: [none]\nconfigurations:\n- {name: a b, system: redis-standalone}\n"
                + "- {name: a/b, system: redis-standalone}",
            "5:10: configurations[1].name: \"a/b\" and \"a b\" would share the folder \"a-b\"; rename one so that they differ "
                + "in letters, digits or one of ._-+="
        ),
        (
            "suite: a\nfaults: [none]\nconfigurations: [{name: a, system: redis-standalone, faults: [none]}]",
            "2:9: faults: no configuration takes this list, for each has faults of its own; leave it out"
        ),
        (
            "suite: a\nconfigurations: [{name: a, system: redis-standalone, faults: []}]",
            "2:62: configurations[0].faults: names no fault; name one; `none` is the one that breaks nothing"
        ),
        (
            "suite: a\nconfigurations: [{name: a, system: redis-standalone, faults: [none, none]}]",
            "2:69: configurations[0].faults[1]: \"none\" is in the list twice; keep one, and set its trials"
        ),
        (
            "suite: a\nconfigurations: [{name: a, system: redis-standalone, faults: [{fault: none, trials: 0}]}]",
            "2:85: configurations[0].faults[0].trials: \"0\" is out of range; write a whole number from 1 to 10000"
        ),
        (
            "suite: a\nconfigurations: [{name: a, system: redis-standalone, faults: [{fault: none, descripton: x}]}]",
            "2:77: configurations[0].faults[0].descripton: is no field of an entry of faults; did you mean \"description\"? "
                + "Known here: fault, description, trials, workload, with"
        ),
        (
            "suite: a\nfaults: [none]\nconfigurations: [{name: a, system: redis-standalone, settings: [x]}]",
            "3:64: configurations[0].settings: is a list; write a mapping, such as {name: value}"
        ),
        (
            "suite: a\nfaults: [none]\nconfigurations: [{name: a, system: redis-standalone, retries: twice}]",
            "3:63: configurations[0].retries: \"twice\" is not known; known here: none, until-acked, client, idempotent"
        ),
    ])
    func whatIsMissingOrUnknownIsRefused(text: String, message: String) {
        #expect(refusal(of: text) == message)
    }

    @Test func anUnknownFaultIsRefusedWithWhatThereIs() {
        let text = refusal(of: small().replacing("primary-kill", with: "primary-kil"))
        #expect(
            text.hasPrefix(
                "5:16: faults[1]: there is no fault \"primary-kil\"; did you mean \"primary-kill\"? Known here: "))
    }

    @Test func aFaultThatCannotBeDoneYetIsRefusedAtItsStep() throws {
        let folder = try FaultFolder([
            "cut": "applies-to: [redis-standalone]\ntimeline: [{at: 1s, do: kill, node: bridge}]",
            "torn": "applies-to: [redis-standalone]\ntimeline: [{do: kil, node: primary}]",
        ])
        let cut = refusal(of: small().replacing("primary-kill", with: "cut"), faults: [folder.path])
        #expect(cut.hasPrefix("\(folder.path)/cut.yml:4:12: timeline[0]: there is no bridge: the system has none"))
        let torn = refusal(of: small().replacing("primary-kill", with: "torn"), faults: [folder.path])
        #expect(
            torn.hasPrefix("\(folder.path)/torn.yml:4:17: timeline[0].do: \"kil\" is not known; did you mean \"kill\"?")
        )
    }

    @Test(arguments: ["{do: kill, node: [primary, producer 3]}", "{do: start, worker: producer, as: 3}"])
    func aProducerThatTheWorkloadHasNotIsRefused(step: String) throws {
        let folder = try FaultFolder(["third": "applies-to: [redis-standalone]\ntimeline: [\(step)]"])
        let text = small().replacing("primary-kill", with: "third")
        let refused = refusal(of: text, faults: [folder.path])
        #expect(
            refused == "\(folder.path)/third.yml:4:12: timeline[0]: there is no producer 3: the workload has 2; "
                + "set workload.producers to 3 or more, or name another")
        #expect(refusal(of: text + "\nworkload: {producers: 3}", faults: [folder.path]).hasPrefix("no refusal"))
    }

    @Test func cellsThatWouldShareAFolderAreRefused() throws {
        let folder = try FaultFolder(["none-2": "applies-to: [redis-standalone]\ntimeline: []"])
        let text = small().replacing("[none, primary-kill]", with: "[none, {fault: none, workload: {rate: 1}}, none-2]")
        #expect(
            refusal(of: text, faults: [folder.path])
                == "5:52: faults[2]: \"none-2\" and \"none\" would share a folder; rename one of the faults")
    }

    /// Whatever a file holds, it is read or refused at a place; the shipped suites and faults with bytes changed, lost
    /// and repeated stand for what people's editors do.
    @Test func mangledFilesAreReadOrRefused() throws {
        var random = SplitMix64(seed: 20, purpose: .faults)
        let names = ["suites/audit.yml", "suites/redis-matrix.yml", "faults/primary-paused.yml"]
        var refused = 0
        for round in 0..<300 {
            var bytes = try YAML.bytes(of: packageRoot + "/" + names[round % names.count])
            for _ in 0...random.below(3) {
                let place = random.below(bytes.count)
                switch random.below(4) {
                case 0: bytes[place] = UInt8(random.below(256))
                case 1: bytes[place] = Array("[]{}:,#*&!|>'\"%@`$- \n\t0".utf8)[random.below(23)]
                case 2: bytes.removeSubrange(place..<min(bytes.count, place + 1 + random.below(20)))
                default:
                    bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 30)], at: random.below(bytes.count))
                }
            }
            do throws(Diagnostic) {
                if names[round % names.count].hasPrefix("suites") {
                    _ = try Suite.read(bytes, path: "s.yml", ownFaults: [packageRoot + "/faults"])
                } else {
                    _ = try FaultFile(try YAML.read(bytes, file: "s.yml"))
                }
            } catch {
                refused += 1
                #expect(error.file.hasSuffix(".yml") && !error.problem.isEmpty)
            }
        }
        #expect(refused > 200)
    }

    @Test func whatIsNoYAMLIsRefused() {
        #expect(
            refusal(of: small("workload:\n\tagents: 1"))
                == "7:1: found character that cannot start any token (while scanning for the next token at line 7); "
                + "indent with spaces: YAML takes no tabs there")
        #expect(
            refusal(of: small("suite: b"))
                == "6:1: suite: is given twice; it stands on line 1 already; keep one of them")
        #expect(
            refusal { try Suite.load("no/such.yml", ownFaults: []) }
                == "no/such.yml: there is no such file; check the path")
    }
}
