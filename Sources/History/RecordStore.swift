/// Records in memory, in the order in which they were added, cut into chunks.
struct RecordStore: ~Copyable {
    static let chunkLength = 1 << 16

    /// Owns the records of one chunk.
    final class Block {
        let records: UnsafeMutablePointer<Record>

        init() { records = .allocate(capacity: RecordStore.chunkLength) }

        deinit { records.deallocate() }
    }

    private var block: Block?
    private var count = 0
    private var counts = emptyCounts
    private(set) var chunks: [RecordChunk] = []
    /// Remaps of the records added since the last `seal`.
    private let names: [UInt32]?
    private let groups: [UInt16]?

    init(names: [UInt32]? = nil, groups: [UInt16]? = nil) {
        (self.names, self.groups) = (names, groups)
    }

    @inline(__always)
    mutating func append(_ record: Record) {
        if block == nil || count == RecordStore.chunkLength { begin() }
        guard let block else { return }
        (block.records + count).initialize(to: record)
        count += 1
        counts[Int(record.rawType)] += 1
    }

    private mutating func begin() {
        seal()
        block = Block()
    }

    /// Ends the chunk that is being filled.
    mutating func seal() {
        defer { (block, count, counts) = (nil, 0, emptyCounts) }
        guard let block, count > 0 else { return }
        chunks.append(
            RecordChunk(
                records: UnsafeBufferPointer(start: block.records, count: count), names: names, groups: groups,
                counts: counts, owner: block))
    }

    consuming func finish() -> [RecordChunk] {
        seal()
        return chunks
    }
}

/// Room for a count of each type, by raw value.
let emptyCounts = [Int](repeating: 0, count: 1 + RecordType.allCases.reduce(0) { max($0, Int($1.rawValue)) })
