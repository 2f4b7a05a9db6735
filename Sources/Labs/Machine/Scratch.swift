import Glibc
import Platform

/// A folder on the real disk for the data of nodes that need no filesystem of their own.
///
/// It carries a mark that stays locked while its run lives. Whoever removes leftovers (`Heal`, the janitor) removes
/// nothing without that mark.
final class Scratch {
    static let name = "nodes.holdfast"
    static let mark = ".holdfast"

    let path: String
    private let lock: FileLock

    /// Makes it in `folder`, which must be there.
    init(in folder: String) throws(LabError) {
        guard let parent = Files.resolved(folder), !parent.contains("\n") else {
            throw LabError(.kernel, "\(folder) is no folder for the nodes' data; it must be there before the lab is")
        }
        // Lists of folders, as servers and docker take them, have no way to write these.
        if let mark = parent.first(where: { $0 == "," || $0 == ":" }) {
            throw LabError(
                .unsafe,
                "\(parent) has a \"\(mark)\" in its name, and nodes' data is to lie in there; name another place")
        }
        path = parent + "/" + Self.name
        do {
            if Self.isDead(path) { try Files.removeTree(path) }
            if mkdir(path, 0o700) != 0 { throw KernelFailure(errno, "making \(path)") }
            lock = try FileLock("\(path)/\(Self.mark)", create: true)
            if let janitor = PrivateNamespaces.keptDescriptor {
                try Files.writeAll(Array((path + "\n").utf8), to: janitor, what: "telling the janitor")
            }
        } catch {
            throw LabError(.kernel, "no folder for the nodes' data: \(error)")
        }
    }

    func remove() throws(KernelFailure) { try Files.removeTree(path) }

    /// There is such a folder, it carries the mark, and no run has it locked.
    static func isDead(_ path: String) -> Bool {
        do {
            _ = try FileLock("\(path)/\(mark)", create: false)
            return true
        } catch {
            return false
        }
    }
}
