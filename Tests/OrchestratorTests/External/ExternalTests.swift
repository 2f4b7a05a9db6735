import Platform
import TestSupport
import Testing

/// Somebody else's Redis, with TLS, client certificates and users, on the loopback of a network of its own.
@Suite(
    .enabled(
        if: Holdfast.runsTrials && Tool.locate("redis-cli") != nil && Tool.locate("openssl") != nil,
        "needs root of the machine, redis-server, redis-cli and openssl"),
    .timeLimit(.minutes(3)))
struct ExternalTests {
    /// What was said under each heading, its exit status last.
    private func parts(_ text: String) -> [String: String] {
        var parts: [String: String] = [:]
        var name = ""
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.isEmpty { continue }
            if line.hasPrefix("## ") {
                name = String(line.dropFirst(3))
            } else {
                parts[name, default: ""] += line + "\n"
            }
        }
        return parts
    }

    @Test func aClusterIsAuditedAndNothingOfOthersIsTouched() async throws {
        let place = try Workplace()
        let script = Holdfast.root + "/Tests/OrchestratorTests/External/audit.sh"
        let client = Holdfast.clientsPython.map { [$0, "\(Holdfast.root)/examples/redis-py"] } ?? []
        let result = try await Holdfast.takingTurns {
            try Tool.run(
                "unshare", ["--net", "--", "sh", script, place.here, Holdfast.path] + client,
                deadline: .seconds(150))
        }
        let said = parts(result.output)
        let all = "\(result.output)\(result.errors)"
        let refusals = [
            ("consent", "--i-own-this-cluster"), ("password", "WRONGPASS"),
            ("permission", "the user weak may not do XADD"),
            ("authority", "the certificate of localhost is refused"), ("identity", "tls.certificate"),
            ("setting", "`appendonly`: the suite says yes, the server says no"), ("ceiling", "allows 1000"),
            ("expired", "certificate has expired"), ("other", "hostname mismatch"),
        ]
        for (name, words) in refusals {
            let text = said[name] ?? ""
            #expect(text.contains(words) && text.hasSuffix("exit 2\n"), "\(name): \(text)")
        }
        #expect(!Files.isFolder(place.here + "/out-refused"))
        #expect(said["untouched"]?.hasSuffix("exit 0\n") == true, "\(all)")
        #expect(said["living"]?.contains("nothing to heal") == true, "\(said["living"] ?? "")")
        #expect(said["left"]?.contains(":events\n") == true, "\(said["left"] ?? "")")
        #expect(said["heal"]?.contains("removed key holdfast:") == true, "\(said["heal"] ?? "")")
        #expect(said["bystanders"] == "exit 0\n", "\(all)")
        // Exit 1: it found no such file.
        #expect(said["secrets"] == "exit 1\n", "\(said["secrets"] ?? "")")
        let untouched = try RunFolder(place.here + "/out-none").trial("memory", "none")
        #expect(untouched["status"]?.string == "valid" && untouched["verdict"]?["log"]?["lost"]?.integer == 0)
        if !client.isEmpty {
            let guest = try RunFolder(place.here + "/out-guest").trial("guest", "none")
            #expect(guest["status"]?.string == "valid", "\(said["guest"] ?? "")")
            #expect((guest["verdict"]?["events"]?["acked"]?.integer ?? 0) > 0)
            #expect(guest["verdict"]?["log"]?["lost"]?.integer == 0)
            #expect((guest["verdict"]?["groups.readers.deliveries"]?.integer ?? 0) > 0)
        }
        // A server that keeps nothing on a disk loses what it had, from without as from within.
        let killed = try RunFolder(place.here + "/out-kill").trial("memory", "primary-kill")
        #expect(killed["status"]?.string == "valid", "\(all)")
        #expect((killed["verdict"]?["log"]?["lost"]?.integer ?? 0) > 0, "\(all)")
    }
}
