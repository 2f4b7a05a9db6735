import Glibc
import Platform

/// What one node says, kept with the trial in which it said it.
///
/// A server writes the file that it was started with to its end. If it serves another trial after that, its file is
/// left to it without a name, the first trial keeps a copy, and each later trial gets what was said during it.
struct KafkaNodeLog: ~Copyable {
    /// The trial's own file.
    private(set) var path: String
    /// What the process writes, where that is no trial's file any more, and how much of it has been taken over.
    private var source: Int32?
    private var taken = 0

    init(folder: String, name: String) { path = "\(folder)/\(name).log" }

    deinit { if let source { close(source) } }

    /// From now on belongs to the trial whose logs are in `folder`.
    mutating func move(to folder: String, name: String) throws(KernelFailure) {
        if source == nil {
            let raw = open(path, O_RDONLY | O_CLOEXEC)
            guard raw >= 0 else { throw KernelFailure(errno, "opening \(path)") }
            (source, taken) = (raw, 0)
            // The process keeps the file, the trial a copy under its name.
            try Files.write(try rest(), to: path)
        } else {
            try collect()
        }
        path = "\(folder)/\(name).log"
    }

    /// Takes over what was said meanwhile.
    mutating func collect() throws(KernelFailure) {
        guard source != nil else { return }
        let bytes = try rest()
        let raw = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard raw >= 0 else { throw KernelFailure(errno, "opening \(path)") }
        let file = Descriptor(raw)
        try Files.writeAll(bytes, to: file.raw, what: "writing \(path)")
    }

    /// The process has ended; the next one writes the trial's own file.
    mutating func startAnew() throws(KernelFailure) {
        try collect()
        if let source { close(source) }
        source = nil
    }

    private mutating func rest() throws(KernelFailure) -> [UInt8] {
        guard let source else { return [] }
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = pread(source, &part, part.count, off_t(taken))
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw KernelFailure(errno, "reading what became of \(path)") }
            if count == 0 { return bytes }
            bytes.append(contentsOf: part[..<count])
            taken += count
        }
    }
}
