import CChecksum

/// Appends records to a shard. What was appended before `flush` returned is in the kernel's hands and survives the
/// death of this process; what was not flushed is lost with it.
///
/// The layout is in FORMAT.md. A writer belongs to one thread.
public struct ShardWriter: ~Copyable {
    private var file: AppendFile
    private var names: [Name: UInt32] = [:]
    private var groups: [Name: UInt16] = [:]
    private var forms: [UInt32: Position.Form] = [:]
    /// How many deliveries there are, the one that is held back included.
    private var deliveries: Int64 = 0
    /// A delivery that may make a pair with the next; meaningless unless `isHolding`.
    private var held = Record()
    private var isHolding = false

    /// Makes the file and writes its header. The file must not be there yet.
    public init(path: String, worker: String) throws(ShardError) {
        try self.init(file: AppendFile(path: path, capacity: 256 * 1024), worker: worker)
    }

    init(file: consuming AppendFile, worker: String) throws(ShardError) {
        writeShardHeader(&file, worker: worker)
        try file.flush()
        self.file = file
    }

    public var path: String { file.path }

    /// The number of a name, which is never 0; defines it if it is new. Costs a look-up of some 50 ns: keep the number
    /// of what is used again and again.
    public mutating func name(_ text: String) -> UInt32 {
        let name = Name(text)
        if let number = names[name] { return number }
        precondition(names.count < Int(UInt32.max), "too many names in one shard")
        let number = UInt32(names.count + 1)
        names[name] = number
        define(.names, number, text)
        return number
    }

    /// The number of a stream's name. The form says how its positions are written; it is said once, before the first
    /// record that has a position in the stream.
    public mutating func stream(_ text: String, form: Position.Form) -> UInt32 {
        let number = name(text)
        guard let known = forms[number] else {
            forms[number] = form
            var record = Record()
            record.rawType = RecordType.definition.rawValue
            record.word = ShardFormat.Table.forms.rawValue
            record.logOrGroup = 0
            (record.crc, record.second) = (number, UInt32(form.rawValue))
            append(record)
            return number
        }
        precondition(known == form, "a stream has positions of one form")
        return number
    }

    /// The number of a consumer group; defines it if it is new.
    public mutating func group(_ text: String) -> UInt16 {
        let name = Name(text)
        if let number = groups[name] { return number }
        precondition(groups.count < Int(Record.none16), "too many groups in one shard")
        let number = UInt16(groups.count)
        groups[name] = number
        define(.groups, UInt32(number), text)
        return number
    }

    /// Puts a record, with its checksum, into the buffer.
    @inline(__always)
    public mutating func append(_ record: Record) {
        if isHolding { writeHeld() }
        if record.rawType == RecordType.delivery.rawValue { deliveries += 1 }
        put(record)
    }

    /// As `append` of a delivery, in half the space where the next makes a pair with it: until then, at most until
    /// `flush` or anything else is appended, it is held back. What is in the file has the order of the calls.
    ///
    /// - Parameter run: 0: this run.
    /// - Parameter flags: what of the entry could not be read.
    /// - Returns: the delivery's number among all of this shard, counted from 0.
    public mutating func deliver(
        t: Int64, group: UInt16, consumer: UInt32, stream: UInt32, position: Position, run: UInt32 = 0, agent: Int64,
        seq: Int64, crc: UInt32, flags: UInt8 = 0
    ) -> Int64 {
        let next = Record.delivery(
            t: t, group: group, consumer: consumer, stream: stream, position: position, run: run, agent: agent,
            seq: seq, crc: crc, flags: run == 0 ? flags | Record.Flags.noRun : flags)
        let number = deliveries
        deliveries += 1
        guard DeliveryPair.admits(next) else {
            if isHolding { writeHeld() }
            put(next)
            return number
        }
        if isHolding {
            if let pair = DeliveryPair(held, next) {
                isHolding = false
                put(pair)
                return number
            }
            writeHeld()
        }
        (held, isHolding) = (next, true)
        return number
    }

    /// An `ack` or a `processed` of each of these deliveries, which are of this shard and of one group; one record for
    /// all of them.
    public mutating func progress(
        _ type: RecordType, t: Int64, group: UInt16, consumer: UInt32, deliveries range: Range<Int64>
    ) {
        precondition(type == .ack || type == .processed)
        precondition(range.lowerBound >= 0 && range.upperBound <= deliveries, "a delivery that was not written down")
        if range.isEmpty { return }
        if isHolding { writeHeld() }
        put(DeliverySpan(type, t: t, group: group, consumer: consumer, deliveries: range))
    }

    private mutating func writeHeld() {
        isHolding = false
        put(held)
    }

    @inline(__always)
    private mutating func put<Written: BitwiseCopyable>(_ record: Written) {
        let place = file.reserve(Record.size)
        place.storeBytes(of: record, as: Written.self)
        place.storeBytes(of: holdfast_crc32c(0, place + 4, Record.size - 4), as: UInt32.self)
    }

    /// One `write(2)` of everything in the buffer (more only where the kernel takes less). After an error the rest
    /// stays in the buffer, and another call goes on where this one stopped.
    public mutating func flush() throws(ShardError) {
        if isHolding { writeHeld() }
        try file.flush()
    }

    /// Flushes and closes. Nothing can be flushed after it.
    public mutating func close() throws(ShardError) {
        if isHolding { writeHeld() }
        try file.close()
    }

    private mutating func define(_ table: ShardFormat.Table, _ number: UInt32, _ text: String) {
        let bytes = Array(text.utf8)
        precondition(bytes.count <= Int(UInt32.max), "a name is a word, not a book")
        var offset = 0
        repeat {
            var record = Record()
            record.rawType = RecordType.definition.rawValue
            record.word = table.rawValue
            record.logOrGroup = 0
            (record.crc, record.second, record.stream) = (number, UInt32(bytes.count), UInt32(offset))
            let part = bytes[offset..<min(offset + ShardFormat.textLength, bytes.count)]
            withUnsafeMutableBytes(of: &record) { raw in
                for (i, byte) in part.enumerated() { raw[ShardFormat.textOffset + i] = byte }
            }
            append(record)
            offset += ShardFormat.textLength
        } while offset < bytes.count
    }
}

private func writeShardHeader(_ file: inout AppendFile, worker: String) {
    let name = Array(worker.utf8)
    let length = ShardFormat.headerLength(nameLength: name.count)
    precondition(length <= ShardFormat.headerLimit, "a worker's name is a word, not a text")
    let place = file.reserve(length)
    place.initializeMemory(as: UInt8.self, repeating: 0, count: length)
    place.copyMemory(from: ShardFormat.magic, byteCount: ShardFormat.magic.count)
    place.storeBytes(of: ShardFormat.version, toByteOffset: 8, as: UInt32.self)
    place.storeBytes(of: UInt32(length), toByteOffset: 12, as: UInt32.self)
    place.storeBytes(of: UInt32(name.count), toByteOffset: 16, as: UInt32.self)
    (place + ShardFormat.fixedHeader).copyMemory(from: name, byteCount: name.count)
    place.storeBytes(of: shardHeaderChecksum(place, length: length), toByteOffset: 20, as: UInt32.self)
}

/// The checksum that belongs at byte 20 of a header: of everything but its own four bytes.
func shardHeaderChecksum(_ header: UnsafeRawPointer, length: Int) -> UInt32 {
    holdfast_crc32c(holdfast_crc32c(0, header, 20), header + 24, length - 24)
}
