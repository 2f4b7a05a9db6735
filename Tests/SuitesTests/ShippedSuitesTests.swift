import Faults
import Foundation
import Report
import Suites
import Systems
import Testing
import Workload

struct ShippedSuitesTests {
    private func shipped(_ name: String) throws -> Suite {
        try Suite.load("\(packageRoot)/suites/\(name).yml", ownFaults: [])
    }

    @Test func everyShippedSuiteIsRight() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: packageRoot + "/suites")
        #expect(files.contains("audit.yml"))
        for file in files {
            let suite = try shipped(String(file.dropLast(4)))
            #expect(suite.name + ".yml" == file)
            #expect(!suite.cells.isEmpty && !suite.gates.isEmpty)
            // Where nothing is broken, nothing can be lost for certain.
            #expect(suite.controls.isEmpty == ["null.yml", "latency.yml", "fan-out.yml"].contains(file))
        }
    }

    /// Nine of each: with fewer, no one figure among all that are compared can stand out from chance.
    @Test func theNightHasTheAuditsCellsWithLessLoadAndEnoughTrials() throws {
        let (night, audit) = (try shipped("nightly"), try shipped("audit"))
        #expect(night.cells.map(\.label) == audit.cells.map(\.label))
        #expect(night.controls.map(\.description) == audit.controls.map(\.description))
        for (cell, other) in zip(night.cells, audit.cells) {
            #expect(cell.trials >= 9 && cell.workload.rate < other.workload.rate && cell.leastLoad < other.leastLoad)
        }
    }

    @Test func theAuditHasRedisAloneAndWithReplicasAndKafkaUnderTheirFaults() throws {
        let suite = try shipped("audit")
        #expect(
            suite.cells.map(\.label) == [
                "redis defaults/none", "redis defaults/primary-kill", "redis defaults/power-loss",
                "no persistence/none",
                "no persistence/primary-kill", "no persistence/power-loss", "everysec/none", "everysec/primary-kill",
                "everysec/power-loss", "always/none", "always/primary-kill", "always/power-loss",
                "everysec, 2 replicas/none", "everysec, 2 replicas/primary-kill-failover",
                "everysec, 2 replicas/primary-isolated", "everysec, 2 replicas/power-loss",
                "everysec, 2 replicas, min-replicas 1/none",
                "everysec, 2 replicas, min-replicas 1/primary-kill-failover",
                "everysec, 2 replicas, min-replicas 1/primary-isolated",
                "everysec, 2 replicas, min-replicas 1/power-loss",
                "kafka, acks 1/none", "kafka, acks 1/primary-isolated", "kafka, acks 1/power-loss-all",
                "kafka, acks all/none", "kafka, acks all/primary-isolated", "kafka, acks all/power-loss-all",
                "kafka, acks all, flush.messages 1/none", "kafka, acks all, flush.messages 1/primary-isolated",
                "kafka, acks all, flush.messages 1/power-loss-all",
            ])
        for cell in suite.cells {
            #expect(cell.workload.rate == 10_000 && cell.workload.agents == 200 && cell.workload.payload == 200...2000)
            #expect(cell.trials == 1)
        }
        // Under 11 minutes with what a trial costs besides its load.
        #expect(suite.cells.reduce(.zero) { $0 + $1.leastLoad } < .seconds(270))
        #expect(
            suite.controls.map(\.description) == [
                "no persistence × primary-kill: lost", "no persistence × power-loss: lost",
                "everysec, 2 replicas × primary-isolated: lost", "kafka, acks 1 × primary-isolated: lost",
                "kafka, acks all × power-loss-all: lost",
                "no persistence × primary-kill: groups.state.vanished",
                "everysec, 2 replicas × primary-isolated: groups.state.vanished",
                "kafka, acks all × power-loss-all: groups.state.vanished",
            ])
    }

    /// Whoever keeps the agents' state reads along wherever acknowledged events are at stake.
    @Test(arguments: ["audit", "kafka-durability"])
    func aGroupReadsEachConfiguration(_ name: String) throws {
        let suite = try shipped(name)
        #expect(suite.cells.allSatisfy { cell in cell.groups.contains { $0.name == "state" } })
        let gates = suite.gates.map(\.description)
        #expect(gates.contains("* × *: groups.state.unprocessed ≤ 0"))
        let finding = name == "audit" ? "skipped" : "undelivered"
        #expect(gates.contains("* × *: groups.state.\(finding) ≤ 0"))
        #expect(suite.controls.contains { $0.description.hasSuffix(": groups.state.vanished") })
    }

    /// Those that need a consumer group, tiered storage or another cluster have other places.
    @Test func theSuiteOfKafkaNamesEachOfItsRows() throws {
        let suite = try shipped("kafka-durability")
        let rows = Set(suite.cells.compactMap { $0.description?.prefix(3) }.map(String.init))
        let wanted = [1, 2, 3, 4, 5, 6, 7, 9, 10, 12, 13, 14, 16, 17, 19, 20, 22, 24, 25, 26, 28, 29, 30, 32, 41, 46]
        #expect(rows == Set(wanted.map { $0 < 10 ? "K0\($0)" : "K\($0)" }))
        #expect(suite.controls.map(\.description).contains("acks 1 × leader-isolated: lost"))
        #expect(suite.gates.map(\.description).contains("acks all, *flush* × power-loss-all: lost ≤ 0"))
    }

    @Test func theMatrixNamesEachRowOfRedis() throws {
        let suite = try shipped("redis-matrix")
        let text = suite.cells.compactMap(\.description).joined(separator: " ")
        let rows = [
            1, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 17, 19, 20, 21, 23, 24, 25, 26, 27, 28, 29, 31, 33, 34, 35, 37,
            38, 40,
            41, 42, 44, 45, 47, 48, 49, 50, 51, 52, 55, 56, 57, 58, 59, 62, 63, 64, 65, 66, 67, 69, 70, 71, 72, 74, 76,
            77,
            78,
        ]
        for row in rows {
            let id = row < 10 ? "R0\(row)" : "R\(row)"
            #expect(text.contains(id), "\(id)")
        }
        let gates = suite.gates.map(\.description)
        #expect(gates.contains("alone, everysec × primary-kill: lost ≤ 0, except fsync-pending"))
        #expect(gates.contains("alone*, everysec × power-loss-for-good: loss.window ≤ 1500ms"))
        #expect(gates.contains("* × *: duplicated.unexplained ≤ 0"))
    }

    @Test func theNullAuditBreaksNothingInTwentyTrials() throws {
        let suite = try shipped("null")
        #expect(suite.cells.allSatisfy { $0.fault.timeline.isEmpty })
        #expect(suite.cells.reduce(0) { $0 + $1.trials } == 20)
        #expect(suite.gates.allSatisfy { $0.max?.amount == 0 })
    }

    @Test func smokeIsShort() throws {
        let suite = try shipped("smoke")
        #expect(suite.cells.reduce(.zero) { $0 + $1.leastLoad } < .seconds(30))
    }
}
