import Documents
import Faults
import Systems
import Testing

struct VerbTests {
    @Test func everyVerbOfTheLanguageIsKnown() {
        #expect(
            Verbs.all.map { $0.name } == [
                "kill", "terminate", "pause", "resume", "restart", "start", "promote", "move-slots", "isolate", "limit",
                "drop", "delay", "reset", "power-loss", "fill-disk", "slow-fsync", "step-clock", "sync", "damage",
                "command", "heal",
            ])
        for verb in Verbs.all where verb != Heal.self {
            let kinds = [verb is any BuiltVerb.Type, verb is any BuiltFarVerb.Type, verb is any BuiltProcessVerb.Type]
            #expect(kinds.count { $0 } == 1, "\(verb.name)")
        }
        for verb in Verbs.all { #expect(!verb.about.isEmpty && !verb.proof.isEmpty) }
    }

    @Test func eachVerbReadsItsFields() throws {
        let move = try #require(try verb("{do: move-slots, node: primary 2, share: 10%, how: atomic}") as? MoveSlots)
        #expect(move.nodes?.words == [NodeWord("primary", number: 2)] && move.to == nil)
        #expect(move.share == .percent(10) && move.how == .atomic)
        #expect(try verb("{do: terminate, node: replica 2}").nodes?.words == [NodeWord("replica", number: 2)])
        #expect((try verb("{do: restart, node: down}") as? Restart)?.data == .keep)
        #expect((try verb("{do: restart, node: down, data: empty}") as? Restart)?.data == .empty)
        let consumer = try verb("{do: start, worker: consumer memory-updater}") as? StartWorker
        #expect(consumer?.worker == .consumer(group: "memory-updater"))
        #expect((try verb("{do: start, worker: bridge}") as? StartWorker)?.worker == .bridge)
        #expect((try verb("{do: start, worker: producer, as: 2}") as? StartWorker)?.worker == .producer(identity: 2))
        #expect((try verb("{do: promote, which: worst}") as? Promote)?.which == .worst)
        #expect(try verb("{do: promote, node: replica 1}").nodes?.words.count == 1)
        #expect((try verb("{do: isolate, node: primary, from: peers}") as? Isolate)?.from == .peers)
        let pair = try verb("{do: isolate, node: primary, from: [replica 1, replica 2]}") as? Isolate
        #expect(pair?.from == .nodes(NodeSelection([NodeWord("replica", number: 1), NodeWord("replica", number: 2)])))
        let limit = try verb("{do: limit, node: primary, rate: 200kbit, towards: replica 1}") as? Limit
        #expect(limit?.bitsPerSecond == 200_000)
        #expect(limit?.towards == .nodes(NodeSelection([NodeWord("replica", number: 1)])))
        #expect((try verb("{do: drop, node: primary, share: 10%}") as? Drop)?.share == .percent(10))
        #expect((try verb("{do: drop, node: primary, share: 10%}") as? Drop)?.towards == .everyone)
        #expect((try verb("{do: delay, node: all, by: 50ms, towards: clients}") as? Delay)?.by == .milliseconds(50))
        let reset = try verb("{do: reset, node: primary, from: clients, replies: true, times: 20, every: 1s}") as? Reset
        #expect(reset?.times == 20 && reset?.every == .seconds(1) && reset?.dropsReplies == true)
        #expect((try verb("{do: fill-disk, node: primary}") as? FillDisk)?.leave == 0)
        #expect((try verb("{do: step-clock, node: primary, back: 5s}") as? StepClock)?.by == .seconds(-5))
        #expect((try verb("{do: step-clock, node: primary, ahead: 1h}") as? StepClock)?.by == .seconds(3600))
        #expect((try verb("{do: slow-fsync, node: primary, by: 900ms}") as? SlowFsync)?.by == .milliseconds(900))
        let cut = try verb("{do: damage, node: primary, file: \"*.incr.aof\", cut: 70}") as? Damage
        #expect(cut?.change == .cut(bytes: 70))
        let flip = try verb("{do: damage, node: primary, file: \"*.aof\", flip: 4, place: 25%}") as? Damage
        #expect(flip?.change == .flip(bytes: 4, place: .percent(25)))
        let command = try verb("{do: command, node: primary, run: [CONFIG, SET, hz, 10], expect: OK}") as? Command
        #expect(command?.words == ["CONFIG", "SET", "hz", "10"] && command?.expect == "OK")
        #expect((try verb("{do: heal}") as? Heal)?.what == nil)
        #expect((try verb("{do: heal, what: isolate}") as? Heal)?.what == "isolate")
    }

