import History
import Testing

private let life = [
    header,
    #"{"type":"fault","t":1000000000,"id":1,"action":"kill","node":"redis-1","phase":"begin","detail":null}"#,
    #"{"type":"fault","t":1250000000,"id":1,"action":"kill","node":"redis-1","phase":"effect","detail":"gone"}"#,
    #"{"type":"fault","t":99000000000,"id":2,"action":"kill","node":null,"phase":"begin","detail":null}"#,
    #"{"type":"gap","t":1300000000,"worker":"p2","reason":"behind schedule by 2 s"}"#,
    #"{"type":"gap","t":88000000000,"worker":"p2","reason":"too far away to matter"}"#,
    #"{"type":"attempt","t":1100000000,"agent":3,"seq":7,"try":1,"kind":"tool-call","intended":1099500000,"crc":9}"#,
    #"{"type":"outcome","t":1200001000,"agent":3,"seq":7,"try":1,"result":"unknown","error":"timed out"}"#,
    #"{"type":"attempt","t":1400000000,"agent":3,"seq":7,"try":2,"kind":"tool-call","intended":1099500000,"crc":9}"#,
    #"{"type":"outcome","t":1400350000,"agent":3,"seq":7,"try":2,"result":"acked","stream":"s","position":41,"error":null}"#,
    #"{"type":"attempt","t":1500000000,"agent":3,"seq":8,"try":1,"kind":"tool-result","intended":1500000000,"crc":1}"#,
    #"{"type":"outcome","t":1500000001,"agent":3,"seq":8,"try":1,"result":"failed","error":"OOM"}"#,
    #"{"type":"replay","pass":1,"stream":"s","position":40,"run":"r","agent":3,"seq":7,"crc":9}"#,
    #"{"type":"replay","pass":1,"stream":"s","position":41,"run":"r","agent":3,"seq":7,"crc":8}"#,
    #"{"type":"replay_end","pass":1,"stream":"s"}"#, #"{"type":"replay_end","pass":2,"stream":"s"}"#,
    #"{"type":"delivery","t":1600000000,"group":"g","consumer":"c","stream":"s","position":41,"agent":3,"seq":7,"crc":9}"#,
    #"{"type":"processed","t":1600500000,"group":"g","consumer":"c","stream":"s","position":41}"#,
    #"{"type":"ack","t":1601000000,"group":"g","consumer":"c","stream":"s","position":41}"#,
    #"{"type":"ack","t":1601000000,"group":"g","consumer":"c","stream":"s","position":99}"#,
    #"{"type":"commit","t":1800000000,"group":"h","stream":"s","position":60}"#,
    #"{"type":"commit","t":1700000000,"group":"h","stream":"s","position":42}"#,
    #"{"type":"group_end","group":"g","stream":"s","passed":41,"pending":[40]}"#,
].joined(separator: "\n")

@Suite struct ExplainTests {
    @Test func anEventsLifeIsToldInOrder() throws {
        let expected = """
            event 7 of agent 3, tool-call

              1.000000 s  fault 1, kill redis-1: begin
              1.100000 s  attempt 1, intended at 1.099500 (500.000 µs late)
              1.200001 s  attempt 1 unknown, error: timed out, 100.001 ms after it began
              1.250000 s  fault 1, kill redis-1: effect (gone)
              1.300000 s  gap in the history of p2: behind schedule by 2 s
              1.400000 s  attempt 2, intended at 1.099500 (300.500 ms late)
              1.400350 s  attempt 2 acked: s at 41, 350.000 µs after it began
              1.600000 s  delivered to group g, consumer c: s at 41
              1.600500 s  processed in group g, consumer c: s at 41
              1.601000 s  acked by group g, consumer c: s at 41
              1.700000 s  group h committed s at 42, which covers 40
              1.700000 s  group h committed s at 42, which covers 41

            pass 1 of the log: s at 40; s at 41, with another checksum (8)
            pass 2 of the log: nowhere
            at the end, s at 40 is pending for group g
            at the end, s at 41 is passed for group g

            """
        #expect(try read(life).explain(agent: 3, seq: 7) == expected)
    }

