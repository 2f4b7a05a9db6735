import Glibc

extension YAML {
    /// Reads a regular file. Messages name it as `path` says it.
    public static func load(_ path: String) throws(Diagnostic) -> Value {
        try read(try bytes(of: path), file: path)
    }

    /// The bytes of a regular file, one more than the limit at most.
    public static func bytes(of path: String) throws(Diagnostic) -> [UInt8] {
        // Without O_NONBLOCK, opening a named pipe would wait for its writer.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw failure(path, errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure(path, errno) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            let isFolder = status.st_mode & S_IFMT == S_IFDIR
            throw Diagnostic(
                file: path, problem: isFolder ? "is a folder" : "is no regular file", remedy: "name a YAML file")
        }
        var bytes: [UInt8] = []
        let limit = DocumentLimits.bytes + 1
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count < limit {
            let count = Glibc.read(descriptor, &chunk, min(chunk.count, limit - bytes.count))
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure(path, errno) }
            if count == 0 { break }
            bytes += chunk.prefix(count)
        }
        return bytes
    }

    private static func failure(_ path: String, _ code: Int32) -> Diagnostic {
        if code == ENOENT || code == ENOTDIR {
            return Diagnostic(file: path, problem: "there is no such file", remedy: "check the path")
        }
        return Diagnostic(
            file: path, problem: "cannot be read: \(String(cString: strerror(code)))",
            remedy: "check the path and its permissions")
    }
}
