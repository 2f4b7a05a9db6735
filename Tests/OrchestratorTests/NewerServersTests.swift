import Checker
import History
import Report
import TestSupport
import Testing

@testable import Systems

/// What Redis has since 8.2, and what clients of any Redis can do themselves, on real servers.
@Suite(
    .serialized, .enabled(if: Holdfast.runsTrials, "needs root of the machine and redis-server"),
    .timeLimit(.minutes(10)))
struct NewerServersTests {
    private static let isThere = (try? RedisBinary.find("redis-server-8.2")) != nil

    private static func configuration(_ name: String, _ more: String) -> String {
        "  - {name: \(name), system: redis-standalone, \(more)}\n"
    }

    private static let one = "groups: [{name: g, consumers: 1, batch: 20, claim: never"

    @Test(.enabled(if: isThere, "NO NEWER SERVERS: redis-server-8.2 is not here (make servers)"))
    func onlyWhatWasAcknowledgedIsLetGo() async throws {
        let settings = "settings: {server: redis-server-8.2, save: \"\", maxlen"
        let behind = "faults: [{fault: consumer-behind, with: {events: 400}}]"
        let audit = try await Audit(
            configurations: Self.configuration("plain", "\(settings): 100}, \(Self.one)}], \(behind)")
                + Self.configuration("acked", "\(settings): 100 acked}, \(Self.one)}], \(behind)")
                + Self.configuration(
                    "deletes",
                    "settings: {server: redis-server-8.2, save: \"\"}, \(Self.one), deletes: true}], \(behind)"),
            workload: "{agents: 8, rate: 400, duration: 2s, payload: 200, producers: 1}")
        let plain = try #require(try audit.verdict("plain", "consumer-behind").groups[Name("g")])
        #expect(plain.expiredUnseen > 0)
        let acked = try audit.verdict("acked", "consumer-behind")
        let kept = try #require(acked.groups[Name("g")])
        #expect(acked.log.expired > 0 && acked.log.lost == 0, "what was acknowledged is trimmed")
        #expect(kept.expiredUnseen == 0 && kept.undelivered.skipped == 0 && kept.vanished == 0)
        let deletes = try audit.verdict("deletes", "consumer-behind")
        let deleted = try #require(deletes.groups[Name("g")])
        #expect(deletes.log.entries == 0 && deletes.log.expired == deletes.events.acked && deletes.log.lost == 0)
        #expect(deleted.expiredUnseen == 0 && deleted.vanished == 0 && deleted.stuck == 0)
    }

    /// The same lost replies double events whose entries the server numbers, and none that bear their own numbers.
    @Test func whatBearsItsNumberIsNotDoubled() async throws {
        let more = "retries: until-acked, faults: [cut], settings: {save: \"\", streams: agent, ids"
        let audit = try await Audit(
            configurations: Self.configuration("server", "\(more): server}")
                + Self.configuration("event", "\(more): event}"),
            faults: [
                "cut": """
                timeline:
                  - {at: 15%, do: reset, node: primary, from: clients, replies: true, times: 2, every: 1s}
                """
            ], workload: "{agents: 20, rate: 400, duration: 3s, payload: 200, producers: 1}")
        let (server, event) = (try audit.verdict("server", "cut"), try audit.verdict("event", "cut"))
        #expect(server.log.duplicated.retried > 0 && server.log.duplicated.unexplained == 0)
        #expect(event.log.duplicated.retried == 0 && event.log.duplicated.unexplained == 0)
        #expect(event.log.lost == 0 && event.events.acked == event.events.attempted && event.log.backdated == 0)
    }
}
