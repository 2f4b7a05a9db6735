import Foundation
import Glibc
import Systems
import Workers

/// bench [generator] [kafka] [checker] [trial] [--events N] [--folder DIR]
///
/// Prints one JSON object a line for each figure, of all benchmarks if none is named. What it writes below DIR (a new
/// folder in TMPDIR) is deleted. `bench worker produce ORDERS.json` is one of its own producers.
@main
struct Main {
    static func main() {
        signal(SIGPIPE, SIG_IGN)
        if CommandLine.arguments.count == 4, CommandLine.arguments[1] == "worker" {
            exit(produce(CommandLine.arguments[3]))
        }
        var events = 14_300_000
        var wanted: [String] = []
        var folder = String(cString: getenv("TMPDIR") ?? strdup("/tmp"))
        var arguments = CommandLine.arguments.dropFirst()
        while let argument = arguments.popFirst() {
            switch argument {
            case "generator", "kafka", "checker", "trial": wanted.append(argument)
            case "--events": events = arguments.popFirst().flatMap { Int($0) } ?? 0
            case "--folder": folder = arguments.popFirst() ?? ""
            default:
                fail(
                    2,
                    "unknown argument \(argument); usage: bench [generator] [kafka] [checker] [trial] "
                        + "[--events N] [--folder DIR]"
                )
            }
        }
        if events < 1000 { fail(2, "--events needs a whole number from 1000") }
        folder += "/holdfast-bench-\(getpid())"
        guard mkdir(folder, 0o755) == 0 else { fail(2, "cannot make \(folder): \(String(cString: strerror(errno)))") }
        if wanted.isEmpty { wanted = ["generator", "kafka", "checker", "trial"] }
        do {
            if wanted.contains("generator") { try GeneratorBenchmark.run(folder: folder) }
            if wanted.contains("kafka") { try KafkaBenchmark.run(folder: folder) }
            if wanted.contains("checker") { try CheckerBenchmark.run(events: events, folder: folder) }
            if wanted.contains("trial") { try TrialBenchmark.run(folder: folder) }
            try? FileManager.default.removeItem(atPath: folder)
        } catch {
            fail(4, "\(error)")
        }
    }

    private static func produce(_ orders: String) -> Int32 {
        do {
            return try Clients.produce(try ProducerOrders(at: orders))
        } catch {
            write(STDERR_FILENO, "bench: \(error)\n")
            return 2
        }
    }

    private static func fail(_ code: Int32, _ message: String) -> Never {
        write(STDERR_FILENO, "bench: \(message)\n")
        exit(code)
    }
}
