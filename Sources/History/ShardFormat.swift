/// The numbers of FORMAT.md, shared by whoever writes shards and whoever reads them.
enum ShardFormat {
    static let magic: [UInt8] = Array("HFSHARD\n".utf8)
    /// What is written. Version 1 had neither pairs nor spans.
    static let version: UInt32 = 2
    static let versionsRead: ClosedRange<UInt32> = 1...2
    static let fixedHeader = 24
    /// A worker's name is longer than this only in a file that no Holdfast wrote.
    static let headerLimit = 1 << 16

    /// Types of records that are on disk only: `DeliveryPair`, `DeliverySpan`.
    static let pairType: UInt8 = 12
    static let spanType: UInt8 = 13

    /// What a definition defines, in `Record.word`.
    enum Table: UInt8 {
        case names = 0
        case groups = 1
        case forms = 2
    }

    /// Where a definition's text lies in its record.
    static let textOffset = 8
    static let textLength = 40

    /// The length of the header of a worker whose name has this many bytes.
    static func headerLength(nameLength: Int) -> Int {
        (fixedHeader + nameLength + Record.size - 1) / Record.size * Record.size
    }
}

#if _endian(big)
    #error("shards are little-endian, and records are stored as they lie in memory")
#endif
