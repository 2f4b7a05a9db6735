import Glibc

/// A file that is made once and only ever grows, behind a buffer that survives a failed write.
struct AppendFile: ~Copyable {
    let path: String
    private var descriptor: Int32
    private var buffer: UnsafeMutableRawPointer
    private var capacity: Int
    private var used = 0

    init(path: String, capacity: Int) throws(ShardError) {
        let fd = openNew(path)
        guard fd >= 0 else { throw shardError(Glibc.errno, path, doing: "made") }
        self.init(descriptor: fd, path: path, capacity: capacity)
    }

    /// - Parameter descriptor: becomes this value's own, which closes it.
    init(descriptor: Int32, path: String, capacity: Int) {
        self.path = path
        self.descriptor = descriptor
        self.capacity = capacity
        buffer = .allocate(byteCount: capacity, alignment: Record.size)
    }

    deinit {
        buffer.deallocate()
        if descriptor >= 0 { _ = Glibc.close(descriptor) }
    }

    /// Room for `count` more bytes at the buffer's end; they count as appended.
    @inline(__always)
    mutating func reserve(_ count: Int) -> UnsafeMutableRawPointer {
        if capacity - used < count { grow(count) }
        let place = buffer + used
        used += count
        return place
    }

    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        UnsafeMutableRawBufferPointer(start: reserve(bytes.count), count: bytes.count).copyMemory(from: bytes)
    }

    @inline(never)
    private mutating func grow(_ count: Int) {
        var larger = capacity
        while larger - used < count { larger *= 2 }
        let next = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: Record.size)
        next.copyMemory(from: buffer, byteCount: used)
        buffer.deallocate()
        (buffer, capacity) = (next, larger)
    }

    /// Gives everything to the kernel. What it did not take stays in the buffer, so that another call goes on at
    /// exactly that byte.
    mutating func flush() throws(ShardError) {
        precondition(descriptor >= 0, "flushed after close: \(path)")
        var written = 0
        while written < used {
            let n = Glibc.write(descriptor, buffer + written, used - written)
            if n > 0 {
                written += n
                continue
            }
            let number = n == 0 ? ENOSPC : Glibc.errno
            if number == EINTR { continue }
            buffer.copyMemory(from: buffer + written, byteCount: used - written)
            used -= written
            throw shardError(number, path, doing: "written")
        }
        used = 0
    }

    mutating func close() throws(ShardError) {
        try flush()
        let result = Glibc.close(descriptor)
        descriptor = -1
        if result != 0, Glibc.errno != EINTR { throw shardError(Glibc.errno, path, doing: "closed") }
    }
}

private func openNew(_ path: String) -> Int32 {
    while true {
        let fd = Glibc.open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0o644)
        if fd >= 0 || Glibc.errno != EINTR { return fd }
    }
}

/// What the operating system's number means for a history, in words.
func shardError(_ number: Int32, _ path: String, doing verb: String) -> ShardError {
    let reason = String(cString: strerror(number))
    let code: ShardError.Code
    let remedy: String
    switch number {
    case EEXIST:
        (code, remedy) = (.exists, "a history is never overwritten: give the run another directory")
    case ENOENT, ENOTDIR:
        (code, remedy) = (.missing, "make the folder that it should be in")
    case EACCES, EPERM, EROFS:
        (code, remedy) = (.denied, "give the run a directory that this user may write to")
    case ENOSPC, EDQUOT, EFBIG:
        (code, remedy) = (
            .full, "make room on that filesystem or give the run another one with --out; the trial is invalid"
        )
    default:
        (code, remedy) = (.failed, "look at the disk and the kernel's log; the trial is invalid")
    }
    return ShardError(
        code: code, path: path, errno: number, description: "\(path) could not be \(verb): \(reason); \(remedy)")
}
