import Foundation
import History
import Testing

private func withShards(_ shards: String) -> String {
    header.replacingOccurrences(of: #""retention":null"#, with: #""retention":null,"shards":"# + shards)
}

private func withLogs(_ logs: String) -> String {
    header.replacingOccurrences(of: #""retention":null"#, with: #""retention":null,"logs":"# + logs)
}

private func changing(_ what: String, _ with: String) -> String {
    precondition(header.contains(what))
    return header.replacingOccurrences(of: what, with: with)
}

@Suite struct HeaderTests {
    static let bad: [(String, String?, String)] = [
        ("", "type", "missing from the first line"),
        ("\n \n", "type", "missing from the first line"),
        (attempt, "type", "must be of type history, not attempt"),
        (#"{"type":"foo"}"#, "type", "must be of type history"),
        (changing(#""version":1"#, #""version":2"#), "version", "2 is not known"),
        (changing(#""version":1"#, #""version":"1""#), "version", "a whole number is needed"),
        (changing(#""version":1"#, #""version":1.0"#), "version", "plain digits"),
        (changing(#""version":1,"#, ""), "version", "missing"),
        (changing(#""run":"r","#, ""), "run", "missing"),
        (changing(#""run":"r""#, #""run":null"#), "run", "null"),
        (changing(#""system":"kafka","#, ""), "system", "missing"),
        (changing(#""configuration":"c","#, ""), "configuration", "missing"),
        (changing(#""seed":1,"#, ""), "seed", "missing"),
        (changing(#""seed":1"#, #""seed":-1"#), "seed", "out of range"),
        (changing(#""retries":"none","#, ""), "retries", "missing"),
        (changing(#""retries":"none""#, #""retries":null"#), "retries", "null"),
        (changing(#""fault":null"#, #""fault":1"#), "fault", "a string is needed"),
        (changing(#""retention":null"#, #""retention":true"#), "retention", "an object or null is needed"),
        (changing(#""retention":null"#, #""retention":[]"#), "retention", "an object or null is needed"),
        (changing(#""run":"r""#, #""run":"\udfff""#), "run", "surrogate"),
        (withShards("[]"), "shards", "an object is needed"),
        (withShards(#"{"a":[1],"a":[2]}"#), "shards.a", "given twice"),
        (withShards(#"{"a":1}"#), "shards.a", "an array of agents is needed"),
        (withShards(#"{"a":["1"]}"#), "shards.a", "a whole number is needed"),
        (withShards(#"{"a":[1],"b":[1]}"#), "shards.b", "agent 1 is in a shard already"),
        (withLogs("[]"), "logs", "an object is needed"),
        (withLogs("{}"), "logs", "no log in it"),
        (withLogs(#"{"a":null}"#), "logs.a", "an object is needed"),
        (withLogs(#"{"a":{}}"#), "logs.a.streams", "missing"),
        (withLogs(#"{"a":{"streams":null}}"#), "logs.a.streams", "an array of strings is needed"),
        (withLogs(#"{"a":{"streams":"s"}}"#), "logs.a.streams", "an array of strings is needed"),
        (withLogs(#"{"a":{"streams":["s",1]}}"#), "logs.a.streams", "a string is needed"),
        (withLogs(#"{"a":{"streams":[null]}}"#), "logs.a.streams", "a string is needed"),
        (withLogs(#"{"a":{"streams":[],"kinds":null}}"#), "logs.a.kinds", "an array of strings is needed"),
        (withLogs(#"{"a":{"streams":[],"kinds":[1]}}"#), "logs.a.kinds", "a string is needed"),
        (withLogs(#"{"a":{"streams":[],"own":null}}"#), "logs.a.own", "true or false"),
        (withLogs(#"{"a":{"streams":[],"of_record":1}}"#), "logs.a.of_record", "true or false"),
        (withLogs(#"{"a":{"streams":[],"retention":1}}"#), "logs.a.retention", "an object or null"),
        (withLogs(#"{"a":{"streams":[]},"a":{"streams":[]}}"#), "logs.a", "given twice"),
        (withLogs(#"{"a":{"streams":[]},"\u0061":{"streams":[]}}"#), "logs.a", "given twice"),
        (withLogs(#"{"a":{"streams":[],"streams":[]}}"#), "logs.a.streams", "given twice"),
        (withLogs(#"{"a":{"streams":[],"own":true,"\u006fwn":true}}"#), "logs.a.own", "given twice"),
        (withLogs(#"{"a":{"streams":[],"x":1,"x":1}}"#), "logs.a.x", "given twice"),
        (withLogs(#"{"a":{"streams":["s"]},"b":{"streams":["t","s"]}}"#), "logs.b.streams", "belongs to log a"),
        (
            withLogs(#"{"a":{"streams":["s"],"of_record":true},"b":{"streams":["t"],"of_record":true}}"#),
            "logs.b.of_record", "log of record as well"
        ),
    ]

    @Test(arguments: bad) func badHeadersAreRefusedWithTheField(_ text: String, _ field: String?, _ says: String) throws
    {
        let error = try #require(refusal(Array(text.utf8)))
        #expect(error.line == 1)
        #expect(error.field == field)
        #expect(error.problem.contains(says), "\(error)")
    }

    @Test func everythingThatALogMaySayIsRead() throws {
        let text = withLogs(
            #"{"z":{"streams":["s","s"],"kinds":["k"],"retention":{"a":1,"a":2}},"a":{"own":true,"streams":[],"#
                + #""of_record":true,"retention":null,"note":{"x":1,"x":2}}}"#)
        let logs = try read(text).header.logs
        #expect(logs.map(\.name) == [Name("z"), Name("a")])
        #expect(logs[0].streams == [Name("s"), Name("s")] && logs[1].streams.isEmpty)
        #expect(logs[0].kinds == [Name("k")] && logs[1].kinds == nil)
        #expect(logs.map(\.retention) == [true, false])
        #expect(logs.map(\.own) == [false, true])
        #expect(logs.map(\.ofRecord) == [false, true])
    }

    @Test func whatMayBeNullOrAbsentMay() throws {
        let text = changing(#","retention":null"#, #","logs":null"#).replacingOccurrences(
            of: #""fault":null,"#, with: "")
        let history = try read(text)
        #expect(history.header.fault == nil && !history.header.retention && history.header.logs.isEmpty)
    }

    @Test func blankLinesBeforeTheHeaderCountAsLinesOnly() throws {
        #expect(try read("\n\r\n \t\n" + header).header.run == Name("r"))
        let error = try #require(refusal("", "", header, "x"))
        #expect(error.line == 4)
    }

    @Test func aByteOrderMarkIsRefused() throws {
        let error = try #require(refusal([0xEF, 0xBB, 0xBF] + Array(header.utf8)))
        #expect(error.line == 1 && error.problem.contains("byte order mark"))
    }
}
