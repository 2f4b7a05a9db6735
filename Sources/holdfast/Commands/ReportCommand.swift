import Foundation
import Report

struct ReportCommand: Command {
    static let name = "report"
    static let synopsis = "DIR… [--out DIR]"
    static let about = "Makes the reports of one or more runs again, judged anew; several become one comparison."
    static let flags = [
        Flag("--out", "DIR", "where the reports go (the run's own directory; report for several)"),
        Flag("--standalone", nil, "for a place without the runs: no links to trials' files, no paths of this machine"),
        Flag("--baseline", "DIR", "compare with an earlier run: exit 1 if anything is worse by more than chance"),
    ]

    static func run(_ arguments: Arguments) throws -> Int32 {
        guard !arguments.rest.isEmpty else { throw UsageError("report needs the directory of a run") }
        let output = arguments.text("--out") ?? (arguments.rest.count == 1 ? arguments.rest[0] : "report")
        if arguments.has("--standalone"), arguments.rest.contains(where: { samePlace($0, output) }) {
            throw UsageError("--standalone would replace the run's own reports: give another folder by --out")
        }
        var summary: Summary
        do {
            summary = try Reporter.load(directories: arguments.rest, output: output)
            if let earlier = arguments.text("--baseline") {
                summary.compare(with: try Reporter.load(directories: [earlier], output: output))
            }
        } catch {
            Console.error("\(error)")
            return Exit.usage
        }
        let isAlone = arguments.has("--standalone")
        try Reporter.write(summary, to: output, standalone: isAlone ? arguments.rest : nil)
        Console.out(ComparisonTable(summary, directory: output).render())
        Console.out("\nreport: \(output)/report.html\n")
        return summary.exit
    }

    private static func samePlace(_ a: String, _ b: String) -> Bool {
        URL(fileURLWithPath: a).standardizedFileURL == URL(fileURLWithPath: b).standardizedFileURL
    }
}