    @Test(arguments: [
        (
            "{do: kil, node: primary}",
            "8: timeline[1].do: \"kil\" is not known; did you mean \"kill\"? Known here: "
                + "kill, terminate, pause, resume, restart, start, promote, move-slots, isolate, limit, drop, delay, "
                + "reset, power-loss, fill-disk, slow-fsync, step-clock, sync, damage, command, heal"
        ),
        (
            "{do: step-clock, node: primary}",
            "26: timeline[1].node: a clock is stepped one way; write one of `ahead: 10s` and `back: 10s`"
        ),
        (
            "{do: step-clock, node: primary, ahead: 1s, back: 1s}",
            "42: timeline[1].ahead: a clock is stepped one way; write one of `ahead: 10s` and `back: 10s`"
        ),
        (
            "{do: kill}",
            "3: timeline[1].node: is missing, and a step that does kill needs it; add it, such as node: primary"
        ),
        (
            "{do: kill, node: primary, data: keep}",
            "29: timeline[1].data: is no field of a step that does kill; known here: at, after, do, node"
        ),
        (
            "{do: restart, node: primary, data: gone}",
            "38: timeline[1].data: \"gone\" is not known; known here: keep, empty"
        ),
        (
            "{do: restart, node: primary, dta: keep}",
            "32: timeline[1].dta: is no field of a step that does restart; did you mean \"data\"? Known here: at, after, do, "
                + "node, data"
        ),
        (
            "{do: start, worker: consumer}",
            "23: timeline[1].worker: \"consumer\" is no worker that can be started; write consumer and the name of its group, "
                + "bridge, or producer with as"
        ),
        (
            "{do: start, worker: producer}",
            "3: timeline[1].as: is missing, and a step that does start needs it; add it, such as as: 1"
        ),
        (
            "{do: start, worker: bridge, as: 1}",
            "35: timeline[1].as: only a producer takes the identity of another; leave as out"
        ),
        (
            "{do: promote, node: replica 1, which: best}",
            "41: timeline[1].which: stands beside node; write node or which, not both"
        ),
        (
            "{do: promote}",
            "3: timeline[1].node: is missing, and a step that does promote needs it; add it, such as which: best"
        ),
        (
            "{do: isolate, node: primary}",
            "3: timeline[1].from: is missing, and a step that does isolate needs it; add it, such as from: peers"
        ),
        (
            "{do: limit, node: primary, rate: 200}",
            "36: timeline[1].rate: \"200\" is no bit rate; write bits a second, such as 200kbit or 10mbit"
        ),
        (
            "{do: drop, node: primary, share: 0%}", "36: timeline[1].share: 0% drops nothing; write more"
        ),
        (
            "{do: delay, node: primary, by: 50}",
            "34: timeline[1].by: \"50\" is no time; write a number with its unit, such as 10s, 200ms or 5m"
        ),
        (
            "{do: reset, node: primary, from: clients, times: 2}",
            "3: timeline[1].every: is missing, and a step that does reset needs it; add it, such as every: 500ms"
        ),
        (
            "{do: damage, node: primary, file: x, cut: 1, flip: 1}",
            "54: timeline[1].flip: stands beside cut; write cut or flip, not both"
        ),
        (
            "{do: damage, node: primary, file: x, cut: 1, place: 1%}",
            "55: timeline[1].place: is for flip alone; leave it out"
        ),
        (
            "{do: command, node: primary, run: []}",
            "37: timeline[1].run: has no words; write the command and its arguments"
        ),
        (
            "{do: command, node: primary, run: FLUSHALL}",
            "37: timeline[1].run: is \"FLUSHALL\"; write a list, such as [a, b]"
        ),
        (
            "{do: isolate, node: producer, from: peers}",
            "3: timeline[1]: isolate is done to nodes, and \"producer\" is a worker; what is done to workers is kill, "
                + "terminate, pause, resume, restart"
        ),
        (
            "{do: isolate, node: primary, from: [producer 1]}",
            "38: timeline[1].from: \"producer 1\" is a worker, no node; write clients for all"
        ),
        (
            "{do: heal, what: isolat}",
            "20: timeline[1].what: \"isolat\" is not known; did you mean \"isolate\"? Known here: "
                + "kill, terminate, pause, resume, restart, start, promote, move-slots, isolate, limit, drop, delay, "
                + "reset, power-loss, fill-disk, slow-fsync, step-clock, sync, damage, command"
        ),
    ])
    func whatIsWrongIsRefused(step: String, text: String) {
        #expect(refusal(ofStep: step) == text)
    }
}

struct NodeWordTests {
    @Test(arguments: [
        ("primary", NodeWord("primary")), ("replica 1", NodeWord("replica", number: 1)),
        ("cold primary", NodeWord("primary", tier: "cold")), ("hot all", NodeWord("all", tier: "hot")),
        ("cold replica 2", NodeWord("replica", number: 2, tier: "cold")),
        ("consumer 2", NodeWord("consumer", number: 2)),
        ("broker 3", NodeWord("broker", number: 3)), ("redis-1", NodeWord("redis-1")), ("down", NodeWord("down")),
    ])
    func nodeWordsAreRead(text: String, word: NodeWord) throws {
        #expect(try verb("{do: kill, node: \(text)}").nodes?.words == [word])
    }

    @Test(arguments: [
        (
            "primry",
            "20: timeline[1].node: \"primry\" is no node word; did you mean \"primary\"? Known here: primary, replica, "
                + "sentinel, controller, coordinator, broker, replicas, sentinels, controllers, random, all, down, same, "
                + "producer, consumer, bridge"
        ),
        ("replicas 2", "20: timeline[1].node: \"replicas\" takes no number; a number says which one: replica 1"),
        ("all 2", "20: timeline[1].node: \"all\" takes no number; a number says which one: replica 1"),
        ("replica 0", "20: timeline[1].node: \"replica 0\" has no such number; they are numbered from 1"),
        (
            "replica two",
            "20: timeline[1].node: \"replica two\" is no node word; write one word and, if need be, its number: replica 1"
        ),
        ("hot producer", "20: timeline[1].node: \"producer\" has no tier; leave \"hot\" out"),
        ("[]", "20: timeline[1].node: names no node; name one, such as primary"),
        ("[replica 1, replica 1]", "32: timeline[1].node[1]: \"replica 1\" is named twice; name it once"),
        ("{a: b}", "20: timeline[1].node: is no node word; write one, such as primary or replica 1"),
    ])
    func otherWordsAreRefused(text: String, message: String) {
        #expect(refusal(ofStep: "{do: kill, node: \(text)}") == message)
    }
}
