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
    private var deliveries = ShardDeliveries()
    private let hasPairs: Bool

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
        let version: UInt32
        switch try readHeader(input.bytes, path) {
        case .torn: return
        case .damaged: return report("shard \(name) damaged in its header", worker, &builder)
        case .whole(let length, let number, let text): (start, version, worker) = (length, number, text)
        }
        let header = builder.history.header
        var reader = ShardReader(
            input: input, name: name, logs: header.logs.count, names: ShardNames(system: header.system),
            hasPairs: version > 1)
        let found = reader.readRecords(from: start, &builder)
        reader.hand(to: &builder)
        if case .damaged(let reason) = found { report(reason, worker, &builder) }
    }

    private init(input: InputBytes, name: String, logs: Int, names: ShardNames, hasPairs: Bool) {
        (self.input, self.name, self.logs, self.names, self.hasPairs) = (input, name, logs, names, hasPairs)
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
            while index < good {
                index = readBlock(records, index..<good, &counts, &builder)
                if index == good { break }
                emit(records, begun..<index, &counts)
                guard takeOdd(records, index, &builder) else { return damaged(index) }
                (index, begun) = (index + 1, index + 1)
            }
            guard index == stop else {
                emit(records, begun..<index, &counts)
                return damaged(index)
            }
            if index - begun == RecordStore.chunkLength {
                emit(records, begun..<index, &counts)
                begun = index
            }
        }
        emit(records, begun..<count, &counts)
        return .whole
    }

    private func damaged(_ record: Int) -> Found { .damaged("shard \(name) damaged at record \(record)") }

    /// Takes a record that does not stay where it lies: a definition, a pair or a span; false if no writer wrote it.
    private mutating func takeOdd(
        _ records: UnsafeBufferPointer<Record>, _ index: Int, _ builder: inout HistoryBuilder
    ) -> Bool {
        if records[index].type == .definition { return names.define(records[index], &builder) }
        if names.unfinished || !hasPairs { return false }
        switch records[index].rawType {
        case ShardFormat.pairType: return takePair(records, index, &builder)
        case ShardFormat.spanType: return takeSpan(records, index, &builder)
        default: return false
        }
    }

    private mutating func takePair(
        _ records: UnsafeBufferPointer<Record>, _ index: Int, _ builder: inout HistoryBuilder
    ) -> Bool {
        let pair = DeliveryPair.at(index, in: records)
        let first = pair.first
        guard let second = pair.second, names.admits(first, logs: logs, &builder),
            names.admits(second, logs: logs, &builder)
        else { return false }
        copies.append(first)
        copies.append(second)
        deliveries.add(record: index)
        deliveries.add(record: index, second: true)
        return true
    }

    private mutating func takeSpan(
        _ records: UnsafeBufferPointer<Record>, _ index: Int, _ builder: inout HistoryBuilder
    ) -> Bool {
        let span = DeliverySpan.at(index, in: records)
        guard let type = span.meaning, let range = span.deliveries(of: deliveries.count) else { return false }
        // All or nothing: the damage is this record's.
        for number in range {
            guard let record = progress(type, span, of: number, records),
                names.admits(record, logs: logs, &builder)
            else { return false }
        }
        for number in range {
            if let record = progress(type, span, of: number, records) { copies.append(record) }
        }
        return true
    }

    private func progress(
        _ type: RecordType, _ span: DeliverySpan, of number: Int, _ records: UnsafeBufferPointer<Record>
    ) -> Record? {
        guard let delivery = deliveries.delivery(number, in: records), delivery.group == span.group else { return nil }
        return .progress(
            type, t: span.t, group: span.group, consumer: span.consumer, stream: delivery.stream,
            position: delivery.position)
    }

    /// Looks at records whose checksums are right, up to the first that does not stay where it lies or that no writer
    /// wrote.
    @inline(__always)
    private mutating func readBlock(
        _ records: UnsafeBufferPointer<Record>, _ range: Range<Int>, _ counts: inout [Int],
        _ builder: inout HistoryBuilder
    ) -> Int {
        if names.unfinished { return range.lowerBound }
        for index in range {
            guard names.admits(records[index], logs: logs, &builder) else { return index }
            let type = records[index].rawType
            counts[Int(type)] += 1
            if type == RecordType.delivery.rawValue && hasPairs { deliveries.add(record: index) }
        }
        return range.upperBound
    }

    private mutating func emit(
        _ records: UnsafeBufferPointer<Record>, _ range: Range<Int>, _ counts: inout [Int]
    ) {
        if range.isEmpty { return }
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
    case whole(length: Int, version: UInt32, worker: String)
    /// The file ends within it.
    case torn
    case damaged
}

private func readHeader(_ bytes: UnsafeRawBufferPointer, _ path: String) throws(InputError) -> ShardHeader {
    let magic = ShardFormat.magic
    guard bytes.prefix(magic.count).elementsEqual(magic.prefix(bytes.count)) else { return .damaged }
    guard bytes.count >= Record.size, let base = bytes.baseAddress else { return .torn }
    func number(_ offset: Int) -> UInt32 { base.loadUnaligned(fromByteOffset: offset, as: UInt32.self) }
    let versions = ShardFormat.versionsRead
    guard versions.contains(number(8)) else {
        throw InputError(
            file: path, line: nil, field: nil,
            problem: "is a shard of version \(number(8)); this Holdfast reads versions \(versions.lowerBound) to "
                + "\(versions.upperBound)")
    }
    let length = Int(number(12))
    let nameLength = Int(number(16))
    guard length <= ShardFormat.headerLimit, length == ShardFormat.headerLength(nameLength: nameLength) else {
        return .damaged
    }
    if bytes.count < length { return .torn }
    guard number(20) == shardHeaderChecksum(base, length: length) else { return .damaged }
    let name = UnsafeRawBufferPointer(rebasing: bytes[ShardFormat.fixedHeader..<ShardFormat.fixedHeader + nameLength])
    return .whole(length: length, version: number(8), worker: String(decoding: name, as: UTF8.self))
}
