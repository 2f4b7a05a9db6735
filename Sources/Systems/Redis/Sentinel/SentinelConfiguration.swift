/// What a sentinel is told before its first start.
struct SentinelConfiguration {
    let settings: SentinelSettings
    let run: String
    /// The primary of the start.
    let primary: String

    /// A sentinel has an identity of 40 digits, and is told the others': by itself it would hear of them within two
    /// seconds or more, over the primary.
    static func identity(_ number: Int, run: String) -> String {
        var digits = ""
        var state: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in "\(run):\(number)".utf8 { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
        while digits.count < 40 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let part = String(state >> 32, radix: 16)
            digits += String(repeating: "0", count: 8 - part.count) + part
        }
        return digits
    }

    /// - Parameters:
    ///   - number: which of the sentinels, from 0.
    ///   - addresses: of all of them.
    ///   - admission: how it lets anybody in; nil: without a word.
    func text(
        number: Int, addresses: [String], dataDirectory: String, admission: RedisAdmission? = nil
    ) -> String {
        let (name, own) = (SentinelServer.primary, addresses[number])
        var lines = admission.map { $0.sentinelLines.map(\.text) } ?? ["port \(SentinelServer.port)"]
        lines += [
            "bind \(own.hasPrefix("127.") ? own : "\(own) 127.0.0.1")",
            "protected-mode no",
            "daemonize no",
            "logfile \"\"",
            "dir \(RedisConfigurationFile.quoted(dataDirectory))",
            "sentinel myid \(Self.identity(number, run: run))",
            "sentinel announce-ip \(own)",
            "sentinel monitor \(name) \(primary) \(RedisConfigurationFile.port) \(settings.agreeing)",
            "sentinel down-after-milliseconds \(name) \(settings.downAfter.milliseconds)",
            "sentinel failover-timeout \(name) \(settings.failoverTimeout.milliseconds)",
            "sentinel parallel-syncs \(name) \(settings.parallelSyncs)",
        ]
        lines += admission?.sentinelLines(watching: name).map(\.text) ?? []
        for (other, address) in addresses.enumerated() where other != number {
            let identity = Self.identity(other, run: run)
            lines.append("sentinel known-sentinel \(name) \(address) \(SentinelServer.port) \(identity)")
        }
        return lines.map { $0 + "\n" }.joined()
    }
}
