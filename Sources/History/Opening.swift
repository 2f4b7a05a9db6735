import Glibc

extension History {
    /// Reads whatever a user may name: a trial's directory, an interchange file, or `-` for standard input.
    public static func read(_ path: String) throws(InputError) -> History {
        if path == "-" {
            return try read(InputBytes.read(descriptor: STDIN_FILENO, name: "standard input"), "standard input")
        }
        if isDirectory(path) { return try open(directory: path) }
        return try read(InputBytes.open(path), path)
    }

    /// Reads interchange text that is in memory.
    ///
    /// - Parameter file: how messages call it.
    public static func read(interchange bytes: UnsafeRawBufferPointer, file: String) throws(InputError) -> History {
        var reader = InterchangeReader()
        try reader.read(bytes, file: file)
        return reader.finish().finish()
    }

    private static func read(_ input: InputBytes, _ name: String) throws(InputError) -> History {
        try read(interchange: input.bytes, file: name)
    }

    /// Opens a trial's directory, or the `history` folder in it.
    ///
    /// A torn tail is read up to the tear. A damaged shard is read up to the damage, and a `gap` record says so.
    /// Shards stay mapped as long as the history's chunks live.
    public static func open(directory: String) throws(InputError) -> History {
        let inner = directory + "/history"
        let folder = isDirectory(inner) ? inner : directory
        let control = folder + "/control.jsonl"
        guard access(control, F_OK) == 0 else {
            throw InputError(
                file: directory, line: nil, field: nil,
                problem: "is no trial's directory: it has no history/control.jsonl; name one below trials/ of a run")
        }
        let input = try InputBytes.open(control)
        var reader = InterchangeReader()
        try reader.read(input.bytes, file: control, tolerant: true)
        var builder = reader.finish()
        builder.sealStore()
        for file in try shards(folder) {
            try ShardReader.read("\(folder)/\(file)", name: file, into: &builder)
        }
        return builder.finish()
    }

    /// Reads single shards of one worker, whose trial may still go on: as `open` does a directory's, with a header that
    /// says nothing. A file that grows meanwhile is read as far as it went when it was opened.
    public static func open(shards paths: [String]) throws(InputError) -> History {
        var builder = HistoryBuilder()
        for path in paths { try ShardReader.read(path, name: path, into: &builder) }
        return builder.finish()
    }

    /// The names of the shards in a folder, in the order of their UTF-8 bytes.
    private static func shards(_ folder: String) throws(InputError) -> [String] {
        guard let stream = opendir(folder) else {
            throw InputError(
                file: folder, line: nil, field: nil, problem: "cannot be read: \(String(cString: strerror(errno)))")
        }
        defer { closedir(stream) }
        var names: [Name] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { raw in
                String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasSuffix(".shard") { names.append(Name(name)) }
        }
        return names.sorted().map(\.text)
    }

    private static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
}
