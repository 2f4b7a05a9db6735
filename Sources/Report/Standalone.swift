import Foundation

/// A report that stands alone: for a repository, a pull request or a mail, without the trials' files beside it and without
/// the paths of the machine that it was made on.
enum Standalone {
    /// What a trial's directory is called where it is not: from the run's name on.
    static func name(of directory: String) -> String {
        // A run's trials are `trials/CONFIGURATION/FAULT/N`.
        let parts = directory.split(separator: "/").suffix(5).drop { $0 == ".." || $0 == "." }
        return parts.joined(separator: "/")
    }

    /// The summary without this machine's paths. They may stand in any text: in a command, a reason, a line of a log.
    static func summary(_ summary: Summary, runs: [String]) throws(ReportError) -> Summary {
        var bare = summary
        for cell in bare.cells.indices {
            for trial in bare.cells[cell].trials.indices {
                bare.cells[cell].trials[trial].directory = name(of: bare.cells[cell].trials[trial].directory)
                bare.cells[cell].trials[trial].historyRemoved = true
            }
        }
        for gate in bare.gates.indices {
            bare.gates[gate].worst = bare.gates[gate].worst.map { worst in
                var named = worst
                named.directory = name(of: worst.directory)
                return named
            }
        }
        var text = String(decoding: try bare.encoded(), as: UTF8.self)
        for (path, word) in paths(runs: runs) { text = text.replacing(path, with: word) }
        return try Summary.decoded(from: Data(text.utf8), path: Reporter.summaryFile)
    }

    /// Longest first, since one may lie in another.
    private static func paths(runs: [String]) -> [(String, String)] {
        let environment = ProcessInfo.processInfo.environment
        var paths = runs.map { (absolute($0) + "/", "") }
        paths.append((absolute(".") + "/", ""))
        if let kafka = environment["KAFKA_HOME"] { paths.append((absolute(kafka) + "/", "$KAFKA_HOME/")) }
        if let home = environment["HOME"] { paths.append((absolute(home) + "/", "~/")) }
        paths.append((absolute(environment["TMPDIR"] ?? "/tmp") + "/", "$TMPDIR/"))
        return paths.filter { $0.0.count > 2 }.sorted { $0.0.count > $1.0.count }
    }

    private static func absolute(_ path: String) -> String { URL(fileURLWithPath: path).standardizedFileURL.path }
}
