import Foundation
import History
import Testing

/// One line that must be refused after a header (or as the first line), and the field that the refusal names.
struct Bad: CustomTestStringConvertible, Sendable {
    let line: String
    let field: String?
    let says: String
    var first = header
    var before: [String] = []

    init(_ line: String, _ field: String?, _ says: String, after first: String = header, _ before: String...) {
        (self.line, self.field, self.says, self.first, self.before) = (line, field, says, first, before)
    }

    var testDescription: String { line }
}

private func changed(_ text: String, _ what: String, _ with: String) -> String {
    precondition(text.contains(what), "\(what) is not in \(text)")
    return text.replacingOccurrences(of: what, with: with)
}

private let outcome =
    #"{"type":"outcome","t":2,"agent":0,"seq":0,"try":1,"result":"acked","stream":"s","position":0,"error":null}"#
private let replay =
    #"{"type":"replay","pass":1,"stream":"s","position":0,"run":"r","agent":0,"seq":0,"crc":1}"#
private let delivery =
    #"{"type":"delivery","t":3,"group":"g","consumer":"c","stream":"s","position":0,"agent":0,"seq":0,"crc":1}"#
private let groupEnd = #"{"type":"group_end","group":"g","stream":"s","passed":0,"pending":[0]}"#
private let fault = #"{"type":"fault","t":1,"id":1,"action":"kill","node":"n","phase":"begin","detail":null}"#

