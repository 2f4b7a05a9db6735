import Documents
import Faults
import Testing

struct ParameterTests {
    private let cut = "- {do: isolate, node: primary, from: peers}\n- {after: $cut, do: heal}"

    @Test func aParameterHasItsUsualValueUnlessASuiteSetsAnother() throws {
        #expect(try fault(timeline: cut, parameters: "{cut: 3s}").timeline[1].timing == .after(.seconds(3)))
        let longer = try fault(timeline: cut, parameters: "{cut: 3s}", with: "{cut: 14s}")
        #expect(longer.timeline[1].timing == .after(.seconds(14)))
        #expect(longer.parameters.map(\.name) == ["cut"])
        #expect(longer.parameters[0].value.text == "14s")
    }

    @Test func parametersStandAnywhereInAValue() throws {
        let steps = try fault(
            timeline: """
                - {do: command, node: replica $n, run: [CONFIG, SET, "$key", "a$$b-$n"]}
                - {do: kill, node: $whom}
                - {repeat: $times, every: 1s, steps: [{do: heal}]}
                """, parameters: "{n: 2, key: hz, whom: [replica 1, replica 2], times: 4}"
        ).timeline
        #expect((steps.verbs[0] as? Command)?.words == ["CONFIG", "SET", "hz", "a$b-2"])
        #expect(steps.verbs[0].nodes?.description == "replica 2")
        #expect(steps.verbs[1].nodes?.description == "replica 1, replica 2")
        #expect(steps[2].source.flow == "{repeat: 4, every: 1s, steps: [{do: heal}]}")
    }

    @Test func parametersCannotMakeASmallFileHuge() {
        let long = String(repeating: "x", count: 4000)
        #expect(
            refusal { try fault(timeline: "- {do: command, node: all, run: [$a$a]}", parameters: "{a: \(long)}") }
                == "f.yml:6:34: timeline[0].run[0]: is longer than 4096 bytes with its parameters put in; make it shorter"
        )
        let list = "[" + String(repeating: "a, ", count: 900) + "b]"
        let words = String(repeating: "$a, ", count: 100)
        #expect(
            refusal { try fault(timeline: "- {do: command, node: all, run: [\(words)]}", parameters: "{a: \(list)}") }
                == "f.yml:6:1: timeline: has more than 50000 values with its parameters put in; make it shorter")
        #expect(
            refusal {
                try fault(
                    timeline: "- {do: kill, node: $a}", parameters: "{a: [\(String(repeating: "b,", count: 1000))]}")
            }
                == "f.yml:4:17: parameters.a: has more than 1000 values in it; a parameter is a small thing")
    }

    @Test func aWrongValueIsRefusedWhereItIsWritten() {
        #expect(
            refusal { try fault(timeline: cut, parameters: "{cut: 3s}", with: "{cut: long}") }
                == "suite.yml:1:13: with.cut: \"long\" is no time; write a number with its unit, such as 10s, 200ms or 5m"
        )
        #expect(
            refusal { try fault(timeline: cut, parameters: "{cut: 3}", with: "{cut: 3s}") }
                == "f.yml:4:19: parameters.cut: \"3\" is no time; write a number with its unit, such as 10s, 200ms or 5m"
        )
        #expect(
            refusal { try fault(timeline: cut, parameters: "{cut: 3s}", with: "{cute: 3s}") }
                == "suite.yml:1:8: with.cute: the fault \"tried\" has no such parameter; did you mean \"cut\"? Known here: cut"
        )
        #expect(
            refusal { try fault(timeline: "- {do: heal}", with: "{cut: 3s}") }
                == "suite.yml:1:8: with.cut: the fault \"tried\" has no such parameter; none is known here")
        #expect(
            refusal { try fault(timeline: cut, parameters: "{cot: 3s}") }
                == "f.yml:7:11: timeline[1].after: \"$cut\" is no parameter of this fault; did you mean \"cot\"? "
                + "Known here: cot; write $$ for the sign itself")
        #expect(
            refusal { try fault(timeline: cut, parameters: "{cut: 3s, extra: 1}") }
                == "f.yml:4:23: parameters.extra: is used nowhere; write $extra in the timeline, or leave it out")
        #expect(
            refusal { try fault(timeline: cut, parameters: "{cut: }") }
                == "f.yml:4:19: parameters.cut: has no value; give it the one that holds unless a suite sets another")
        #expect(
            refusal { try fault(timeline: cut, parameters: "{1st: 1}") }
                == "f.yml:4:14: parameters.1st: \"1st\" is no name of a parameter; use letters, digits, - and _, a letter first"
        )
        #expect(
            refusal { try fault(timeline: "- {do: command, node: primary, run: [\"cost $\"]}") }
                == "f.yml:6:38: timeline[0].run[0]: a $ begins a parameter's name, and none follows; "
                + "write $$ for the sign itself")
        #expect(
            refusal { try fault(timeline: "- {do: kill, node: replica $n}", parameters: "{n: [1]}") }
                == "f.yml:4:17: parameters.n: is no text, and stands inside one; give it a text or a number")
    }
}

