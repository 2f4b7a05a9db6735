import Platform
import TestSupport
import Testing

/// Somebody else's Redis, with TLS, client certificates and users, on the loopback of a network of its own.
@Suite(
    .enabled(
        if: Holdfast.runsTrials && Tool.locate("redis-cli") != nil && Tool.locate("openssl") != nil,
        "needs root of the machine, redis-server, redis-cli and openssl"),
    .timeLimit(.minutes(8)))
struct ExternalTests {
    @Test func aClusterIsAuditedAndNothingOfOthersIsTouched() async throws {
        let place = try Workplace()
        let script = Holdfast.root + "/Tests/OrchestratorTests/External/audit.sh"
        let client = Holdfast.clientsPython.map { [$0, "\(Holdfast.root)/examples/redis-py"] } ?? []
        let result = try await Holdfast.takingTurns {
            try Tool.run(
                "unshare", ["--net", "--", "sh", script, place.here, Holdfast.path] + client,
                deadline: .seconds(300))
        }
        let said = Said(result.output)
        let all = "\(result.output)\(result.errors)"
        let refusals = [
            ("consent", "--i-own-this-cluster"), ("password", "WRONGPASS"),
            ("permission", "the user weak may not do XADD"),
            ("authority", "the certificate of localhost is refused"), ("identity", "tls.certificate"),
            ("setting", "`appendonly`: the suite says yes, the server says no"), ("ceiling", "allows 1000"),
            ("expired", "certificate has expired"), ("other", "hostname mismatch"),
        ]
        for (name, words) in refusals { said.expectRefusal(name, words) }
        #expect(!Files.isFolder(place.here + "/out-refused"))
        #expect(said["untouched"].hasSuffix("exit 0\n"), "\(all)")
        #expect(said["living"].contains("nothing to heal"), "\(said["living"])")
        #expect(said["left"].contains(":events\n"), "\(said["left"])")
        #expect(said["heal"].contains("removed key holdfast:"), "\(said["heal"])")
        #expect(said["bystanders"] == "exit 0\n", "\(all)")
        // Exit 1: it found no such file.
        #expect(said["secrets"] == "exit 1\n", "\(said["secrets"])")
        let untouched = try RunFolder(place.here + "/out-none").trial("memory", "none")
        #expect(untouched["status"]?.string == "valid" && untouched["verdict"]?["log"]?["lost"]?.integer == 0)
        if !client.isEmpty { try said.expectGuest("redis-py", in: RunFolder(place.here + "/out-guest")) }
        // A server that keeps nothing on a disk loses what it had, from without as from within.
        let killed = try RunFolder(place.here + "/out-kill").trial("memory", "primary-kill")
        #expect(killed["status"]?.string == "valid", "\(all)")
        #expect((killed["verdict"]?["log"]?["lost"]?.integer ?? 0) > 0, "\(all)")
    }

    /// A cluster of three shards with a replica each, and three servers with three sentinels, started with TLS and passwords
    /// by labs of this machine.
    @Test func clustersOfLabsAreAuditedByAddressAsFromWithin() async throws {
        let place = try Workplace()
        let script = Holdfast.root + "/Tests/OrchestratorTests/External/owned.sh"
        _ = try await Holdfast.takingTurns {
            try Tool.run("sh", [script, place.here, Holdfast.path], deadline: .seconds(400))
        }
        try expectShards(place.here + "/cluster", Said(Files.read(place.here + "/cluster.out", limit: 1 << 20) ?? ""))
        try expectWatched(
            place.here + "/sentinel", Said(Files.read(place.here + "/sentinel.out", limit: 1 << 20) ?? ""))
    }

