import Checker
import Glibc
import History

/// How fast, and in how little memory, the checker judges a large history in binary shards, its pages in the cache;
/// beside it, what reading the same bytes and verifying their checksums takes alone.
enum CheckerBenchmark {
    private struct Run {
        var records = 0
        var reading = 0.0
        var whole = 0.0
        var memory = 0
    }

    static func run(events: Int, folder: String) throws {
        let tenth = try measure(events: events / 10, folder: folder, rounds: 3)
        let full = try measure(events: events, folder: folder, rounds: 2)
        Figure(
            figure: "checker.records", value: Double(full.records) / full.whole, unit: "records/s per core",
            peer: Double(full.records) / full.reading
        ).print()
        Figure(
            figure: "checker.memory", value: Double(full.memory) / 1_048_576, unit: "MiB RssAnon", peer: 2048
        ).print()
        Figure(
            figure: "checker.tenth", value: tenth.whole / full.whole, unit: "share of the time for a tenth", peer: 0.13
        ).print()
    }

    private static func measure(events: Int, folder: String, rounds: Int) throws -> Run {
        let trial = try SampleTrial(events: events, directory: "\(folder)/events-\(events)")
        defer { trial.delete() }
        var best = Run(records: 0, reading: .infinity, whole: .infinity, memory: 0)
        // One round more than is measured: it brings the pages into the cache.
        for round in 0...rounds {
            let begun = processorTime()
            var opened = begun
            var records = 0
            let memory = try AnonymousMemory.peak {
                let history = try History.open(directory: trial.directory)
                opened = processorTime()
                records = history.chunks.reduce(0) { $0 + $1.records.count }
                let verdict = check(history)
                guard verdict.valid, verdict.isWrong, verdict.events.attempted == events else {
                    throw Trouble("the sample came out otherwise: \(verdict.json.compact.prefix(2000))")
                }
            }
            let ended = processorTime()
            if round == 0 { continue }
            best.records = records
            best.reading = min(best.reading, opened - begun)
            best.whole = min(best.whole, ended - begun)
            best.memory = max(best.memory, memory)
        }
        return best
    }
}