struct FaultFileTests {
    private func read(_ text: String) -> String {
        refusal { try FaultFile(try YAML.read(text, file: "f.yml")) }
    }

    @Test func theHeadOfAFileIsChecked() {
        let rest = "about: A.\napplies-to: [kafka]\ntimeline: []\n"
        #expect(
            read(rest) == "f.yml:1:1: fault: is missing, and a fault needs it; add it, such as fault: primary-kill")
        #expect(
            read("fault: a\n" + rest + "parameter: {}\n")
                == "f.yml:5:1: parameter: is no field of a fault; did you mean \"parameters\"? Known here: fault, about, "
                + "applies-to, parameters, timeline")
        #expect(
            read("fault: a\nabout: A.\napplies-to: [redis]\ntimeline: []")
                == "f.yml:3:14: applies-to[0]: \"redis\" is not known; known here: redis-standalone, redis-replicated, "
                + "redis-sentinel, redis-cluster, kafka, hybrid")
        #expect(
            read("fault: a\nabout: A.\napplies-to: []\ntimeline: []")
                == "f.yml:3:13: applies-to: names no system; name those it makes sense for, such as redis-standalone")
        #expect(
            read("fault: a\nabout: A.\napplies-to: [kafka, kafka]\ntimeline: []")
                == "f.yml:3:21: applies-to[1]: \"kafka\" is named twice; name it once")
        #expect(
            read("fault: a\nabout: A.\napplies-to: [kafka]\ntimeline: {at: 1s}")
                == "f.yml:4:11: timeline: is a mapping; write a list, such as [a, b]")
        #expect(read("fault: a\n" + rest).hasPrefix("no refusal"))
    }

    @Test func theContractsExampleIsRead() throws {
        let text = """
            fault: primary-isolated
            about: The primary is cut off from its replicas while clients on its side keep writing; a replica is promoted; the cut heals.
            applies-to: [redis-replicated, redis-sentinel, redis-cluster, kafka]
            timeline:
              - {at: 40%, do: isolate, node: primary, from: peers}
              - {wait: promoted, within: 30s}
              - {after: 3s, do: heal}
              - {wait: converged, within: 60s}
            """
        let fault = try FaultFile(try YAML.read(text, file: "f.yml"))
        #expect(fault.timeline.count == 4)
        #expect(fault.applies(to: "kafka") && !fault.applies(to: "redis-standalone"))
    }
}

