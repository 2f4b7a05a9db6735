import Glibc

/// bench [checker] [--events N] [--folder DIR]
///
/// Prints one JSON object a line for each figure. What it writes below DIR (a new folder in TMPDIR) is deleted.
@main
struct Main {
    static func main() {
        var events = 14_300_000
        var folder = String(cString: getenv("TMPDIR") ?? strdup("/tmp"))
        var arguments = CommandLine.arguments.dropFirst()
        while let argument = arguments.popFirst() {
            switch argument {
            case "checker": continue
            case "--events": events = arguments.popFirst().flatMap { Int($0) } ?? 0
            case "--folder": folder = arguments.popFirst() ?? ""
            default: fail(2, "unknown argument \(argument); usage: bench [checker] [--events N] [--folder DIR]")
            }
        }
        if events < 1000 { fail(2, "--events needs a whole number from 1000") }
        folder += "/holdfast-bench-\(getpid())"
        guard mkdir(folder, 0o755) == 0 else { fail(2, "cannot make \(folder): \(String(cString: strerror(errno)))") }
        do {
            try CheckerBenchmark.run(events: events, folder: folder)
            rmdir(folder)
        } catch {
            rmdir(folder)
            fail(4, "\(error)")
        }
    }

    private static func fail(_ code: Int32, _ message: String) -> Never {
        write(STDERR_FILENO, "bench: \(message)\n")
        exit(code)
    }
}
