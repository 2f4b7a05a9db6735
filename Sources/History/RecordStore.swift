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
    /// From the records' group numbers to the history's, of a store that numbers its own; nil: they are the same.
    private var groups: [UInt32]?

    init() {}

    /// Numbers groups anew, from 0. Only while the store is empty.
    mutating func numberGroups() {
        precondition(block == nil && chunks.isEmpty)
        groups = []
    }

    /// The store's own number of a group of the history; nil if it can number no more.
    mutating func add(group: UInt32) -> UInt16? {
        guard let count = groups?.count, count < Int(Record.none16) else { return nil }
        groups?.append(group)
        return UInt16(count)
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
                records: UnsafeBufferPointer(start: block.records, count: count), names: nil, groups: groups,
                counts: counts, owner: block))
    }

    consuming func finish() -> [RecordChunk] {
        seal()
        return chunks
    }
}

/// Room for a count of each type, by raw value.
let emptyCounts = [Int](repeating: 0, count: 1 + RecordType.allCases.reduce(0) { max($0, Int($1.rawValue)) })
