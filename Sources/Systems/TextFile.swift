import Glibc
import Platform

/// Parts of files that may be long.
enum TextFile {
    /// Bytes of a file; nil if it is not there.
    static func size(_ path: String) -> Int? {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : nil
    }

    /// At most `limit` bytes from `offset` on; nil if the file cannot be read.
    static func part(_ path: String, from offset: Int, limit: Int) -> String? {
        let raw = open(path, O_RDONLY | O_CLOEXEC)
        guard raw >= 0 else { return nil }
        let file = Descriptor(raw)
        var bytes = [UInt8](repeating: 0, count: limit)
        let count = pread(file.raw, &bytes, limit, off_t(offset))
        return count < 0 ? nil : String(decoding: bytes[..<count], as: UTF8.self)
    }

    /// The last bytes of what stands from `offset` on; nil if the file cannot be read.
    static func tail(_ path: String, from offset: Int, limit: Int) -> String? {
        guard let size = size(path) else { return nil }
        // A file shorter than before was begun anew.
        return part(path, from: max(size < offset ? 0 : offset, size - limit), limit: limit)
    }
}
