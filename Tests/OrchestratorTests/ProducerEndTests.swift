import Documents
import Foundation
import Glibc
import Platform
import Suites
import TestSupport
import Testing
import Workers

@testable import Orchestrator

/// How producers end, and who is told. They are played by a script that ends as it is told to.
@Suite(.serialized, .timeLimit(.minutes(1)))
struct ProducerEndTests {
    private final class Crew {
        let place: Workplace
        let producers = Producers()
        private let client = ClientOrders(client: "redis", addresses: ["127.0.0.1:1"], streams: ["s"], ack: "reply")

        init() throws {
            place = try Workplace()
            for folder in ["history", "logs"] { try Files.makeFolders("\(place.path)/\(folder)") }
            let text = """
                suite: ends
                workload: {agents: 4, rate: 100, duration: 1s, producers: 2}
                faults: [none]
                configurations: [{name: r, system: redis-standalone}]

                """
            let suite = try Suite.read(
                Array(text.utf8), path: "s.yml", ownFaults: [Holdfast.root + "/faults"])
            var setting = Producers.Setting(
                cell: suite.cells[0], run: "ends", seed: 1, epoch: MonotonicClock.now(), lead: 0, directory: place.path)
            setting.executable = try script()
            try producers.start(setting, client: client)
        }

        deinit { producers.end() }

        /// Ends once there is a file of the worker's name: fenced if it says so.
        private func script() throws -> String {
            var status = ProducerStatus()
            status.done = true
            status.fenced = "another producer has its place"
            let line = String(decoding: try JSONEncoder().encode(status), as: UTF8.self)
            let path = try place.file(
                "worker",
                """
                #!/bin/sh
                end=${3%.orders.json}.end
                while [ ! -e "$end" ]; do sleep 0.02; done
                [ "$(cat "$end")" = fenced ] || exit 3
                echo '\(line)'

                """)
            #expect(chmod(path, 0o755) == 0)
            return path
        }

        func add(as number: Int) throws -> Producer {
            let producer = try producers.add(as: number)
            try producers.play(producer, client: client)
            return producer
        }

        func restart(_ index: Int) throws { try producers.play(producers.all[index], client: client) }

        /// Tells a worker to end, and waits until a producer's processes have.
        func end(_ worker: String, _ how: String, _ index: Int) throws {
            _ = try place.file("logs/\(worker).end", how)
            #expect(eventually { producers.all[index].hasEnded })
        }

        var news: [String] {
            producers.newEnds().map { producer, end in
                switch end {
                case .lost(let reason): "\(producer.name) lost: \(reason)"
                case .fenced(let reason): "\(producer.name) fenced: \(reason)"
                }
            }
        }
    }

    @Test func whoIsFencedByAnotherThatAFaultStartedIsNoLoss() throws {
        let crew = try Crew()
        let other = try crew.add(as: 1)
        #expect(other.name == "producer-1.2" && other.identity == "producer-1")
        #expect(crew.news == [])
        try crew.end("producer-1", "fenced", 0)
        #expect(crew.news == ["producer-1 fenced: another producer has its place"])
        #expect(crew.news == [])
    }

    @Test func whoIsFencedWithoutAFaultIsLost() throws {
        let crew = try Crew()
        _ = try crew.add(as: 1)
        try crew.end("producer-2", "fenced", 1)
        #expect(
            crew.news == [
                "producer-2 lost: the broker fenced it, and no fault gave its identity to another: "
                    + "another producer has its place"
            ])
        // The later one of two with one identity has nobody behind it that could.
        try crew.end("producer-1.2", "fenced", 2)
        #expect(crew.news.first?.hasPrefix("producer-1.2 lost: the broker fenced it") == true)
    }

    @Test func onlyWhatAFaultEndedIsNoLoss() throws {
        let crew = try Crew()
        let (first, second) = (crew.producers.all[0], crew.producers.all[1])
        try first.kill()
        #expect(crew.news == [])
        #expect(crew.producers.all[0].hasEnded)
        try crew.restart(0)
        #expect(first.processes.map(\.orders.worker) == ["producer-1", "producer-1.2"])
        #expect(first.processes[1].orders.resumes == [first.processes[0].orders.historyPath])
        #expect(first.processes[1].orders.begins != nil && first.processes[1].orders.generation == 2)
        #expect(crew.news == [])
        try crew.end("producer-1.2", "badly", 0)
        #expect(crew.news == ["producer-1 lost: exited with 3; see logs/producer-1.2.log"])
        #expect(throws: (any Error).self) { try first.kill() }
        try second.pause()
        try second.terminate()
        #expect(crew.news == [])
        #expect(throws: WorkerError.self) { try crew.producers.add(as: 3) }
    }
}
