import Foundation
import History
import Testing

private func records(_ history: History) -> [Record] { history.chunks.flatMap { Array($0.records) } }

private func padded(_ depth: Int, _ open: String, _ close: String) -> String {
    let inner = String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth)
    return #"{"type":"end","t":1,"x":"# + inner + "}"
}

@Suite struct AcceptanceTests {
    @Test func everyFieldOfAnAttemptIsRead() throws {
        let line =
            #"{"type":"attempt","t":9223372036854775807,"agent":2,"seq":3,"try":4,"kind":"k","intended":"#
            + #"-9223372036854775808,"crc":4294967295,"transaction":"x","log":"cold","poison":true}"#
        let history = try read(twoLogs + "\n" + line)
        let record = try #require(records(history).first)
        #expect(record.type == .attempt && record.t == .max && record.agent == 2 && record.seq == 3)
        #expect(record.attemptNumber == 4 && record.intended == .min && record.crc == .max && record.log == 1)
        #expect(record.has(Record.Flags.poison))
        #expect(history.names[Int(record.kind)] == Name("k") && history.names[Int(record.transaction)] == Name("x"))
    }

    @Test func everyFieldOfAnOutcomeIsRead() throws {
        let line =
            #"{"type":"outcome","t":5,"agent":2,"seq":3,"try":9223372036854775807,"result":"failed","stream":"s","#
            + #""position":"18446744073709551615-18446744073709551615","error":"OOM","log":"hot"}"#
        let history = try read(twoLogs + "\n" + line)
        let record = try #require(records(history).first)
        #expect(record.type == .outcome && record.outcome == .failed && record.attemptNumber == .max)
        #expect(record.position == Position(.max, .max) && record.log == 0)
        #expect(history.names[Int(record.stream)] == Name("s") && history.names[Int(record.error)] == Name("OOM"))
        #expect(history.forms == [record.stream: .entry])
    }

    @Test func anOutcomeMayLackAlmostEverything() throws {
        let line = #"{"type":"outcome","t":5,"agent":0,"seq":0,"try":1,"result":"unknown"}"#
        let record = try #require(records(try read(header + "\n" + line)).first)
        #expect(record.outcome == .unknown && record.stream == 0 && record.error == 0)
        #expect(record.has(Record.Flags.noPosition) && record.log == Record.none16)
    }

    @Test func whatCouldNotBeReadMayBeNullOrAbsent() throws {
        let lines = [
            header, #"{"type":"replay","pass":1,"stream":"s","position":0,"agent":null}"#,
            #"{"type":"replay","pass":1,"stream":"s","position":1,"run":null,"agent":null,"seq":null,"crc":null}"#,
            #"{"type":"replay","pass":1,"stream":"s","position":2,"run":"q","agent":null,"seq":7,"crc":9}"#,
            #"{"type":"delivery","t":1,"group":"g","consumer":"c","stream":"s","position":0,"run":null}"#,
            #"{"type":"delivery","t":1,"group":"g","consumer":"c","stream":"s","position":0,"agent":1,"seq":2,"crc":3}"#,
        ]
        let found = records(try read(lines.joined(separator: "\n")))
        let flags = Record.Flags.self
        let nothing = flags.noAgent | flags.noSeq | flags.noCRC | flags.noRun
        #expect(found.map(\.word) == [nothing, nothing, flags.noAgent, nothing, flags.noRun])
        #expect(found[2].seq == 7 && found[2].crc == 9 && found[2].run != 0)
    }