    @Test func whatGroupsDidWithAPoisonEventIsTold() throws {
        let text = [
            #"{"type":"history","version":1,"run":"r","system":"kafka","configuration":"c","fault":null,"seed":1,"#
                + #""retries":"none","logs":{"main":{"streams":["s"]},"dead":{"streams":["d"],"own":true}}}"#,
            #"{"type":"group","group":"g","dead":"dead","processing":true}"#, #"{"type":"group","group":"idle"}"#,
            #"{"type":"group","group":"undertaker","log":"dead"}"#,
            // It lasted through all of it, from long before.
            #"{"type":"fault","t":1000000000,"id":1,"action":"pause","node":"n","phase":"effect","detail":null}"#,
            #"{"type":"fault","t":80000000000,"id":1,"action":"pause","node":"n","phase":"end","detail":null}"#,
            #"{"type":"fault","t":2000000000,"id":2,"action":"kill","node":"n","phase":"effect","detail":null}"#,
            #"{"type":"fault","t":3000000000,"id":2,"action":"kill","node":"n","phase":"end","detail":null}"#,
            #"{"type":"attempt","t":40000000000,"agent":0,"seq":0,"try":1,"kind":"k","intended":40000000000,"crc":1,"poison":true}"#,
            #"{"type":"outcome","t":40001000000,"agent":0,"seq":0,"try":1,"result":"acked","stream":"s","position":4}"#,
            #"{"type":"delivery","t":40003000000,"group":"g","consumer":"b","stream":"s","position":4,"agent":0,"seq":0,"crc":1}"#,
            #"{"type":"delivery","t":40002000000,"group":"g","consumer":"a","stream":"s","position":4,"agent":0,"seq":0,"crc":1}"#,
            #"{"type":"attempt","t":40004000000,"agent":0,"seq":0,"try":1000000001,"kind":"k","intended":40000000000,"crc":1,"poison":true,"log":"dead"}"#,
            #"{"type":"outcome","t":40006000000,"agent":0,"seq":0,"try":1000000001,"result":"unknown","error":"timed out","log":"dead"}"#,
            #"{"type":"attempt","t":40007000000,"agent":0,"seq":0,"try":1000000002,"kind":"k","intended":40000000000,"crc":1,"poison":true,"log":"dead"}"#,
            #"{"type":"outcome","t":40009000000,"agent":0,"seq":0,"try":1000000002,"result":"acked","stream":"d","position":7,"log":"dead"}"#,
            #"{"type":"processed","t":40010000000,"group":"g","consumer":"b","stream":"s","position":4}"#,
            #"{"type":"replay","pass":1,"stream":"s","position":4,"run":"r","agent":0,"seq":0,"crc":1}"#,
            #"{"type":"replay","pass":1,"stream":"d","position":7,"run":"r","agent":0,"seq":0,"crc":1}"#,
        ].joined(separator: "\n")
        let expected = """
            event 0 of agent 0, k

               1.000000 s  fault 1, pause n: effect
              40.000000 s  attempt 1, intended at 40.000000 (0 ns late), poison
              40.001000 s  attempt 1 acked: s at 4, 1.000 ms after it began
              40.002000 s  delivered to group g, consumer a: s at 4
              40.003000 s  delivered to group g, consumer b: s at 4, the 2nd time
              40.004000 s  moving to the dead letters in log dead, attempt 1000000001
              40.006000 s  move to the dead letters in log dead unknown, error: timed out, 2.000 ms after it began
              40.007000 s  moving to the dead letters in log dead, attempt 1000000002
              40.009000 s  moved to the dead letters in log dead: d at 7, 2.000 ms after it began
              40.010000 s  processed in group g, consumer b: s at 4
              80.000000 s  fault 1, pause n: end

            pass 1 of the log: s at 4; d at 7
            never delivered to group idle
            never delivered to group undertaker

            """
        #expect(try read(text).explain(agent: 0, seq: 0) == expected)
    }

    @Test func anAgentsEventsAreSummedUp() throws {
        let expected = """
            agent 3: 2 events
              7  1.100000 s  tool-call, acked after 2 attempts; pass 1: 2 times; pass 2: nowhere; 1 delivery
              8  1.500000 s  tool-result, failed; pass 1: nowhere; pass 2: nowhere; 0 deliveries

            """
        #expect(try read(life).explain(agent: 3, seq: nil) == expected)
    }

    @Test func whatIsNotThereIsSaidToBeMissing() throws {
        let history = try read(life)
        #expect(history.explain(agent: 3, seq: 9) == "no record of event 9 of agent 3\n")
        #expect(history.explain(agent: 4, seq: nil) == "no record of agent 4\n")
    }

    @Test func foreignEntriesTransactionsAndLogsAreNamed() throws {
        let text = [
            twoLogs,
            #"{"type":"attempt","t":1,"agent":0,"seq":0,"try":1,"kind":"k","intended":5,"crc":1,"transaction":"x","log":"cold","poison":true}"#,
            #"{"type":"transaction","t":9,"id":"x","state":"committed","begun":8}"#,
            #"{"type":"replay","pass":1,"stream":"k","position":"1-2","run":"q\u001b[2J","agent":0,"seq":0,"crc":1}"#,
        ].joined(separator: "\n")
        let expected = """
            event 0 of agent 0, k

              0.000000 s  attempt 1 in log cold, intended at 0.000000 (4 ns early), in transaction x, poison
              0.000000 s  transaction x committed, its end asked for at 0.000000

            pass 1 of the log: k at 1-2, of run q\u{FFFD}[2J

            """
        #expect(try read(text).explain(agent: 0, seq: 0) == expected)
    }

    @Test func extremeTimesDoNotOverflow() throws {
        let line =
            #"{"type":"attempt","t":9223372036854775807,"agent":0,"seq":0,"try":1,"kind":"k","#
            + #""intended":-9223372036854775808,"crc":1}"#
        let text = try read(header + "\n" + line + "\n" + #"{"type":"end","t":0}"#).explain(agent: 0, seq: 0)
        #expect(text.contains("9223372036.854776 s  attempt 1, intended at -9223372036.854776"))
    }
}
