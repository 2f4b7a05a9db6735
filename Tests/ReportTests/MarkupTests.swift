import Checker
import Foundation
import FoundationXML
import Testing

@testable import Report

/// Reads XML strictly, and keeps what it saw.
final class Reader: NSObject, XMLParserDelegate {
    var elements: [(name: String, attributes: [String: String])] = []
    var text = ""
    private(set) var problem: String?

    init(_ document: String) {
        super.init()
        let parser = XMLParser(data: Data(document.utf8))
        parser.delegate = self
        if !parser.parse() { problem = "line \(parser.lineNumber): \(parser.parserError.map { "\($0)" } ?? "?")" }
    }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        elements.append((name, attributes))
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }

    func all(_ name: String) -> [[String: String]] { elements.filter { $0.name == name }.map(\.attributes) }
}

/// A run whose every text tries to be something else.
private func hostileRun() throws -> Summary {
    let hostile = "</title><script>alert('x')</script>\"\u{0}\u{1B}\u{7}&amp; ]]> | `x` *b*\u{FFFE}\r\n# h"
    var summary = try Fixture.run()
    (summary.suite, summary.lab, summary.suiteText, summary.suiteFile) = (hostile, hostile, hostile, hostile)
    summary.versions = [hostile: hostile]
    summary.configurations = [
        .init(
            name: hostile, system: hostile, settings: [hostile: hostile], ack: hostile, retries: hostile,
            promise: hostile)
    ]
    for cell in summary.cells.indices {
        summary.cells[cell].configuration = hostile
        summary.cells[cell].fault = "\(cell)" + hostile
        summary.cells[cell].description = hostile
        for trial in summary.cells[cell].trials.indices {
            summary.cells[cell].trials[trial].reason = hostile
            summary.cells[cell].trials[trial].directory = hostile
            summary.cells[cell].trials[trial].commands = [hostile]
            summary.cells[cell].trials[trial].faults = [
                .init(t: 1_000_000_000, id: 1, action: hostile, node: hostile, phase: "effect", detail: hostile)
            ]
        }
    }
    summary.gates = [try Fixture.gate(hostile, finding: "lost", max: "0")]
    summary.judge()
    return summary
}

private var timeline: Timeline {
    var timeline = Timeline(bucketNanoseconds: 100_000_000, buckets: Array(repeating: .init(), count: 30))
    for index in timeline.buckets.indices where index != 12 {
        (timeline.buckets[index].acked, timeline.buckets[index].p50) = (1_000 + index, 300_000)
        timeline.buckets[index].p99 = 2_000_000
    }
    timeline.buckets[12].unknown = 40
    return timeline
}

struct HTMLTests {
    @Test func theReportIsWellFormedAndLoadsNothing() throws {
        let summary = try Fixture.run()
        let timelines = Dictionary(
            uniqueKeysWithValues: summary.cells.flatMap(\.trials).map { ($0.directory, timeline) })
        let page = ReportPage.text(summary, timelines: timelines)
        let reader = Reader(page)
        #expect(reader.problem == nil)
        // Each trial's, and that of what durability costs.
        #expect(reader.all("svg").count == summary.cells.flatMap(\.trials).count + 1)
        #expect(reader.all("script").isEmpty && reader.all("link").isEmpty && reader.all("img").isEmpty)
        #expect(!page.contains("http://") && !page.contains("https://") && !page.contains("url("))
        let headers = reader.all("th")
        #expect(!headers.isEmpty && headers.allSatisfy { $0["scope"] != nil })
        let ids = reader.elements.compactMap { $0.attributes["id"] }
        #expect(Set(ids).count == ids.count)
        let targets = reader.all("a").compactMap { $0["href"] }.filter { $0.hasPrefix("#") }
        #expect(targets.count > 12 && targets.allSatisfy { ids.contains(String($0.dropFirst())) })
    }

