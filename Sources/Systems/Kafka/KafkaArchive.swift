import Glibc
import Labs
import Platform

/// A class-data archive: what Java learned of Kafka's classes in one start, so that the next takes half the time. Made once
/// for each release and each Java, and kept in the user's cache.
struct KafkaArchive {
    let home: KafkaHome

    /// Its path; made first if it is not there, which takes some twenty seconds. Nil if it cannot be had: servers then
    /// start without.
    func path(patience: any Patience) throws(SystemError) -> String? {
        guard let cache = UserCache.folder, (try? Files.makeFolders(cache)) != nil else { return nil }
        let path = "\(cache)/\(name)"
        let lockPath = path + ".lock"
        let deadline = MonotonicClock.now() + SystemLimits.archiveNanoseconds
        while !Self.isThere(path) {
            guard MonotonicClock.now() < deadline else { return nil }
            // Another run may be making it this very moment.
            guard let lock = try? FileLock(lockPath, create: !Self.isThere(lockPath)) else {
                _ = try patience.wait(upTo: 0.2) { Self.isThere(path) }
                continue
            }
            var isMade = Self.isThere(path)
            if !isMade { isMade = try make(path, patience) }
            _ = consume lock
            guard isMade else { return nil }
        }
        return path
    }

    /// Another release, another Java or other jars: another archive. Java takes none whose jars were written anew since,
    /// and says nothing: each start would take twice as long.
    private var name: String {
        let jars = home.classPath.split(separator: ":").map { path in
            var status = stat()
            guard stat(String(path), &status) == 0 else { return "" }
            return "\(path) \(status.st_size) \(status.st_mtim.tv_sec)"
        }
        let words = "\(home.version.version) \(home.java) \(jars) \(KafkaHome.virtualMachine)"
        return "kafka-\(KafkaHome.hash(words)).jsa"
    }

    private static func isThere(_ path: String) -> Bool { access(path, R_OK) == 0 }

    /// Runs a node of its own on the loopback, lets it do what nodes do, and ends it: Java then writes the archive.
    private func make(_ path: String, _ patience: any Patience) throws(SystemError) -> Bool {
        // One name, under the lock: whoever comes next removes what a killed run left.
        let folder = path + ".making"
        try? Files.removeTree(folder)
        defer { try? Files.removeTree(folder) }
        do { try Files.makeFolders(folder) } catch { return false }
        guard let port = Self.freePort(), let controllerPort = Self.freePort(), port != controllerPort else {
            return false
        }
        let properties = folder + "/server.properties"
        let text = """
            process.roles=broker,controller
            node.id=1
            controller.quorum.voters=1@127.0.0.1:\(controllerPort)
            listeners=PLAINTEXT://127.0.0.1:\(port),CONTROLLER://127.0.0.1:\(controllerPort)
            controller.listener.names=CONTROLLER
            log.dirs=\(folder)/data
            offsets.topic.replication.factor=1
            offsets.topic.num.partitions=1
            log.cleaner.dedupe.buffer.size=2097152

            """
        do { try Files.write(text, to: properties) } catch { return false }
        try home.format(clusterID: KafkaHome.anyClusterID, properties: properties, features: [])
        let program = try home.program(
            heapMegabytes: 256, properties: properties, log: folder + "/server.log", outputFile: folder + "/server.out",
            archive: nil, options: ["-XX:ArchiveClassesAtExit=\(folder)/archive"])
        guard
            let server = try? Child(
                executable: program.executable, arguments: program.arguments, environment: program.environment,
                output: .file(program.outputFile))
        else { return false }
        defer { server.end() }
        let answers = try patience.wait(upTo: SystemLimits.startSeconds) {
            server.status != nil || (try? Sockets.connect("127.0.0.1", port: port)).map { close($0) == 0 } ?? false
        }
        guard answers, server.status == nil else { return false }
        use("127.0.0.1:\(port)", folder)
        server.send(SIGTERM)
        guard try patience.wait(upTo: SystemLimits.startSeconds, until: { server.status != nil }) else { return false }
        return rename(folder + "/archive", path) == 0
    }

    /// A topic, some events written and read: the classes of a broker at work. What fails here only costs time later.
    private func use(_ address: String, _ folder: String) {
        let tools: [[String]] = [
            ["TopicCommand", "--bootstrap-server", address, "--create", "--topic", "warm", "--partitions", "1"],
            [
                "ProducerPerformance", "--bootstrap-server", address, "--topic", "warm", "--num-records", "1000",
                "--record-size", "100", "--throughput", "-1",
            ],
            [
                "ConsumerPerformance", "--bootstrap-server", address, "--topic", "warm", "--num-records", "1000",
            ],
        ]
        for tool in tools {
            let arguments = KafkaHome.virtualMachine + ["-Xmx128m", "-cp", home.classPath]
            let words = arguments + ["org.apache.kafka.tools.\(tool[0])"] + tool.dropFirst()
            _ = try? Tool.run(home.java, words, deadline: .seconds(SystemLimits.formatSeconds))
        }
    }

    /// A port of the loopback that nobody has at this moment; nil if there is none.
    private static func freePort() -> UInt16? {
        let raw = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard raw >= 0 else { return nil }
        let listener = Descriptor(raw)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(listener.raw, generic, length) == 0 && getsockname(listener.raw, generic, &length) == 0
            }
        }
        return isBound ? UInt16(bigEndian: address.sin_port) : nil
    }
}
