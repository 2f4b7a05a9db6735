import CChecksum

/// Reads one shard: maps it, checks every record once, and hands the records over where they lie.
struct ShardReader: ~Copyable {
    private let input: InputBytes
    /// The file's name without its folder.
    private let name: String
    private let logs: Int
    private var names: ShardNames
    private var pieces: [RecordChunk] = []
    private var copies = RecordStore()

    /// Checked and looked at in one go, so that the second look finds them in the nearest cache.
    private static let block = 256
    /// Runs between definitions that are shorter are copied together: chunks of a few records would cost more.
    private static let shortest = 4096

    private enum Found {
        case whole
        /// What is wrong, and where.
        case damaged(String)
    }

    /// - Parameter name: how messages call it.
    static func read(_ path: String, name: String, into builder: inout HistoryBuilder) throws(InputError) {
        let input = try InputBytes.open(path)
        var worker = name
        let start: Int
        switch try readHeader(input.bytes, path) {
        case .torn: return
        case .damaged: return report("shard \(name) damaged in its header", worker, &builder)
        case .whole(let length, let text): (start, worker) = (length, text)
        }
        let header = builder.history.header
        var reader = ShardReader(
            input: input, name: name, logs: header.logs.count, names: ShardNames(system: header.system))
        let found = reader.readRecords(from: start, &builder)
        reader.hand(to: &builder)
        if case .damaged(let reason) = found { report(reason, worker, &builder) }
    }

    private init(input: InputBytes, name: String, logs: Int, names: ShardNames) {
        (self.input, self.name, self.logs, self.names) = (input, name, logs, names)
    }

    /// What stands in for records that are gone: nobody may take the rest for the whole.
    private static func report(_ reason: String, _ worker: String, _ builder: inout HistoryBuilder) {
        let gap = Record.gap(t: 0, worker: builder.name(Name(worker)), reason: builder.name(Name(reason)))
        builder.store.append(gap)
        builder.sealStore()
    }

    private mutating func readRecords(from start: Int, _ builder: inout HistoryBuilder) -> Found {
        let count = (input.bytes.count - start) / Record.size
        guard count > 0, let base = input.bytes.baseAddress else { return .whole }
        let first = (base + start).assumingMemoryBound(to: Record.self)
        let records = UnsafeBufferPointer(start: first, count: count)
        var counts = emptyCounts
        var begun = 0
        var index = 0
        while index < count {
            let stop = min(index + ShardReader.block, begun + RecordStore.chunkLength, count)
            let good = index + holdfast_check_records(first + index, stop - index)
            let end = readBlock(records, index..<good, &counts, &builder)
            if end < good, records[end].type == .definition, names.define(records[end], &builder) {
                emit(records, begun..<end, &counts)
                (index, begun) = (end + 1, end + 1)
                continue
            }
            guard end == stop else {
                emit(records, begun..<end, &counts)
                return .damaged("shard \(name) damaged at record \(end)")
            }
            index = end
            if index - begun == RecordStore.chunkLength {
                emit(records, begun..<index, &counts)
                begun = index
            }
        }
        emit(records, begun..<count, &counts)
        return .whole
    }

    /// Looks at records whose checksums are right, up to the first that is a definition or that no writer wrote.
    @inline(__always)
    private mutating func readBlock(
        _ records: UnsafeBufferPointer<Record>, _ range: Range<Int>, _ counts: inout [Int],
        _ builder: inout HistoryBuilder
    ) -> Int {
        if names.unfinished { return range.lowerBound }
        for index in range {
            guard names.admits(records[index], logs: logs, &builder) else { return index }
            counts[Int(records[index].rawType)] += 1
        }
        return range.upperBound
    }

    private mutating func emit(
        _ records: UnsafeBufferPointer<Record>, _ range: Range<Int>, _ counts: inout [Int]
    ) {
        defer { counts = emptyCounts }
        let part = UnsafeBufferPointer(rebasing: records[range])
        if part.count < ShardReader.shortest {
            for record in part { copies.append(record) }
            return
        }
        takeCopies()
        pieces.append(RecordChunk(records: part, names: nil, groups: nil, counts: counts, owner: input))
    }

    private mutating func takeCopies() {
        copies.seal()
        pieces.append(contentsOf: copies.chunks)
        copies = RecordStore()
    }

    private mutating func hand(to builder: inout HistoryBuilder) {
        takeCopies()
        for piece in pieces {
            builder.history.chunks.append(
                RecordChunk(
                    records: piece.records, names: names.names, groups: names.groups, counts: piece.counts,
                    owner: piece.owner))
        }
    }
}

/// What the start of a shard is.
private enum ShardHeader {
    case whole(length: Int, worker: String)
    /// The file ends within it.
    case torn
    case damaged
}

private func readHeader(_ bytes: UnsafeRawBufferPointer, _ path: String) throws(InputError) -> ShardHeader {
    let magic = ShardFormat.magic
    guard bytes.prefix(magic.count).elementsEqual(magic.prefix(bytes.count)) else { return .damaged }
    guard bytes.count >= Record.size, let base = bytes.baseAddress else { return .torn }
    func number(_ offset: Int) -> UInt32 { base.loadUnaligned(fromByteOffset: offset, as: UInt32.self) }
    guard number(8) == ShardFormat.version else {
        throw InputError(
            file: path, line: nil, field: nil,
            problem: "is a shard of version \(number(8)); this Holdfast reads version \(ShardFormat.version)")
    }
    let length = Int(number(12))
    let nameLength = Int(number(16))
    guard length <= ShardFormat.headerLimit, length == ShardFormat.headerLength(nameLength: nameLength) else {
        return .damaged
    }
    if bytes.count < length { return .torn }
    guard number(20) == shardHeaderChecksum(base, length: length) else { return .damaged }
    let name = UnsafeRawBufferPointer(rebasing: bytes[ShardFormat.fixedHeader..<ShardFormat.fixedHeader + nameLength])
    return .whole(length: length, worker: String(decoding: name, as: UTF8.self))
}
