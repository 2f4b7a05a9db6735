import Foundation
import Glibc
import Platform
import TestSupport
import Testing

/// Histories with the verdict that the contract gives them: `NAME.jsonl` and `NAME.expected.json`.
struct VectorTests {
    private static let folder = Holdfast.root + "/Tests/CheckerTests/Vectors"
    static let names: [String] = ((try? Files.names(in: folder)) ?? []).filter { $0.hasSuffix(".jsonl") }.map {
        String($0.dropLast(".jsonl".count))
    }.sorted()

    @Test func theyAreAllThere() {
        #expect(Self.names.count == 47)
    }

    @Test(arguments: VectorTests.names)
    func theVerdictIsTheContracts(name: String) throws {
        let file = "\(Self.folder)/\(name).jsonl"
        let expected = try JSONValue(Files.read("\(Self.folder)/\(name).expected.json", limit: 1 << 20) ?? "")
        let result = try Holdfast.run("check", "--json", file)
        #expect(Expectation(expected).differences(result) == [])
        let text = try #require(Files.read(file, limit: 1 << 20))
        let piped = try Holdfast.run("check", "--json", "-", input: text)
        #expect(piped.status == result.status)
        #expect(piped.output == result.output)
    }

    @Test func aWrongVerdictIsSeen() throws {
        let expected = try JSONValue(
            #"{"exit":1,"log":{"lost":1},"examples":{"lost":[{"agent":0,"seq":1}]},"codes":["gap"]}"#)
        func differences(_ verdict: String, exit: Int32 = 1) -> Int {
            Expectation(expected).differences(ToolResult(status: .exited(exit), output: verdict, errors: "")).count
        }
        let good = #"{"log":{"lost":1},"examples":{"lost":[{"seq":1,"agent":0}]},"invalid_reasons":["gap: x"]}"#
        #expect(differences(good) == 0)
        #expect(differences(good, exit: 0) == 1)
        #expect(differences(good.replacingOccurrences(of: "\"lost\":1", with: "\"lost\":2")) == 1)
        #expect(differences(good.replacingOccurrences(of: "\"seq\":1", with: "\"seq\":2")) == 1)
        #expect(differences(good.replacingOccurrences(of: "gap", with: "no-end")) == 1)
        #expect(differences("") == 1)
    }
}

/// What must hold of a check: the exit code; of bad input, line and word of the message; else the verdict, or a part of
/// it: objects by the members given, examples as sets, everything else exactly.
private struct Expectation {
    let expected: JSONValue

    init(_ expected: JSONValue) { self.expected = expected }

    func differences(_ result: ToolResult) -> [String] {
        var found: [String] = []
        guard case .exited(let code) = result.status, Int64(code) == expected["exit"]?.integer else {
            return ["\(result.status): \(result.errors)"]
        }
        if let error = expected["error"] {
            let line = error["line"]?.integer ?? 0
            if !result.errors.contains(":\(line):") { found.append("line \(line) is not named: \(result.errors)") }
            let word = error["mentions"]?.string ?? ""
            if !word.isEmpty && !result.errors.contains(word) { found.append("no \(word) in: \(result.errors)") }
            return found
        }
        guard let verdict = try? JSONValue(result.output) else { return ["no verdict: \(result.output)"] }
        for (name, value) in expected.members where !["exit", "codes", "ordered_examples"].contains(name) {
            found += compare(value, verdict[name], at: name)
        }
        if let codes = expected["codes"]?.strings {
            let reasons = verdict["invalid_reasons"]?.strings ?? []
            let own = Set(reasons.map { String($0.prefix { $0 != ":" }) })
            if own != Set(codes) { found.append("invalid_reasons: \(reasons)") }
            if reasons != reasons.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
                found.append("invalid_reasons are not sorted: \(reasons)")
            }
        }
        for (name, wanted) in expected["ordered_examples"]?.members ?? [:] {
            let own = verdict["examples"]?.members[name]?.array.map { reduced($0, to: wanted.array.first) }
            if own != wanted.array { found.append("examples \(name), in order: \(own ?? [])") }
        }
        return found
    }

    private func compare(_ wanted: JSONValue, _ own: JSONValue?, at path: String) -> [String] {
        guard case .object(let members) = wanted else {
            return own == wanted ? [] : ["\(path): \(own.map { "\($0)" } ?? "missing"), not \(wanted)"]
        }
        guard case .object(let owns)? = own else { return ["\(path): no object"] }
        if path == "examples" { return compare(examples: members, owns) }
        return members.flatMap { compare($1, owns[$0], at: "\(path).\($0)") }
    }

    private func compare(examples wanted: [String: JSONValue], _ own: [String: JSONValue]) -> [String] {
        if wanted.isEmpty {
            let more = own.keys.filter { !$0.hasSuffix(".dead_letters.poison") && !$0.hasSuffix(".dead_letters.moved") }
            return more.isEmpty ? [] : ["examples: \(more)"]
        }
        return wanted.compactMap { name, list in
            let found = (own[name]?.array ?? []).map { reduced($0, to: list.array.first) }
            let same = found.count == list.array.count && list.array.allSatisfy(found.contains)
            return same ? nil : "examples.\(name): \(found)"
        }
    }

    /// Only the members that the expected objects have.
    private func reduced(_ value: JSONValue, to pattern: JSONValue?) -> JSONValue {
        guard let pattern else { return value }
        return .object(value.members.filter { pattern.members[$0.key] != nil })
    }
}
