/// ApiVersions v3: which features the brokers have agreed on, and up to which level. No release's own version is in it.
struct KafkaFeaturesRequest: KafkaRequest {
    static let key: Int16 = 18
    static let version: Int16 = 3
    static let isFlexible = true
    /// Its answer's header is of the old kind: whoever asks may not know yet what the broker speaks.
    static let hasFlexibleAnswer = false

    private static let finalized = 2

    func write(into writer: inout KafkaWriter) {
        writer.compactString("holdfast")
        writer.compactString("1")
        writer.noTags()
    }

    /// Levels by the features' names.
    func read(_ reader: inout KafkaReader) throws(KafkaMalformed) -> [String: Int16] {
        _ = try reader.integer(Int16.self)
        _ = try reader.compactList { reader throws(KafkaMalformed) in
            try reader.skip(6)
            try reader.skipTags()
        }
        _ = try reader.integer(Int32.self)
        var levels: [String: Int16] = [:]
        for _ in 0..<(try reader.unsignedVarint()) {
            let tag = try reader.unsignedVarint()
            let length = try reader.unsignedVarint()
            guard tag == Self.finalized else {
                try reader.skip(length)
                continue
            }
            _ = try reader.compactList { reader throws(KafkaMalformed) in
                let name = try reader.compactString()
                let level = try reader.integer(Int16.self)
                _ = try reader.integer(Int16.self)
                try reader.skipTags()
                if let name { levels[name] = level }
            }
        }
        return levels
    }
}

/// Levels of `metadata.version`, which name the release that the brokers have agreed to be.
enum KafkaMetadataVersion {
    static let feature = "metadata.version"
    /// The first level of each release.
    private static let first: [(level: Int16, release: String)] = [
        (7, "3.3"), (8, "3.4"), (9, "3.5"), (12, "3.6"), (15, "3.7"), (20, "3.8"), (21, "3.9"), (22, "4.0"),
        (26, "4.1"),
        (28, "4.2"), (30, "4.3"),
    ]
    /// Levels above mean releases that are not known here.
    private static let last: Int16 = 30

    /// `metadata.version 4.3 (level 30)`; of what is not known the level alone.
    static func text(of level: Int16) -> String {
        let release = level <= last ? first.last { $0.level <= level }?.release : nil
        return release.map { "\(feature) \($0) (level \(level))" } ?? "\(feature) of level \(level)"
    }
}
