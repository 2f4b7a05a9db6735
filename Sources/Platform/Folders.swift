import CLinux
import Glibc

/// Whole trees of folders. No link is followed and no mount is crossed, bind mounts included.
extension Files {
    /// Removes a folder and everything in it; it is no error if there is none.
    ///
    /// A mount somewhere below is left alone, and with it the folders above: the error says which.
    public static func removeTree(_ path: String) throws(KernelFailure) {
        let raw = clinux_open(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0)
        if raw == -ENOENT { return }
        if raw == -ENOTDIR || raw == -ELOOP { throw KernelFailure(-raw, "removing \(path), which is no folder") }
        let folder = Descriptor(try KernelFailure.check(raw, "removing \(path)"))
        try removeContents(of: folder.raw, path: path, depth: 0)
        if rmdir(path) != 0 && errno != ENOENT { throw KernelFailure(errno, "removing \(path)") }
    }

    /// Removes everything in a folder, not the folder.
    public static func removeContents(of path: String) throws(KernelFailure) {
        let raw = clinux_open(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0)
        let folder = Descriptor(try KernelFailure.check(raw, "emptying \(path)"))
        try removeContents(of: folder.raw, path: path, depth: 0)
    }

    /// Bytes of all files below, as `stat` says their sizes; what vanishes meanwhile counts nothing.
    public static func treeSize(_ path: String) -> Int64 {
        let raw = clinux_open(AT_FDCWD, path, O_RDONLY | O_DIRECTORY, 0)
        if raw < 0 { return 0 }
        return treeSize(Descriptor(raw), depth: 0)
    }

    private static func treeSize(_ folder: consuming Descriptor, depth: Int) -> Int64 {
        guard depth < Limits.folderDepth, let names = try? names(in: folder.raw, path: "") else { return 0 }
        var sum: Int64 = 0
        for name in names {
            var found = stat()
            guard fstatat(folder.raw, name, &found, AT_SYMLINK_NOFOLLOW) == 0 else { continue }
            if found.st_mode & S_IFMT == S_IFREG { sum += Int64(found.st_size) }
            guard found.st_mode & S_IFMT == S_IFDIR else { continue }
            let inner = clinux_open_folder(folder.raw, name)
            if inner >= 0 { sum += treeSize(Descriptor(inner), depth: depth + 1) }
        }
        return sum
    }

    private static func removeContents(of folder: Int32, path: String, depth: Int) throws(KernelFailure) {
        guard depth < Limits.folderDepth else { throw KernelFailure(ELOOP, "removing \(path): too deep") }
        for name in try names(in: folder, path: path) {
            if unlinkat(folder, name, 0) == 0 || errno == ENOENT { continue }
            guard errno == EISDIR || errno == EPERM else { throw KernelFailure(errno, "removing \(path)/\(name)") }
            let raw = clinux_open_folder(folder, name)
            if raw == -ENOTDIR || raw == -ELOOP { throw KernelFailure(EPERM, "removing \(path)/\(name)") }
            let inner = Descriptor(try KernelFailure.check(raw, "removing \(path)/\(name)"))
            try removeContents(of: inner.raw, path: "\(path)/\(name)", depth: depth + 1)
            if unlinkat(folder, name, AT_REMOVEDIR) != 0 && errno != ENOENT {
                throw KernelFailure(errno, "removing \(path)/\(name)")
            }
        }
    }

    /// Names in a folder, without `.` and `..`, sorted.
    public static func names(in path: String) throws(KernelFailure) -> [String] {
        let raw = clinux_open(AT_FDCWD, path, O_RDONLY | O_DIRECTORY, 0)
        let folder = Descriptor(try KernelFailure.check(raw, "reading the folder \(path)"))
        return try names(in: folder.raw, path: path)
    }

    private static func names(in folder: Int32, path: String) throws(KernelFailure) -> [String] {
        let copy = try KernelFailure.check(clinux_open(folder, ".", O_RDONLY | O_DIRECTORY, 0), "reading \(path)")
        guard let stream = fdopendir(copy) else {
            close(copy)
            throw KernelFailure(errno, "reading \(path)")
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
                tuple.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }
}
