import Checker
import History
import Testing

@Test func membersAreWrittenInTheOrderOfTheirBytes() {
    let value: JSON = ["b": 1, "a": [true, nil, "x"], "B": ["z": "q\"\\\n\u{1}"]]
    #expect(value.compact == #"{"B":{"z":"q\"\\\n\u0001"},"a":[true,null,"x"],"b":1}"#)
}

@Test func keysThatDifferInBytesOnlyStayTwo() {
    let value = JSON.object([Name("\u{E9}"): 1, Name("e\u{301}"): 2])
    #expect(Array(value.compact.utf8) == Array("{\"e\u{301}\":2,\"\u{E9}\":1}".utf8))
}

@Test func numbersKeepAllTheirDigits() {
    let value = JSON.array([.integer(.min), .integer(.max), .unsigned(.max), .number(0.5), .number(.nan)])
    #expect(value.compact == "[-9223372036854775808,9223372036854775807,18446744073709551615,0.5,null]")
}

@Test func prettyTextBreaksLinesWhereThereIsNesting() {
    let value: JSON = ["a": ["x": 1, "y": []], "b": [["c": 1]], "d": [:]]
    #expect(
        value.pretty == """
            {
              "a": {"x": 1, "y": []},
              "b": [
                {"c": 1}
              ],
              "d": {}
            }

            """)
}

@Test func aVerdictNamesEveryFigureOfTheContract() {
    var verdict = Verdict()
    verdict.groups[Name("g")] = Verdict.GroupFigures()
    let text = verdict.json.compact
    for key in ["max_displacement", "never_attempted", "out_of_order_across", "longest_gap_ns", "p999", "acks_lost"] {
        #expect(text.contains("\"\(key)\""))
    }
    #expect(!text.contains("dead_letters") && !text.contains("\"logs\""))
    verdict.groups[Name("g")]?.deadLetters = .init()
    verdict.logs = [:]
    #expect(verdict.json.compact.contains("dead_letters") && verdict.json.compact.contains("\"logs\":{}"))
}
