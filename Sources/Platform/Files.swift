import CLinux
import Glibc

/// Small things that everyone does to files.
public enum Files {
    /// The whole text of a small file; nil if it can't be read or is longer than `limit` bytes.
    public static func read(_ path: String, limit: Int) -> String? {
        let raw = clinux_open(AT_FDCWD, path, O_RDONLY, 0)
        guard raw >= 0 else { return nil }
        let file = Descriptor(raw)
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 14)
        while true {
            let count = Glibc.read(file.raw, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            if count < 0 { return nil }
            if count == 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes.append(contentsOf: chunk[..<count])
            if bytes.count > limit { return nil }
        }
    }

    /// Replaces a file as a whole: whoever reads it sees the old content or the new. Not made durable.
    public static func write(_ text: String, to path: String) throws(KernelFailure) {
        try write(Array(text.utf8), to: path)
    }

    /// Replaces a file as a whole: whoever reads it sees the old content or the new. Not made durable.
    public static func write(_ bytes: [UInt8], to path: String) throws(KernelFailure) {
        let temporary = "\(path).\(getpid()).new"
        do throws(KernelFailure) {
            let raw = clinux_open(AT_FDCWD, temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0o644)
            let file = Descriptor(try KernelFailure.check(raw, "writing \(temporary)"))
            try writeAll(bytes, to: file.raw, what: "writing \(temporary)")
            _ = try KernelFailure.check(clinux_rename(temporary, path), "writing \(path)")
        } catch {
            unlink(temporary)
            throw error
        }
    }

    /// Writes every byte to a blocking descriptor.
    public static func writeAll(_ bytes: [UInt8], to descriptor: Int32, what: @autoclosure () -> String)
        throws(KernelFailure)
    {
        var done = 0
        while done < bytes.count {
            let (count, number) = bytes[done...].withUnsafeBytes { rest in
                let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
                return (count, errno)
            }
            if count < 0 && number == EINTR { continue }
            if count <= 0 { throw KernelFailure(count < 0 ? number : EIO, what()) }
            done += count
        }
    }

    /// Makes a folder and those above it; those that are there stay as they are.
    public static func makeFolders(_ path: String) throws(KernelFailure) {
        var parts = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/") {
            parts += part + "/"
            if mkdir(parts, 0o755) == 0 || errno == EEXIST { continue }
            // A read-only or foreign folder above may refuse even though it is there.
            if isFolder(parts) { continue }
            throw KernelFailure(errno, "making the folder \(parts)")
        }
        if !isFolder(path) { throw KernelFailure(ENOTDIR, "making the folder \(path)") }
    }

    public static func isFolder(_ path: String) -> Bool {
        var found = stat()
        return stat(path, &found) == 0 && found.st_mode & S_IFMT == S_IFDIR
    }

    /// The path with every link resolved; nil if something on it is not there.
    public static func resolved(_ path: String) -> String? {
        guard let text = realpath(path, nil) else { return nil }
        defer { free(text) }
        return String(cString: text)
    }

    /// What the filesystem of a path has left for us, its size, and its magic number (`statfs`).
    public static func space(at path: String) throws(KernelFailure) -> (free: Int64, all: Int64, type: Int64) {
        var (free, all, type): (Int64, Int64, Int64) = (0, 0, 0)
        let result = clinux_filesystem(path, &free, &all, &type)
        _ = try KernelFailure.check(result, "looking for the filesystem of \(path)")
        return (free, all, type)
    }
}

extension Files {
    /// A file without a name in a folder: gone with whoever has it open, killed or not. Its size is `bytes`, all holes.
    public static func unnamed(in folder: String, bytes: Int64) throws(KernelFailure) -> Descriptor {
        // O_TMPFILE; the module knows only its parts.
        let unnamed: Int32 = 0o20000000 | O_DIRECTORY
        let what = "making a file without a name in \(folder)"
        let file = Descriptor(
            try KernelFailure.check(clinux_open(AT_FDCWD, folder, O_RDWR | unnamed, 0o600), what))
        if ftruncate(file.raw, off_t(bytes)) != 0 { throw KernelFailure(errno, what) }
        return file
    }

    /// Writes the dirty pages and the journal of the filesystem that `path` is on to its device.
    public static func syncFilesystem(of path: String) throws(KernelFailure) {
        let raw = clinux_open(AT_FDCWD, path, O_RDONLY, 0)
        let file = Descriptor(try KernelFailure.check(raw, "opening \(path)"))
        _ = try KernelFailure.check(clinux_sync_filesystem(file.raw), "syncing the filesystem of \(path)")
    }
}
