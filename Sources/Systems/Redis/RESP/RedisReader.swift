import CHiredis

/// Takes a server's bytes as they come and gives back whole replies. RESP2: at most 8 arrays within each other.
struct RedisReader: ~Copyable {
    struct Malformed: Error { var text: String }

    private let reader: UnsafeMutablePointer<redisReader>

    init() {
        guard let reader = redisReaderCreate() else { preconditionFailure("no memory for a reader of replies") }
        // Pages of a replay follow each other: keep the buffer that the first one needed.
        reader.pointee.maxbuf = 0
        self.reader = reader
    }

    deinit { redisReaderFree(reader) }

    /// - Throws: `Malformed` when what came is no reply, and from then on.
    mutating func feed(_ bytes: UnsafeRawBufferPointer) throws(Malformed) {
        guard let start = bytes.baseAddress else { return }
        let result = redisReaderFeed(reader, start.assumingMemoryBound(to: CChar.self), bytes.count)
        if result != REDIS_OK { throw malformed() }
    }

    /// The next whole reply, nil if its end is still to come.
    mutating func next() throws(Malformed) -> RedisReply? {
        var reply: UnsafeMutableRawPointer?
        guard redisReaderGetReply(reader, &reply) == REDIS_OK else { throw malformed() }
        guard let reply else { return nil }
        return RedisReply(reply.assumingMemoryBound(to: redisReply.self))
    }

    private func malformed() -> Malformed {
        withUnsafeBytes(of: reader.pointee.errstr) { bytes in
            Malformed(text: String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self))
        }
    }
}

/// A reply where the reader left it; freed with this value.
struct RedisReply: ~Copyable {
    private let pointer: UnsafeMutablePointer<redisReply>

    fileprivate init(_ pointer: UnsafeMutablePointer<redisReply>) { self.pointer = pointer }

    deinit { freeReplyObject(pointer) }

    /// Looks at the reply in place. The view is not to be kept.
    func withView<Result>(_ body: (View) -> Result) -> Result { body(View(pointer: pointer)) }

    var value: RedisValue { View(pointer: pointer).value }

    /// A part of a reply, valid within `withView`.
    struct View {
        fileprivate let pointer: UnsafeMutablePointer<redisReply>

        var isArray: Bool { pointer.pointee.type == REDIS_REPLY_ARRAY }
        /// A text or bytes of any content.
        var isBytes: Bool { pointer.pointee.type == REDIS_REPLY_STRING }
        var isError: Bool { pointer.pointee.type == REDIS_REPLY_ERROR }
        /// Nil if it is no number.
        var integer: Int64? {
            pointer.pointee.type == REDIS_REPLY_INTEGER ? Int64(pointer.pointee.integer) : nil
        }
        /// Elements of an array; 0 for anything else.
        var count: Int { isArray ? Int(pointer.pointee.elements) : 0 }

        subscript(index: Int) -> View {
            precondition(index >= 0 && index < count, "a reply has no such element")
            guard let element = pointer.pointee.element[index] else {
                preconditionFailure("a reply without its element")
            }
            return View(pointer: element)
        }

        /// Of a text, status, error or bytes; empty for anything else.
        var bytes: UnsafeRawBufferPointer {
            guard let start = pointer.pointee.str else { return UnsafeRawBufferPointer(start: nil, count: 0) }
            return UnsafeRawBufferPointer(start: start, count: Int(pointer.pointee.len))
        }

        var value: RedisValue {
            switch pointer.pointee.type {
            case REDIS_REPLY_STATUS: .status(String(decoding: bytes, as: UTF8.self))
            case REDIS_REPLY_ERROR: .error(String(decoding: bytes, as: UTF8.self))
            case REDIS_REPLY_INTEGER: .integer(Int64(pointer.pointee.integer))
            case REDIS_REPLY_STRING: .bytes(Array(bytes))
            case REDIS_REPLY_ARRAY: .array((0..<count).map { self[$0].value })
            default: .nothing
            }
        }
    }
}
