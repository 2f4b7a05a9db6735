import CChecksum
import Documents
import Glibc
import Platform

/// A file in a node's data that is changed behind the server's back.
struct DamagedFile {
    let path: String
    /// From the node's data on, with how many others the pattern meant.
    let label: String
    private let size: Int64

    /// Finds the one that a pattern means: of several, the one that was written last.
    init(matching pattern: String, in folder: String) throws(FaultError) {
        let found = Self.files(below: folder).filter { file in
            // With a slash in it, the pattern is about the way to the file, too.
            let name = pattern.contains("/") ? file.name[...] : file.name[file.name.startOfLastPart...]
            return Pattern(pattern).matches(String(name))
        }.sorted { ($0.written, $0.name) > ($1.written, $1.name) }
        guard let newest = found.first else {
            throw FaultError(.failed, "damage: no file in the node's data matches \(pattern)")
        }
        if found.count > 1, found[1].written == newest.written {
            throw FaultError(
                .failed,
                "damage: \(pattern) means \(newest.name) and \(found[1].name), written at the same moment; "
                    + "write a pattern that means one")
        }
        (path, size) = ("\(folder)/\(newest.name)", newest.size)
        label = found.count > 1 ? "\(newest.name) (written last of \(found.count) that match)" : newest.name
    }

    /// Does it, and returns how the file's digest and length differ; throws if they do not.
    func apply(_ change: Damage.Change) throws(FaultError) -> String {
        let before = try digest()
        let what: String
        switch change {
        case .cut(let bytes):
            what = "\(bytes) bytes cut off its end"
            try require(Int64(bytes))
            guard truncate(path, off_t(size - Int64(bytes))) == 0 else { throw failure("cutting") }
        case .flip(let bytes, let place):
            try require(Int64(bytes))
            // Towards the end there may be fewer bytes left than are to be changed.
            let offset = min(Int64(Double(size) * place.fraction), size - Int64(bytes))
            what = "\(bytes) bytes inverted at \(offset)"
            try invert(bytes, at: offset)
        }
        let after = try digest()
        guard after != before else { throw FaultError(.failed, "damage: \(label) is what it was: \(before)") }
        return "\(label): \(what); \(before) became \(after)"
    }

    private func require(_ bytes: Int64) throws(FaultError) {
        guard bytes <= size else {
            throw FaultError(.failed, "damage: \(label) has \(size) bytes, fewer than the \(bytes) that are meant")
        }
    }

    private func invert(_ count: Int, at offset: Int64) throws(FaultError) {
        let file = try opened(O_RDWR)
        var chunk = [UInt8](repeating: 0, count: min(count, Self.chunk))
        var done = 0
        while done < count {
            let place = off_t(offset) + off_t(done)
            let length = pread(file.raw, &chunk, min(chunk.count, count - done), place)
            guard length > 0 else { throw failure("reading") }
            for index in 0..<length { chunk[index] = ~chunk[index] }
            guard pwrite(file.raw, chunk, length, place) == length else { throw failure("writing") }
            done += length
        }
    }

    /// `CRC-32C 1a2b3c4d of 4711 bytes`: a change within four bytes always shows in it, as does another length.
    private func digest() throws(FaultError) -> String {
        let file = try opened(O_RDONLY)
        var chunk = [UInt8](repeating: 0, count: Self.chunk)
        var (crc, length) = (UInt32(0), Int64(0))
        while true {
            let count = read(file.raw, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw failure("reading") }
            if count == 0 { break }
            crc = holdfast_crc32c(crc, chunk, count)
            length += Int64(count)
        }
        let hex = String(crc, radix: 16)
        return "CRC-32C \(String(repeating: "0", count: 8 - hex.count))\(hex) of \(length) bytes"
    }

    private static let chunk = 1 << 18

    private func opened(_ flags: Int32) throws(FaultError) -> Descriptor {
        let raw = open(path, flags | O_CLOEXEC | O_NOFOLLOW)
        guard raw >= 0 else { throw failure("opening") }
        return Descriptor(raw)
    }

    private func failure(_ what: String) -> FaultError {
        FaultError(.failed, "damage: \(KernelFailure(errno, "\(what) \(path)"))")
    }

    private struct Found {
        var name: String
        var size: Int64
        /// Nanoseconds.
        var written: Int64
    }

    /// Every plain file below a folder, by its path from there; links are not followed.
    private static func files(below folder: String, as prefix: String = "", depth: Int = 0) -> [Found] {
        guard depth < FaultLimits.damageDepth, let names = try? Files.names(in: folder) else { return [] }
        return names.flatMap { name -> [Found] in
            var found = stat()
            guard lstat("\(folder)/\(name)", &found) == 0 else { return [] }
            switch found.st_mode & S_IFMT {
            case S_IFDIR: return files(below: "\(folder)/\(name)", as: "\(prefix)\(name)/", depth: depth + 1)
            case S_IFREG:
                let written = Int64(found.st_mtim.tv_sec) * 1_000_000_000 + Int64(found.st_mtim.tv_nsec)
                return [Found(name: prefix + name, size: Int64(found.st_size), written: written)]
            default: return []
            }
        }
    }
}

extension String {
    /// Where the name begins in the path of a file.
    fileprivate var startOfLastPart: Index { lastIndex(of: "/").map { index(after: $0) } ?? startIndex }
}
