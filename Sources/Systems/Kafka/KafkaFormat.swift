import Glibc
import Labs
import Platform

/// A new node's data directory. The release's own tool makes the first; of the others only the ids differ, and a tool
/// that is started a second time costs more than a second.
struct KafkaFormat {
    let home: KafkaHome
    let settings: KafkaSettings
    /// Sixteen bytes as Kafka writes them.
    let clusterID = Self.freshID()

    /// What the tool made, by release and features: it names no node and no cluster.
    private static let checkpoint = "bootstrap.checkpoint"

    /// Where it is kept, in the user's cache like the class-data archive: by release, jars and features.
    private var keptPath: String? {
        UserCache.folder.map {
            "\($0)/format-\(KafkaHome.hash("\(home.version.version) \(home.classPath) \(features)"))"
        }
    }

    private var features: [(name: String, level: Int)] {
        settings.eligibleLeaderReplicas.map { [("eligible.leader.replicas.version", $0)] } ?? []
    }

    /// Formats a node whose data directory is not there; all others stay as they are.
    func apply(to server: KafkaServer) throws(SystemError) {
        guard !Files.isFolder(server.dataDirectory) else { return }
        let bytes = try checkpointBytes(of: server)
        let meta = """
            version=1
            cluster.id=\(clusterID)
            node.id=\(server.id)
            directory.id=\(Self.freshID())

            """
        do {
            try Files.makeFolders(server.dataDirectory)
            try Files.write(bytes, to: "\(server.dataDirectory)/\(Self.checkpoint)")
            try Files.write(meta, to: "\(server.dataDirectory)/meta.properties")
        } catch {
            throw SystemError(.lab, "\(server.node.name): its data directory cannot be made: \(error)")
        }
    }

    private func checkpointBytes(of server: KafkaServer) throws(SystemError) -> [UInt8] {
        if let known = keptPath.flatMap({ Self.bytes(of: $0) }) { return known }
        try server.writeProperties()
        try home.format(
            clusterID: clusterID, properties: server.propertiesPath, features: features, beside: server.node)
        let path = "\(server.dataDirectory)/\(Self.checkpoint)"
        guard let bytes = Self.bytes(of: path) else {
            throw SystemError(.refused, "Kafka formatted a data directory, and \(path) is not there")
        }
        // Made again, with an id of its own, like all others.
        do { try Files.removeTree(server.dataDirectory) } catch { throw SystemError(.lab, "\(error)") }
        // What cannot be kept is made again the next time.
        if let cache = UserCache.folder, let keptPath, (try? Files.makeFolders(cache)) != nil {
            try? Files.write(bytes, to: keptPath)
        }
        return bytes
    }

    private static func bytes(of path: String) -> [UInt8]? {
        let raw = open(path, O_RDONLY | O_CLOEXEC)
        guard raw >= 0 else { return nil }
        let file = Descriptor(raw)
        var bytes = [UInt8](repeating: 0, count: SystemLimits.checkpointBytes)
        let count = pread(file.raw, &bytes, bytes.count, 0)
        return count > 0 && count < bytes.count ? Array(bytes[..<count]) : nil
    }

    /// Sixteen random bytes in URL-safe base64 without padding; no leading dash, which tools would take for an option.
    static func freshID() -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        var random = SystemRandomNumberGenerator()
        var text = String(alphabet[Int.random(in: 0..<62, using: &random)])
        for _ in 1..<21 { text.append(alphabet[Int.random(in: 0..<64, using: &random)]) }
        // The last letter stands for two bits alone.
        return text + String(alphabet[Int.random(in: 0..<4, using: &random) * 16])
    }
}
