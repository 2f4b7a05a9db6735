import Foundation
import Glibc

/// Writes the reports of a run, and makes them again from what runs left behind.
public enum Reporter {
    static let summaryFile = "summary.json"
    static let timelineFile = "timeline.json"
    static let verdictFile = "verdict.json"

    /// Writes `summary.json`, `report.md`, `report.html` and `junit.xml`, each replaced as a whole or not at all. Plots
    /// come from the `timeline.json` of each trial's directory, where there is one.
    ///
    /// - Parameter runs: the directories of runs whose reports are to stand alone: without the trials' files, this
    ///   machine's paths and `junit.xml`. Nil: the trials' directories are where the summary says.
    public static func write(
        _ summary: Summary, to directory: String, standalone runs: [String]? = nil
    ) throws(ReportError) {
        do {
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        } catch {
            throw ReportError("cannot make the folder \(directory) for the reports: \(reason(of: error))")
        }
        var timelines: [String: Timeline] = [:]
        var verdicts: Set<String> = []
        for trial in summary.cells.flatMap(\.trials) {
            let place = Shell.path(directory, trial.directory)
            let timeline = FileManager.default.contents(atPath: Shell.path(place, timelineFile)).flatMap {
                try? JSONDecoder().decode(Timeline.self, from: $0)
            }
            if runs != nil {
                timelines[Standalone.name(of: trial.directory)] = timeline
            } else {
                timelines[trial.directory] = timeline
                if FileManager.default.fileExists(atPath: Shell.path(place, verdictFile)) {
                    verdicts.insert(trial.directory)
                }
            }
        }
        var shown = summary
        if let runs { shown = try Standalone.summary(summary, runs: runs) }
        let page = ReportPage.text(shown, timelines: timelines, verdicts: verdicts)
        let files = [
            (summaryFile, try shown.encoded()),
            ("report.md", Data(MarkdownReport.text(shown, verdicts: verdicts).utf8)),
            ("report.html", Data(page.utf8)), ("junit.xml", Data(JUnitReport.text(shown).utf8)),
        ]
        for (name, data) in files where runs == nil || name != "junit.xml" {
            try replace(Shell.path(directory, name), with: data)
        }
    }

    /// Writes a trial's timeline into its directory, for `write` to find.
    public static func write(_ timeline: Timeline, toTrial directory: String) throws(ReportError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        do {
            try replace(Shell.path(directory, timelineFile), with: encoder.encode(timeline) + Data("\n".utf8))
        } catch let error as ReportError {
            throw error
        } catch {
            throw ReportError("the timeline of \(directory) cannot be written as JSON: \(error)")
        }
    }

    /// The summary of one run, or of several as one, judged anew. Links to trials lead from `output`, where the reports
    /// will be written.
    public static func load(directories: [String], output: String) throws(ReportError) -> Summary {
        var runs: [Summary] = []
        for directory in directories {
            let path = Shell.path(directory, summaryFile)
            guard let data = FileManager.default.contents(atPath: path) else {
                throw ReportError("cannot read \(path): give the directory of a run, in which `holdfast run` left it")
            }
            var summary = try Summary.decoded(from: data, path: path)
            // What an earlier report compared it with is none of this one's affair, nor is the exit code that it gave.
            summary.baseline = nil
            for cell in summary.cells.indices {
                for trial in summary.cells[cell].trials.indices {
                    let place = Shell.path(directory, summary.cells[cell].trials[trial].directory)
                    summary.cells[cell].trials[trial].directory = relative(place, to: output)
                }
            }
            runs.append(summary)
        }
        guard !runs.isEmpty else { throw ReportError("no run to report: give the directory of at least one") }
        return Summary.merged(runs)
    }

    /// What the kernel said. Foundation's own sentences come with every language there is: half of a program that has
    /// its libraries in it.
    private static func reason(of error: any Error) -> String {
        let cause = (error as? CocoaError)?.userInfo["NSUnderlyingError"] as? POSIXError
        return cause.map { String(cString: strerror($0.code.rawValue)) } ?? "\(error)"
    }

    private static func replace(_ path: String, with data: Data) throws(ReportError) {
        do {
            try data.write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw ReportError("cannot write \(path): \(reason(of: error))")
        }
    }

    /// A path as it reads from a folder.
    static func relative(_ path: String, to folder: String) -> String {
        func parts(_ path: String) -> [String] {
            URL(fileURLWithPath: path).standardizedFileURL.path.split(separator: "/").map(String.init)
        }
        let (target, base) = (parts(path), parts(folder))
        let common = zip(target, base).prefix { $0 == $1 }.count
        let up = Array(repeating: "..", count: base.count - common)
        return (up + target[common...]).joined(separator: "/")
    }
}