@Suite struct RefusalTests {
    @Test func goodLinesAreAccepted() throws {
        let lines = [header, attempt, outcome, replay, delivery, groupEnd, fault, #"{"type":"end","t":9}"#]
        let history = try read(lines.joined(separator: "\n"))
        #expect(history.chunks.map(\.records.count) == [4])
        #expect(history.faults.count == 1 && history.groupEnds.count == 1 && history.ends == 1)
    }

    static let numbers: [Bad] = [
        Bad(changed(attempt, #""seq":0"#, #""seq":1.0"#), "seq", "1.0 is not a whole number in plain digits"),
        Bad(changed(attempt, #""seq":0"#, #""seq":1e2"#), "seq", "plain digits"),
        Bad(changed(attempt, #""seq":0"#, #""seq":1E2"#), "seq", "plain digits"),
        Bad(changed(attempt, #""seq":0"#, #""seq":"0""#), "seq", "a whole number is needed, not a string"),
        Bad(changed(attempt, #""seq":0"#, #""seq":true"#), "seq", "not true or false"),
        Bad(changed(attempt, #""seq":0"#, #""seq":[0]"#), "seq", "not an array"),
        Bad(changed(attempt, #""seq":0"#, #""seq":{}"#), "seq", "not an object"),
        Bad(changed(attempt, #""seq":0"#, #""seq":null"#), "seq", "null is not allowed"),
        Bad(changed(attempt, #""seq":0"#, #""seq":-1"#), "seq", "out of range"),
        Bad(changed(attempt, #""seq":0"#, #""seq":9223372036854775808"#), "seq", "out of range"),
        Bad(changed(attempt, #""seq":0"#, #""seq":18446744073709551616"#), "seq", "out of range"),
        Bad(changed(attempt, #""seq":0"#, #""seq":100000000000000000000000"#), "seq", "out of range"),
        Bad(changed(attempt, #""seq":0"#, #""seq":01"#), "seq", "leading zero"),
        Bad(changed(attempt, #""seq":0"#, #""seq":-01"#), "seq", "leading zero"),
        Bad(changed(attempt, #""seq":0"#, #""seq":+1"#), "seq", "no JSON value"),
        Bad(changed(attempt, #""seq":0"#, #""seq":0x1"#), "seq", "comma or }"),
        Bad(changed(attempt, #""seq":0"#, #""seq":1."#), "seq", "without digits"),
        Bad(changed(attempt, #""seq":0"#, #""seq":.5"#), "seq", "no JSON value"),
        Bad(changed(attempt, #""seq":0"#, #""seq":1e"#), "seq", "without digits"),
        Bad(changed(attempt, #""seq":0"#, #""seq":-"#), "seq", "without digits"),
        Bad(changed(attempt, #""seq":0"#, #""seq":NaN"#), "seq", "no JSON value"),
        Bad(changed(attempt, #""seq":0"#, #""seq":１"#), "seq", "no JSON value"),
        Bad(changed(attempt, #""t":1"#, #""t":-1"#), "t", "0 to 9223372036854775807"),
        Bad(changed(attempt, #""agent":0"#, #""agent":-5"#), "agent", "out of range"),
        Bad(changed(attempt, #""try":1"#, #""try":0"#), "try", "out of range: 1 to"),
        Bad(changed(attempt, #""crc":1"#, #""crc":4294967296"#), "crc", "0 to 4294967295"),
        Bad(changed(attempt, #""crc":1"#, #""crc":-1"#), "crc", "out of range"),
        Bad(changed(attempt, #""intended":1"#, #""intended":-9223372036854775809"#), "intended", "out of range"),
        Bad(changed(attempt, #""intended":1"#, #""intended":9223372036854775808"#), "intended", "out of range"),
        Bad(changed(replay, #""pass":1"#, #""pass":0"#), "pass", "out of range"),
        Bad(changed(fault, #""id":1"#, #""id":-1"#), "id", "out of range"),
        Bad(#"{"type":"end","t":1.5}"#, "t", "plain digits"),
        Bad(#"{"type":"transaction","t":1,"id":"x","state":"committed","begun":-1}"#, "begun", "out of range"),
    ]

    static let missing: [Bad] = [
        Bad(changed(attempt, #""t":1,"#, ""), "t", "missing"),
        Bad(changed(attempt, #""agent":0,"#, ""), "agent", "missing"),
        Bad(changed(attempt, #""seq":0,"#, ""), "seq", "missing"),
        Bad(changed(attempt, #""try":1,"#, ""), "try", "missing"),
        Bad(changed(attempt, #""kind":"k","#, ""), "kind", "missing"),
        Bad(changed(attempt, #""intended":1,"#, ""), "intended", "missing"),
        Bad(changed(attempt, #","crc":1"#, ""), "crc", "missing"),
        Bad(changed(outcome, #""result":"acked","#, ""), "result", "missing"),
        Bad(changed(outcome, #""try":1,"#, ""), "try", "missing"),
        Bad(changed(replay, #""pass":1,"#, ""), "pass", "missing"),
        Bad(changed(replay, #""stream":"s","#, ""), "stream", "missing"),
        Bad(changed(replay, #""position":0,"#, ""), "position", "missing"),
        Bad(changed(replay, #""run":"r","#, ""), "run", "missing"),
        Bad(changed(replay, #""seq":0,"#, ""), "seq", "missing"),
        Bad(changed(replay, #","crc":1"#, ""), "crc", "missing"),
        Bad(changed(delivery, #""group":"g","#, ""), "group", "missing"),
        Bad(changed(delivery, #""consumer":"c","#, ""), "consumer", "missing"),
        Bad(changed(delivery, #""seq":0,"#, ""), "seq", "missing"),
        Bad(#"{"type":"ack","t":1,"group":"g","stream":"s","position":0}"#, "consumer", "missing"),
        Bad(#"{"type":"processed","t":1,"group":"g","stream":"s","position":0}"#, "consumer", "missing"),
        Bad(#"{"type":"commit","t":1,"stream":"s","position":0}"#, "group", "missing"),
        Bad(#"{"type":"commit","t":1,"group":"g","stream":"s"}"#, "position", "missing"),
        Bad(#"{"type":"replay_end","pass":1}"#, "stream", "missing"),
        Bad(#"{"type":"replay_end","stream":"s"}"#, "pass", "missing"),
        Bad(#"{"type":"transaction","t":1,"id":"x"}"#, "state", "missing"),
        Bad(#"{"type":"transaction","t":1,"state":"aborted"}"#, "id", "missing"),
        Bad(#"{"type":"group"}"#, "group", "missing"),
        Bad(changed(groupEnd, #","pending":[0]"#, ""), "pending", "missing"),
        Bad(changed(groupEnd, #""group":"g","#, ""), "group", "missing"),
        Bad(changed(fault, #""action":"kill","#, ""), "action", "missing"),
        Bad(changed(fault, #""phase":"begin","#, ""), "phase", "missing"),
        Bad(changed(fault, #""id":1,"#, ""), "id", "missing"),
        Bad(#"{"type":"gap","t":1,"worker":"w"}"#, "reason", "missing"),
        Bad(#"{"type":"gap","t":1,"reason":"x"}"#, "worker", "missing"),
        Bad(#"{"type":"end"}"#, "t", "missing"),
        Bad(#"{"t":1}"#, "type", "missing"),
        Bad("{}", "type", "missing"),
    ]

    static let nulls: [Bad] = [
        Bad(changed(attempt, #""kind":"k""#, #""kind":null"#), "kind", "null"),
        Bad(changed(outcome, #""result":"acked""#, #""result":null"#), "result", "null"),
        Bad(changed(replay, #""stream":"s""#, #""stream":null"#), "stream", "null"),
        Bad(changed(replay, #""position":0"#, #""position":null"#), "position", "null"),
        Bad(changed(replay, #""run":"r""#, #""run":null"#), "run", "null"),
        Bad(changed(replay, #""seq":0"#, #""seq":null"#), "seq", "null"),
        Bad(changed(replay, #""crc":1"#, #""crc":null"#), "crc", "null"),
        Bad(changed(delivery, #""seq":0"#, #""seq":null"#), "seq", "null"),
        Bad(changed(delivery, #""consumer":"c""#, #""consumer":null"#), "consumer", "null"),
        Bad(changed(groupEnd, "[0]", "null"), "pending", "null"),
        Bad(changed(groupEnd, "[0]", "[null]"), "pending", "not null"),
        Bad(changed(fault, #""phase":"begin""#, #""phase":null"#), "phase", "null"),
        Bad(#"{"type":null,"t":1}"#, "type", "null"),
        Bad(#"{"type":"group","group":null}"#, "group", "null"),
        Bad(#"{"type":"gap","t":1,"worker":"w","reason":null}"#, "reason", "null"),
        Bad(#"{"type":"transaction","t":1,"id":null,"state":"aborted"}"#, "id", "null"),
    ]

    static let words: [Bad] = [
        Bad(changed(outcome, #""acked""#, #""ACKED""#), "result", "known: acked, failed, unknown"),
        Bad(changed(outcome, #""acked""#, #""""#), "result", "known: acked"),
        Bad(changed(outcome, #""acked""#, "1"), "result", "a word is needed"),
        Bad(changed(fault, #""begin""#, #""heal""#), "phase", "known: begin, effect, end"),
        Bad(#"{"type":"transaction","t":1,"id":"x","state":"open"}"#, "state", "known: committed, aborted, unknown"),
        Bad(#"{"type":"transaction","t":1,"id":7,"state":"aborted"}"#, "id", "a string is needed"),
        Bad(#"{"type":"group","group":"g","isolation":"serializable"}"#, "isolation", "known: read_committed"),
        Bad(#"{"type":"group","group":"g","isolation":"read_uncommitted"}"#, "isolation", "known: read_committed"),
        Bad(#"{"type":"group","group":"g","processing":1}"#, "processing", "true or false is needed"),
        Bad(changed(attempt, #""crc":1"#, #""crc":1,"poison":"yes""#), "poison", "true or false is needed"),
        Bad(changed(attempt, #""kind":"k""#, #""kind":7"#), "kind", "a string is needed, not a number"),
        Bad(changed(attempt, #""crc":1"#, #""crc":1,"transaction":5"#), "transaction", "a string is needed"),
        Bad(changed(outcome, #""error":null"#, #""error":5"#), "error", "a string is needed"),
        Bad(changed(groupEnd, "[0]", "0"), "pending", "an array of positions is needed"),
        Bad(#"{"type":"atempt","t":1}"#, "type", "atempt is not a type"),
        Bad(#"{"type":"Attempt","t":1}"#, "type", "is not a type"),
        Bad(#"{"type":5}"#, "type", "a string is needed"),
        Bad(header, "type", "given again"),
    ]

    static let positions: [Bad] =
        [
            "1", "1-", "-1", "01-0", "1-00", "a-b", "1-0-0", " 1-0", "1 -0", "18446744073709551616-0",
            "0-18446744073709551616", "", "-", "+1-0", "1_0-0", "１-0", "1--1",
        ].map { Bad(changed(replay, #""position":0"#, "\"position\":\"\($0)\""), "position", "no position MS-SEQ") }
        + [
            Bad(changed(replay, #""position":0"#, #""position":-1"#), "position", "out of range"),
            Bad(changed(replay, #""position":0"#, #""position":9223372036854775808"#), "position", "out of range"),
            Bad(changed(replay, #""position":0"#, #""position":0.0"#), "position", "plain digits"),
            Bad(changed(replay, #""position":0"#, #""position":false"#), "position", "is needed"),
            Bad(changed(replay, #""position":0"#, #""position":"1-0""#), "position", "both", after: header, replay),
            Bad(changed(outcome, #""position":0"#, #""position":"1-0""#), "position", "both", after: header, replay),
            Bad(changed(delivery, #""position":0"#, #""position":"1-0""#), "position", "both", after: header, replay),
            Bad(changed(groupEnd, #""passed":0"#, #""passed":"1-0""#), "passed", "both", after: header, replay),
            Bad(changed(groupEnd, "[0]", #"["1-0"]"#), "pending", "both", after: header, replay),
            Bad(changed(groupEnd, "[0]", #"[0,"1-0"]"#), "pending", "both"),
            Bad(changed(groupEnd, "[0]", #"[0,1.0]"#), "pending", "plain digits"),
        ]

    static let logs: [Bad] = [
        Bad(changed(attempt, #""crc":1"#, #""crc":1,"log":"hot""#), "log", "no log"),
        Bad(changed(attempt, #""crc":1"#, #""crc":1,"log":"warm""#), "log", "no log", after: twoLogs),
        Bad(changed(outcome, #""error":null"#, #""error":null,"log":"warm""#), "log", "no log", after: twoLogs),
        Bad(changed(attempt, #""crc":1"#, #""crc":1,"log":0"#), "log", "a string is needed", after: twoLogs),
        Bad(#"{"type":"group","group":"g","log":"warm"}"#, "log", "no log", after: twoLogs),
        Bad(#"{"type":"group","group":"g","dead":"warm"}"#, "dead", "no log", after: twoLogs),
        Bad(#"{"type":"group","group":"g","dead":"dlq"}"#, "dead", "no log"),
        Bad(
            #"{"type":"group","group":"g","log":"cold","dead":"cold"}"#, "dead", "that the group reads", after: twoLogs),
        Bad(#"{"type":"group","group":"g","dead":"hot"}"#, "dead", "that the group reads", after: twoLogs),
        Bad(#"{"type":"group","group":"g","log":null,"dead":"hot"}"#, "dead", "the group reads", after: twoLogs),
        Bad(
            #"{"type":"group","group":"g"}"#, "group", "a second record", after: header,
            #"{"type":"group","group":"g"}"#),
        Bad(
            #"{"type":"group","group":"\u0067"}"#, "group", "a second", after: header, #"{"type":"group","group":"g"}"#),
    ]

    static let texts: [Bad] = [
        Bad("[]", nil, "does not begin with {"),
        Bad("5", nil, "does not begin with {"),
        Bad("null", nil, "does not begin with {"),
        Bad("{", nil, "name in quotes"),
        Bad(#"{"type""#, "type", "colon"),
        Bad(#"{"type":"#, "type", "ends where a value"),
        Bad(#"{"type":"en"#, "type", "not closed"),
        Bad(#"{"type":"end","t":1"#, "t", "ends within the object"),
        Bad(#"{"type":"end","t":1}}"#, nil, "something follows"),
        Bad(#"{"type":"end","t":1} {"type":"end","t":1}"#, nil, "something follows"),
        Bad(#"{"type":"end","t":1},"#, nil, "something follows"),
        Bad(#"{"type":"end","t":1,}"#, nil, "name in quotes"),
        Bad(#"{,"type":"end","t":1}"#, nil, "name in quotes"),
        Bad(#"{'type':'end','t':1}"#, nil, "name in quotes"),
        Bad(#"{type:"end","t":1}"#, nil, "name in quotes"),
        Bad(#"{"type":"end";"t":1}"#, "type", "comma"),
        Bad(#"{"type":"end","t":1} // note"#, nil, "something follows"),
        Bad(#"{"type":"end","t":1,"x":[1,]}"#, "x", "no JSON value"),
        Bad(#"{"type":"end","t":1,"x":[1 2]}"#, "x", "array is not closed"),
        Bad(#"{"type":"end","t":1,"x":{"a":1]}"#, "x", "object is not closed"),
        Bad(#"{"type":"end","t":1,"x":{"a"}}"#, "x", "colon"),
        Bad(#"{"type":"end","t":1,"x":tru}"#, "x", "no JSON value"),
        Bad(#"{"type":"end","t":1,"x":01}"#, "x", "leading zero"),
        Bad(#"{"type":"end","t":1,"x":"\x"}"#, "x", "escape"),
        Bad(#"{"type":"end","t":1,"x":"\u12g4"}"#, "x", "hexadecimal"),
        Bad(#"{"type":"end","t":1,"x":"\u12"}"#, "x", "hexadecimal"),
        Bad("{\"type\":\"end\",\"t\":1,\"x\":\"a\tb\"}", "x", "control character"),
        Bad("{\"type\":\"end\",\"t\":1,\"x\":\"a\u{0}b\"}", "x", "control character"),
        Bad("\u{FEFF}" + attempt, nil, "does not begin with {"),
        Bad("\u{C}", nil, "does not begin with {"),
        Bad("\u{A0}", nil, "does not begin with {"),
        Bad(#"{"type":"end","t":1,"t":1}"#, "t", "given twice"),
        Bad(#"{"type":"end","t":1,"\u0074":1}"#, "t", "given twice"),
        Bad(#"{"type":"end","type":"end","t":1}"#, "type", "given twice"),
        Bad(#"{"type":"end","t":1,"x":1,"x":2}"#, "x", "given twice"),
        Bad(#"{"type":"end","t":1,"x":1,"\u0078":2}"#, #"\u0078"#, "given twice"),
        Bad(#"{"type":"end","t":1,"seq":1,"seq":2}"#, "seq", "given twice"),
        Bad(changed(attempt, #""kind":"k""#, #""kind":"\ud800""#), "kind", "surrogate"),
        Bad(changed(attempt, #""kind":"k""#, #""kind":"\udc00\ud800""#), "kind", "surrogate"),
        Bad(changed(attempt, #""kind":"k""#, #""kind":"\ud800\u0041""#), "kind", "surrogate"),
        Bad(changed(delivery, #""group":"g""#, #""group":"\ud800""#), "group", "surrogate"),
    ]

    @Test(arguments: numbers + missing + nulls + words + positions + logs + texts)
    func badLinesAreRefusedWithLineAndField(_ bad: Bad) throws {
        let lines = [bad.first] + bad.before + [bad.line]
        let error = try #require(refusal(Array(lines.joined(separator: "\n").utf8)))
        #expect(error.line == lines.count)
        #expect(error.field == bad.field)
        #expect(error.problem.contains(bad.says), "\(error)")
        let field = bad.field.map { "\($0): " } ?? ""
        #expect(error.description == "f:\(lines.count): \(field)\(error.problem)")
        // The lines before it are not what is wrong, and a line after it does not help.
        #expect(refusal(Array(lines.dropLast().joined(separator: "\n").utf8)) == nil)
        #expect(refusal(Array((lines + [#"{"type":"end","t":9}"#]).joined(separator: "\n").utf8))?.line == lines.count)
    }
}
