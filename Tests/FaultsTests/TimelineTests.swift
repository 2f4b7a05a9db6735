import Documents
import Faults
import Systems
import Testing

struct TimelineTests {
    @Test func timesAreFromTheStartOrFromTheStepBefore() throws {
        let steps = try fault(
            timeline: """
                - {at: 40%, do: kill, node: primary}
                - {do: restart, node: same}
                - {after: 3s, do: heal}
                - {at: 1m, do: heal}
                """
        ).timeline
        #expect(steps.map(\.timing) == [.share(.percent(40)), .after(.zero), .after(.seconds(3)), .at(.seconds(60))])
        #expect(
            steps.map { $0.timing.offset(workload: .seconds(10)) } == [.seconds(4), .zero, .seconds(3), .seconds(60)])
    }

    @Test func stepsNest() throws {
        let steps = try fault(
            timeline: """
                - each: [replica 1, replica 2]
                  steps:
                    - {do: terminate, node: same}
                    - {after: 1s, do: restart, node: same}
                - {repeat: 3, every: 2s, steps: [{do: reset, node: primary, from: clients}]}
                - {repeat: until-end, every: 2s, steps: [{do: heal}]}
                """
        ).timeline
        guard case .each(let nodes, let inner) = steps[0].action, case .repeat(let three) = steps[1].action,
            case .repeat(let endless) = steps[2].action
        else {
            Issue.record("the steps are \(steps)")
            return
        }
        #expect(nodes.words.count == 2 && inner.count == 2)
        #expect(three.times == 3 && three.every == .seconds(2))
        #expect(endless.times == nil)
        #expect(steps.verbs.map { type(of: $0).name } == ["terminate", "restart", "reset", "heal"])
        #expect(steps.leastDuration(workload: .seconds(10)) == .seconds(10))
        #expect([steps[0], steps[1]].leastDuration(workload: .seconds(10)) == .seconds(5))
    }

    @Test func waitsReadTheirFields() throws {
        let promoted = try wait("{wait: promoted, within: 30s}")
        #expect(promoted.event is Promoted && promoted.within == .seconds(30) && !promoted.mayPass)
        #expect(try wait("{wait: converged, within: 1m, or: continue}").mayPass)
        let holding = try wait("{wait: holding, node: bridge, stage: produced, within: 1s}").event as? Holding
        #expect(holding?.stage == .produced)
        for form in [
            "{wait: {acked: 500}, within: 1s}", "{wait: acked, acked: 500, within: 1s}",
            "{wait: \"acked: 500\", within: 1s}",
        ] {
            #expect((try wait(form).event as? Acked)?.count == 500)
        }
        let command = try wait("{wait: command, node: same, run: [INFO], expect: \"*loading:0*\", within: 1s}").event
        #expect((command as? CommandReply)?.expect == "*loading:0*")
        #expect(try wait("{wait: unsynced, within: 1s}").event.nodes == .same)
        #expect(
            Waits.all.map { $0.name } == [
                "promoted", "converged", "answering", "holding", "unsynced", "acked", "caught-up", "command",
            ])
    }

    @Test(arguments: [
        (
            "{at: 1s, after: 1s, do: heal}",
            "19: timeline[1].after: a step has at or after, not both; leave out after, or at (1s)"
        ),
        (
            "{at: soon, do: heal}",
            "8: timeline[1].at: \"soon\" is no moment; write a time from the workload's start, such as 4s, or a share of its "
                + "duration, such as 40%"
        ),
        (
            "{at: 101%, do: heal}",
            "8: timeline[1].at: \"101%\" is no moment; write a time from the workload's start, such as 4s, or a share of its "
                + "duration, such as 40%"
        ),
        (
            "{at: 5, do: heal}",
            "8: timeline[1].at: \"5\" is no moment; write a time from the workload's start, such as 4s, or a share of its "
                + "duration, such as 40%"
        ),
        (
            "{do: heal, wait: promoted}",
            "3: timeline[1]: says both do and wait; a step says one of do, wait, each, repeat"
        ),
        (
            "{at: 1s}",
            "3: timeline[1].do: is missing, and a step needs it; add it, such as {at: 50%, do: kill, node: primary}"
        ),
        ("heal", "3: timeline[1]: is \"heal\"; a step is a mapping of fields"),
        (
            "{wait: promotd, within: 1s}",
            "10: timeline[1].wait: \"promotd\" is not known; did you mean \"promoted\"? Known here: promoted, converged, "
                + "answering, holding, unsynced, acked, caught-up, command"
        ),
        (
            "{wait: promoted}",
            "3: timeline[1].within: is missing, and a step that waits for promoted needs it; add it, such as within: 30s"
        ),
        (
            "{wait: promoted, within: 0s}",
            "28: timeline[1].within: \"0s\" is out of range; write a time from 1ms to 1d"
        ),
        (
            "{wait: promoted, within: 1s, or: fail}",
            "36: timeline[1].or: \"fail\" is not known; known here: continue"
        ),
        (
            "{wait: answering, node: producer, within: 1s}",
            "3: timeline[1]: answering is about nodes, and \"producer\" is a worker; name a node"
        ),
        (
            "{wait: acked, within: 1s}",
            "3: timeline[1].acked: is missing, and a step that waits for acked needs it; add it, such as acked: 500"
        ),
        (
            "{wait: {acked: 0}, within: 1s}",
            "18: timeline[1].wait.acked: \"0\" is out of range; write a whole number, 1 or more"
        ),
        (
            "{repeat: 0, every: 1s, steps: []}",
            "12: timeline[1].repeat: \"0\" is out of range; write a whole number from 1 to 100000"
        ),
        (
            "{repeat: forever, every: 1s, steps: []}",
            "12: timeline[1].repeat: \"forever\" is no number of rounds; write a number, or until-end"
        ),
        (
            "{repeat: 2, steps: [{do: heal}]}",
            "3: timeline[1].every: is missing, and a step with repeat needs it; add it, such as every: 2s"
        ),
        ("{each: all, steps: []}", "22: timeline[1].steps: has no steps; write what is to be done"),
        (
            "{each: all, steps: [{at: 1s, do: heal}]}",
            "28: timeline[1].steps[0].at: a step inside each or repeat happens more than once; time it from the step before, "
                + "with after"
        ),
    ])
    func whatIsWrongIsRefused(step: String, text: String) {
        #expect(refusal(ofStep: step) == text)
    }

    @Test func stepsStandInOrderOfTime() {
        #expect(
            refusal(ofStep: "{at: 20%, do: heal}", after: "{at: 40%, do: heal}")
                == "8: timeline[1].at: 20% lies before the step above, at 40%; put the steps in order of time")
        #expect(
            refusal(ofStep: "{at: 1s, do: heal}", after: "{at: 2s, do: heal}")
                == "8: timeline[1].at: 1s lies before the step above, at 2s; put the steps in order of time")
    }

    @Test func sameNeedsSomeoneNamedBefore() {
        #expect(
            refusal(ofStep: "{wait: answering, within: 1s}", after: "{do: heal}")
                == "3: timeline[1]: no step before this one names the node that same means; name it here")
        #expect(
            refusal(ofStep: "{do: kill, node: same}", after: "{do: heal}")
                == "3: timeline[1]: no step before this one names the node that same means; name it here")
    }

    @Test func whatIsNotBuiltIsSaidAtItsPlace() throws {
        let isolated = try fault(timeline: "- {do: kill, node: primary}\n- {do: slow-fsync, node: primary, by: 1s}")
        #expect(
            isolated.notBuilt?.description
                == "f.yml:7:3: timeline[1]: slow-fsync is not built yet; built are kill, terminate, pause, resume, restart, "
                + "start, promote, move-slots, isolate, limit, reset, power-loss, fill-disk, command, heal")
        let nested = try fault(timeline: "- {each: all, steps: [{do: drop, node: same, share: 1%}]}")
        #expect(
            nested.notBuilt?.description.hasPrefix("f.yml:6:23: timeline[0].steps[0]: drop is not built yet") == true)
        #expect(try fault(timeline: "- {do: heal}").notBuilt == nil)
        #expect(try fault(timeline: "- {do: kill, node: producer 1}").notBuilt == nil)
        #expect(
            try fault(timeline: "- {do: kill, node: [primary, bridge]}").notBuilt?.description
                == "f.yml:6:3: timeline[0]: there is no bridge yet; the workers that there are are producers and consumers"
        )
        #expect(try fault(timeline: "- {do: start, worker: consumer readers}").notBuilt == nil)
    }
}