    /// A record has 16 bits for its group: beyond them, chunks number groups of their own.
    @Test func groupsBeyondTheNumbersOfARecordAreRead() throws {
        let names = (0..<140_000).map { "g\($0)" }
        var lines = [header]
        for group in names + ["g139999", "g3", "g69999", "g3"] {
            lines.append(#"{"type":"ack","t":1,"group":"\#(group)","consumer":"c","stream":"s","position":0}"#)
        }
        let text = lines.joined(separator: "\n") + "\n"
        let history = try read(text)
        #expect(history.groupNames == names.map { Name($0) })
        #expect(try exported(history) == text)
    }

    @Test func aMinusBeforeZeroIsZero() throws {
        let line = attempt.replacingOccurrences(of: #""intended":1"#, with: #""intended":-0"#)
        #expect(records(try read(header + "\n" + line)).first?.intended == 0)
    }

    @Test func fieldsMayComeInAnyOrderWithAnySpace() throws {
        let line =
            " \t{ \"crc\" : 7 ,\r\"intended\":1,\"kind\":\"k\",\"try\":1,\"seq\":4,\"agent\":3,\"t\":2,\"type\":\"attempt\" } "
        let record = try #require(records(try read(header + "\r\n" + line + "\r\n")).first)
        #expect(record.crc == 7 && record.seq == 4)
    }

    @Test func escapesAreUndoneInKeysWordsNamesAndPositions() throws {
        let line =
            #"{"\u0074ype":"r\u0065play","pass":1,"stream":"\u00e9\ud83d\ude00\n\"\\\/","position":"1\u002d2","run":"r","#
            + #""agent":0,"seq":0,"crc":1}"#
        let history = try read(header + "\n" + line)
        let record = try #require(records(history).first)
        #expect(record.position == Position(1, 2))
        #expect(history.names[Int(record.stream)] == Name("é😀\n\"\\/"))
    }

    @Test func namesAreEqualIfTheirBytesAre() throws {
        let lines = [
            header, #"{"type":"replay_end","pass":1,"stream":"\u00e9"}"#,
            #"{"type":"replay_end","pass":1,"stream":"e\u0301"}"#, #"{"type":"replay_end","pass":1,"stream":"é"}"#,
        ]
        let streams = records(try read(lines.joined(separator: "\n"))).map(\.stream)
        #expect(streams[0] == streams[2] && streams[0] != streams[1])
    }

    @Test func anEmptyNameIsANameAndNotNone() throws {
        let line = #"{"type":"outcome","t":5,"agent":0,"seq":0,"try":1,"result":"acked","stream":"","position":3}"#
        let history = try read(header + "\n" + line)
        let record = try #require(records(history).first)
        #expect(record.stream != 0 && history.names[Int(record.stream)] == Name(""))
        #expect(!record.has(Record.Flags.noPosition))
    }

    @Test func inUnknownFieldsOnlyNestingAndSyntaxCount() throws {
        let odd = [
            #"{"type":"end","t":1,"x":1.5e-7,"y":{"a":1,"a":2},"z":"\ud800","w":[],"v":{},"":null}"#,
            #"{"type":"end","t":1,"agent":"not a number","position":null,"version":1.0,"group":"\udc00"}"#,
            #"{"type":"end","t":1,"x":[[],{},[{"a":[1,2,{"b":null}]}],true,false,-0,-1.0E+2]}"#,
            #"{"type":"end","t":1,"t\u0000":2}"#,
        ]
        for line in odd { #expect(try read(header + "\n" + line).ends == 1, "\(line)") }
    }

    @Test func sixtyFourLevelsAreReadAndOneMoreIsNot() throws {
        for (open, close) in [("[", "]"), (#"{"a":"#, "}")] {
            #expect(try read(header + "\n" + padded(63, open, close)).ends == 1)
            let error = try #require(refusal(header, padded(64, open, close)))
            #expect(error.line == 2 && error.field == "x" && error.problem.contains("nested deeper than 64"))
        }
        let deep = try #require(refusal(header, padded(2_000_000, "[", "]")))
        #expect(deep.problem.contains("nested deeper than 64"))
    }

    static let badSequences: [[UInt8]] = [
        [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC3], [0xC3, 0x28], [0xE0, 0x80, 0x80], [0xE0, 0x9F, 0xBF],
        [0xE2, 0x82], [0xE2, 0x28, 0xA1], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xF0, 0x80, 0x80, 0x80],
        [0xF0, 0x8F, 0xBF, 0xBF], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xF0, 0x9F, 0x98], [0xFE],
        [0xFF], [0xF0, 0x9F, 0x98, 0x28],
    ]

    @Test(arguments: badSequences) func badUTF8IsRefusedWhereverItStands(_ bytes: [UInt8]) throws {
        let start = Array((header + "\n" + #"{"type":"end","t":1,"x":""#).utf8)
        for tail in ["", "padding that is longer than eight bytes"] {
            let error = try #require(refusal(start + bytes + Array((tail + "\"}").utf8)))
            #expect(error.line == 2 && error.field == "x" && error.problem.contains("UTF-8"), "\(error)")
        }
        #expect(refusal(Array((header + "\n{\"type\":\"end\",\"t\":1,\"").utf8) + bytes + Array("\":1}".utf8)) != nil)
        #expect(refusal(Array((header + "\n").utf8) + bytes) != nil)
    }

    @Test func goodUTF8OfEveryLengthIsRead() throws {
        let line = #"{"type":"end","t":1,"x":"aé€😀\#u{7FF}\#u{800}\#u{FFFF}\#u{10FFFF}\#u{FEFF}"}"#
        #expect(try read(header + "\n" + line).ends == 1)
    }

    @Test func aStringIsScannedRightAtEveryLengthAndPlace() throws {
        for length in 0..<40 {
            for special in ["", "\\n", "\\\"", "é", "\\\\"] {
                for place in 0...length where !special.isEmpty || place == 0 {
                    let text =
                        String(repeating: "a", count: place) + special + String(repeating: "b", count: length - place)
                    let history = try read(header + "\n{\"type\":\"replay_end\",\"pass\":1,\"stream\":\"\(text)\"}")
                    let plain = text.replacingOccurrences(of: "\\n", with: "\n").replacingOccurrences(
                        of: "\\\"", with: "\""
                    )
                    .replacingOccurrences(of: "\\\\", with: "\\")
                    #expect(history.names.last == Name(plain))
                }
            }
        }
    }

    @Test func theLastLineNeedNotEndButMustBeWhole() throws {
        let text = header + "\n" + attempt
        #expect(records(try read(text)).count == 1)
        #expect(records(try read(text + "\n\n \r\n")).count == 1)
        for cut in 1..<attempt.utf8.count {
            let error = try #require(refusal(Array(text.utf8.dropLast(cut))))
            #expect(error.line == 2)
        }
    }

    @Test func manyUnknownFieldsInOneLineDoNotSlowTheOthers() throws {
        let many = (0..<200_000).map { #""f\#($0)":0"# }.joined(separator: ",")
        let few = String(repeating: #"{"type":"end","t":1,"x":1}"# + "\n", count: 20_000)
        #expect(try read(header + "\n{\"type\":\"end\",\"t\":1," + many + "}\n" + few).ends == 20_001)
    }
}