    private func expectShards(_ folder: String, _ said: Said) throws {
        let refusals = [
            ("password", "WRONGPASS"), ("permission", "the user weak may not do CLUSTER NODES, CLUSTER INFO"),
            ("replica-permission", "redis-5: the user holdfast may not do XADD"),
            ("unnamed", "sends clients to 198.18.0.16:6379, which"), ("missing", "names 5: name every server"),
            ("setting", "`appendonly`: the suite says no, the server says yes"),
            ("access", "the suite says `open`, and"),
            ("expired", "redis-2 is refused: certificate has expired"), ("other", "hostname mismatch"),
        ]
        for (name, words) in refusals { said.expectRefusal(name, words) }
        #expect(!Files.isFolder(folder + "/out-refused"))
        let trial = try RunFolder(folder + "/out-failover").trial("shards", "primary-kill-failover")
        #expect(trial["status"]?.string == "valid", "\(said.all)")
        #expect((trial["verdict"]?["events"]?["acked"]?.integer ?? 0) > 0)
        // Six agents with one event in flight each, as from within.
        #expect((trial["verdict"]?["log"]?["lost"]?.integer ?? .max) <= 6, "\(said.all)")
        said.expectNothing("failover-remains")
        #expect(said["killed-remains"].contains(":events:{"), "\(said.all)")
        expectHealed(said)
    }

    /// What a killed run left was there, and went; nothing of others was touched, and no secret told.
    private func expectHealed(_ said: Said) {
        #expect(said["living"].contains("nothing to heal"), "\(said["living"])")
        #expect(said["killed-remains"].contains(":events"), "\(said.all)")
        #expect(
            said["heal"].contains("removed fault kill redis-") && said["heal"].hasSuffix("exit 0\n"), "\(said["heal"])")
        #expect(said["bystanders"] == "exit 0\n", "\(said["bystanders"])")
        for name in ["healed-remains", "secrets"] { said.expectNothing(name) }
    }

    private func expectWatched(_ folder: String, _ said: Said) throws {
        let refusals = [
            ("password", "see `sentinel-auth` in the cluster's file"),
            ("permission", "sentinel-1: the user weak may not do SENTINEL"),
            ("plain", "has no TLS with a password"),
            ("authority", "redis-1 is refused: self-signed certificate in certificate chain"),
            ("identity", "tls.certificate"),
            ("primary-name", "sentinel-1 watches no primary called somebody"),
            ("server-permission", "redis-1: the user weak may not do XADD"),
            ("unnamed", "sends clients to 198.18.0.12:6379"), ("missing", "names 2: name every server"),
            ("sentinels", "finds 2 other sentinels well"),
            ("setting", "`down-after-milliseconds`: the suite says 777, the sentinel says 20000"),
            ("expired", "redis-2 is refused: certificate has expired"), ("other", "hostname mismatch"),
        ]
        for (name, words) in refusals { said.expectRefusal(name, words) }
        #expect(said["tried"] == "exit 0\n", "\(said["tried"])")
        // Servers that keep nothing on a disk lose what they had until they were killed, half-way: by the same gate.
        for name in ["outside", "inside"] {
            let trial = try RunFolder("\(folder)/out-\(name)").trial("watched", "primary-kill")
            #expect(trial["status"]?.string == "valid", "\(said.all)")
            #expect(said[name].hasSuffix("exit 0\n"), "\(said[name])")
        }
        let unpromoted = try RunFolder(folder + "/out-unpromoted").trial("watched", "primary-kill-failover")
        #expect(unpromoted["status"]?.string == "skipped")
        let promoted = try RunFolder(folder + "/out-promoted").trial("watched", "primary-kill-failover")
        #expect(promoted["status"]?.string == "valid", "\(said.all)")
        // Four agents, likewise.
        #expect((promoted["verdict"]?["log"]?["lost"]?.integer ?? .max) <= 4, "\(said.all)")
        for name in ["remains", "promoted-remains"] { said.expectNothing(name) }
        #expect(said["healed-bystanders"] == "exit 0\n", "\(said["healed-bystanders"])")
        expectHealed(said)
    }
}
