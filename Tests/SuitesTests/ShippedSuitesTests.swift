import Foundation
import Report
import Suites
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
            #expect(!suite.cells.isEmpty && !suite.gates.isEmpty && !suite.controls.isEmpty)
        }
    }

    @Test func theAuditHasFourConfigurationsUnderThreeFaults() throws {
        let suite = try shipped("audit")
        #expect(
            suite.cells.map(\.label) == [
                "redis defaults/none", "redis defaults/primary-kill", "redis defaults/power-loss",
                "no persistence/none",
                "no persistence/primary-kill", "no persistence/power-loss", "everysec/none", "everysec/primary-kill",
                "everysec/power-loss", "always/none", "always/primary-kill", "always/power-loss",
            ])
        for cell in suite.cells {
            #expect(cell.workload.rate == 10_000 && cell.workload.agents == 200 && cell.workload.payload == 200...2000)
            #expect(cell.trials == 1)
        }
        // Under 4 minutes with what a trial costs besides its load.
        #expect(suite.cells.reduce(.zero) { $0 + $1.leastLoad } < .seconds(120))
        #expect(
            suite.controls.map(\.description) == [
                "no persistence × primary-kill: lost", "no persistence × power-loss: lost",
            ])
    }

    @Test func theDurabilitySuiteNamesEachOfItsRows() throws {
        let suite = try shipped("redis-durability")
        let cells = suite.cells.map { "\($0.description ?? "") \($0.label) × \($0.trials)" }
        #expect(
            cells == [
                "R01 no persistence/primary-kill × 3", "R05 appendfsync no/primary-kill × 3",
                "R08 appendfsync no/power-loss × 3", "R08 appendfsync no, xfs/power-loss × 3",
                "R06 everysec/primary-kill × 3", "R09 everysec/power-loss × 5", "R09 everysec, xfs/power-loss × 5",
                "R07 always/primary-kill × 3", "R55 always/power-loss × 3", "R55 always, xfs/power-loss × 3",
            ])
        let gates = suite.gates.map(\.description)
        #expect(gates.contains("everysec × primary-kill: lost ≤ 0, except fsync-pending"))
        #expect(gates.contains("everysec* × power-loss: loss.window ≤ 1500ms"))
        #expect(gates.contains("everysec* × power-loss: loss.hole_agents ≤ 0"))
    }

    @Test func smokeIsShort() throws {
        let suite = try shipped("smoke")
        #expect(suite.cells.reduce(.zero) { $0 + $1.leastLoad } < .seconds(30))
    }
}