    @Test func theAnswersAreInTheMatrix() throws {
        let reader = Reader(ReportPage.text(try Fixture.run(), timelines: [:]))
        let answers = reader.elements.compactMap { $0.attributes["class"] }.filter { $0.hasPrefix("answer ") }
        let tones = Dictionary(grouping: answers) { $0 }.mapValues(\.count)
        #expect(tones == ["answer good": 6, "answer bad": 5, "answer part": 1, "answer none": 5])
        for text in ["✓ holds", "◐ bounded loss", "✗ loses", "– skipped", "not applicable", "100 %", "0.91 s"] {
            #expect(reader.text.contains(text))
        }
    }

    @Test func textsStayTextWhateverTheyHold() throws {
        let summary = try hostileRun()
        let timelines = Dictionary(summary.cells.flatMap(\.trials).map { ($0.directory, timeline) }) { a, _ in a }
        let page = ReportPage.text(summary, timelines: timelines)
        let reader = Reader(page)
        #expect(reader.problem == nil)
        #expect(reader.all("script").isEmpty)
        #expect(reader.text.contains("<script>alert('x')</script>"))
        #expect(!page.unicodeScalars.contains { $0.properties.generalCategory == .control && $0 != "\n" && $0 != "\t" })
        let addresses = reader.all("a").compactMap { $0["href"] }
        #expect(addresses.allSatisfy { $0.hasPrefix("#") || $0.hasPrefix("./") })
    }

    @Test func linksKeepToTheirFolderAndQuoteEveryOtherByte() {
        #expect(ReportPage.link("trials/a b/1") == "./trials/a%20b/1")
        #expect(ReportPage.link("javascript:alert(1)") == "./javascript%3Aalert%281%29")
        #expect(ReportPage.link("../other/trials/é") == "../other/trials/%C3%A9")
    }
}

struct JUnitTests {
    @Test func gatesControlsAndTrialsAreTestCases() throws {
        let summary = try Fixture.run()
        let reader = Reader(JUnitReport.text(summary))
        #expect(reader.problem == nil)
        #expect(reader.all("testcase").count == 7 + 2 + 18)
        #expect(reader.all("failure").count == 3)
        #expect(reader.all("error").count == 1)
        #expect(reader.all("skipped").count == 2 + 1)
        let suites = reader.all("testsuite")
        #expect(suites.map { $0["name"] } == ["gates", "controls", "defaults", "no persistence", "everysec", "always"])
        #expect(suites.map { $0["failures"] } == ["3", "0", "0", "0", "0", "0"])
        #expect(suites.map { $0["errors"] } == ["0", "0", "1", "0", "0", "0"])
        #expect(suites.allSatisfy { $0["timestamp"] == "2026-01-15T09:30:00" })
        #expect(reader.all("testcase").contains { $0["name"] == "power-loss (R09), trial 2" })
    }

    @Test func aControlWithoutAFindingAndSkipsThatCountAreErrors() throws {
        var summary = try Fixture.run()
        summary.controls = [try Fixture.control("always", "none", "lost")]
        summary.noSkips = true
        summary.judge()
        #expect(Reader(JUnitReport.text(summary)).all("error").count == 1 + 1 + 2)
    }

    @Test func namesWithControlCharactersStayValid() throws {
        let text = JUnitReport.text(try hostileRun())
        #expect(Reader(text).problem == nil)
        #expect(!text.unicodeScalars.contains { $0.properties.generalCategory == .control && $0 != "\n" })
    }
}

struct MarkdownTests {
    @Test func theReportForPullRequests() throws {
        try Snapshot.compare(MarkdownReport.text(try Fixture.run()), with: "report.md")
    }

    @Test func textsStayTextInMarkdown() throws {
        let text = MarkdownReport.text(try hostileRun())
        #expect(!text.contains("<script"))
        #expect(!text.split(separator: "\\`").joined().contains("`"))
        #expect(text.contains("&lt;script&gt;"))
        let rows = text.split(separator: "\n").filter { $0.hasPrefix("|") }
        let bars = rows.map { row in row.split(separator: "\\|").joined().count { $0 == "|" } }
        // The matrix of 13 faults, gates and controls, figures, trials.
        #expect(Set(bars) == [15, 4, 14, 17])
    }
}
