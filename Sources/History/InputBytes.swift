import Glibc

/// The bytes of an input, in memory for as long as this object lives: mapped if it is a plain file, else read.
final class InputBytes {
    let bytes: UnsafeRawBufferPointer
    private let mapped: Bool

    private init(_ bytes: UnsafeRawBufferPointer, mapped: Bool) {
        (self.bytes, self.mapped) = (bytes, mapped)
    }

    deinit {
        guard let base = bytes.baseAddress else { return }
        if mapped {
            munmap(UnsafeMutableRawPointer(mutating: base), bytes.count)
        } else {
            free(UnsafeMutableRawPointer(mutating: base))
        }
    }

    static func open(_ path: String) throws(InputError) -> InputBytes {
        let fd = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard fd >= 0 else { throw unreadable(path, errno) }
        defer { close(fd) }
        return try read(descriptor: fd, name: path)
    }

    static func read(descriptor fd: Int32, name: String) throws(InputError) -> InputBytes {
        var status = stat()
        guard fstat(fd, &status) == 0 else { throw unreadable(name, errno) }
        if status.st_mode & S_IFMT == S_IFDIR { throw unreadable(name, EISDIR) }
        if status.st_mode & S_IFMT == S_IFREG, status.st_size > 0, lseek(fd, 0, SEEK_CUR) == 0 {
            let size = Int(status.st_size)
            if let place = mmap(nil, size, PROT_READ, MAP_PRIVATE, fd, 0), place != MAP_FAILED {
                return InputBytes(UnsafeRawBufferPointer(start: place, count: size), mapped: true)
            }
        }
        return try readToEnd(fd, name)
    }

    private static func readToEnd(_ fd: Int32, _ name: String) throws(InputError) -> InputBytes {
        var capacity = 1 << 16
        var count = 0
        var place = malloc(capacity)
        while true {
            guard let base = place else { throw unreadable(name, ENOMEM) }
            let n = Glibc.read(fd, base + count, capacity - count)
            if n < 0 {
                if errno == EINTR { continue }
                let number = errno
                free(base)
                throw unreadable(name, number)
            }
            if n == 0 { return InputBytes(UnsafeRawBufferPointer(start: base, count: count), mapped: false) }
            count += n
            if count < capacity { continue }
            capacity *= 2
            guard let larger = realloc(base, capacity) else {
                free(base)
                throw unreadable(name, ENOMEM)
            }
            place = larger
        }
    }
}

private func unreadable(_ path: String, _ number: Int32) -> InputError {
    let remedy =
        number == ENOENT
        ? "; give a trial's directory, an interchange file, or - for standard input" : ""
    return InputError(
        file: path, line: nil, field: nil, problem: "cannot be read: \(String(cString: strerror(number)))\(remedy)")
}