struct ExplanationTests {
    @Test(arguments: [
        ("- {at: 1s, do: kill, node: producer}\n- {do: restart, node: same}", true),
        ("- {at: 1s, do: reset, node: all, from: clients}\n- {do: heal}", true),
        ("- {at: 1s, do: reset, node: all, from: peers}", false),
        ("- {at: 1s, do: pause, node: producer 1}\n- {do: kill, node: primary}", false),
    ])
    func onlyWhatTouchesNoNodeLeavesThemAlone(_ timeline: String, _ leaves: Bool) throws {
        #expect(try fault(timeline: timeline).leavesNodesAlone == leaves)
    }

    @Test func aFaultExplainsItself() throws {
        let fault = try fault(
            timeline: """
                - {at: 50%, do: kill, node: primary}
                - {repeat: 2, every: 1500ms, steps: [{do: restart, node: down}, {do: drop, node: all, share: $part}]}
                - {each: all, steps: [{wait: command, run: [PING, "a b"], expect: "*", within: 1s}]}
                """, parameters: "{part: 10%}")
        #expect(
            fault.explanation == """
                tried
                  Tried.
                applies to: redis-standalone
                parameter part: 10%
                timeline:
                  {at: 50%, do: kill, node: primary}
                  2 times, every 1.5s:
                    {do: restart, node: down}
                    {do: drop, node: all, share: 10%}
                  for each of all, one after the other:
                    {wait: command, run: [PING, "a b"], expect: "*", within: 1s}
                an effect is proven when
                  kill: the process is gone
                  restart: another process answers, its data loaded; or the server refuses to start
                  drop: probes get lost (not built yet)
                """)
    }
}

struct FaultSearchTests {
    private let shipped = FaultSearch(suite: nil, own: [packageRoot + "/faults"])

    @Test func everyShippedFaultIsReadAndCanBeDone() throws {
        let names = shipped.names
        let known = ["none", "primary-kill", "primary-empty-restart", "power-loss", "graceful-stop", "primary-paused"]
        let ofKafka = [
            "leader-kill", "leader-isolated", "leader-paused", "controller-kill", "isr-shrink", "all-kill",
            "power-loss-all", "last-replica-power-loss", "rolling-restart", "connection-cut", "disk-full",
            "producer-kill", "producer-zombie",
        ]
        #expect(Set(known + ofKafka).isSubset(of: names))
        for name in names {
            let fault = try shipped.load(named: name)
            #expect(fault.notBuilt == nil)
            #expect(fault.applies(to: "redis-replicated") || [["kafka"], ["hybrid"]].contains(fault.appliesTo))
            if ofKafka.contains(name) { #expect(fault.applies(to: "kafka")) }
        }
    }

    @Test func foldersAreLookedThroughInOrder() {
        #expect(
            FaultSearch(suite: "a/b/s.yml", own: ["/own"]).folders == ["faults", "a/b/faults", "a/b/../faults", "/own"])
        #expect(FaultSearch(suite: "s.yml", own: []).folders == ["faults", "faults", "../faults"])
    }

    @Test func aPathNamesAFaultToo() throws {
        #expect(try shipped.load(named: packageRoot + "/faults/none.yml").name == "none")
        let besideSuite = FaultSearch(suite: packageRoot + "/suites/s.yml", own: [])
        #expect(try besideSuite.load(named: "../faults/none.yml").name == "none")
        #expect(try besideSuite.load(named: "none").path.hasSuffix("faults/none.yml"))
    }

    @Test func anUnknownFaultIsRefusedWithWhatThereIs() throws {
        let value = try YAML.read("faults: [primary-kil]", file: "s.yml").mapping()[0].value.list()[0]
        let text = refusal { try FaultSearch(suite: nil, own: [packageRoot + "/faults"]).load(value) }
        #expect(
            text.hasPrefix(
                "s.yml:1:10: faults[0]: there is no fault \"primary-kil\"; did you mean \"primary-kill\"? Known"))
        #expect(text.hasSuffix("; looked in faults, \(packageRoot)/faults"))
        #expect(
            refusal { try shipped.load(named: "no/such.yml") }.hasPrefix("fault: there is no fault \"no/such.yml\""))
    }
}
