import Checker
import Foundation
import History
import Testing

/// The contract's vectors, through the reader and the check, compared as their own rules say: every key that is expected
/// must be there with that value; examples are sets of objects; `codes` are what stands before the first colon of the
/// reasons.
@Suite(.serialized) struct VectorTests {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Vectors")

    static let names: [String] = {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return files.filter { $0.hasSuffix(".expected.json") }.map { String($0.dropLast(14)) }.sorted()
    }()

    @Test func allVectorsAreThere() { #expect(VectorTests.names.count == 47) }

    @Test(arguments: names) func holds(_ name: String) throws {
        let file = VectorTests.folder.appendingPathComponent(name).path
        let text = try Data(contentsOf: URL(fileURLWithPath: file + ".expected.json"))
        let expected = try #require(try JSONSerialization.jsonObject(with: text) as? [String: Any])
        let exit = try #require(expected["exit"] as? Int)
        if let error = expected["error"] as? [String: Any] {
            let refusal = #expect(throws: InputError.self) { _ = try History.read(file + ".jsonl") }
            #expect(exit == 2 && refusal?.line == error["line"] as? Int)
            if let word = error["mentions"] as? String { #expect(refusal?.description.contains(word) == true) }
            return
        }
        let verdict = check(try History.read(file + ".jsonl"))
        #expect(Int(verdict.judgement.exitCode) == exit)
        let parsed = try JSONSerialization.jsonObject(with: Data(verdict.json.pretty.utf8))
        let actual = try #require(parsed as? [String: Any])
        let rest = expected.filter { !["exit", "codes", "ordered_examples"].contains($0.key) }
        #expect(differences(rest, actual, "") == [])
        if let codes = expected["codes"] as? [String] {
            #expect(Set(verdict.invalidReasons.map { String($0.prefix { $0 != ":" }) }).sorted() == codes)
        }
    }

    private func text(_ value: Any) -> String? {
        let data = try? JSONSerialization.data(withJSONObject: [value], options: .sortedKeys)
        return data.map { String(decoding: $0, as: UTF8.self) }
    }

    private func differences(_ expected: Any, _ actual: Any?, _ path: String) -> [String] {
        guard let members = expected as? [String: Any] else {
            let same = actual.map { text(expected) == text($0) } ?? false
            return same ? [] : ["\(path): expected \(expected), got \(actual ?? "nothing")"]
        }
        guard let found = actual as? [String: Any] else { return ["\(path): no object"] }
        var out: [String] = []
        if path == ".examples" && members.isEmpty {
            let added = found.keys.filter { !$0.contains(".dead_letters.") }
            if !added.isEmpty { out.append("\(path): expected none, got \(added)") }
        }
        for (key, value) in members {
            if path == ".examples" {
                let want = Set((value as? [NSDictionary]) ?? [])
                let got = (found[key] as? [NSDictionary]) ?? []
                if want != Set(got) || want.count != got.count { out.append("\(path).\(key): \(got)") }
            } else {
                out += differences(value, found[key], "\(path).\(key)")
            }
        }
        return out
    }
}
