import Platform

/// A node that this machine's kernel has: its server is a process here, its network a namespace here, and its data lies
/// in a folder here. What follows from that alone is the same in every lab of this machine, and stands beside this.
protocol MachineNode: Node {
    /// Of its own; nil: a plain folder.
    var filesystem: LoopFilesystem? { get }
    /// The process of its server, if that has not ended.
    var livingPid: Int32? { get }
    /// The file that is its network namespace.
    func networkNamespace() throws(LabError) -> String
}

enum Machine {
    static func ip(_ arguments: [String]) throws(LabError) {
        do { try Tool.require("ip", arguments) } catch {
            throw LabError(error.code == .notFound ? .toolMissing : .toolFailed, "\(error)")
        }
    }

    static func make(folder: String) throws(LabError) {
        do { try Files.makeFolders(folder) } catch { throw LabError(.kernel, "\(error)") }
    }
}
