import Glibc
import Platform

/// Removes what a dead run of any lab may have left on this machine.
///
/// Of the namespaces lab that is little: the kernel takes namespaces, processes, mounts and loop devices with the harness. What can stay is
/// a folder of nodes' data when the whole machine stopped, and a loop device that an interrupted kernel kept. Only what
/// carries the lab's mark, and is in no living run's use, is touched.
public enum Heal {
    static let loopMark = "holdfast"

    /// What was removed, and what should have been and could not, one line each.
    public struct Outcome: Sendable, Equatable {
        public var removed: [String] = []
        public var failed: [String] = []

        public init(removed: [String] = [], failed: [String] = []) { (self.removed, self.failed) = (removed, failed) }

        public static func += (left: inout Outcome, right: Outcome) {
            left.removed += right.removed
            left.failed += right.failed
        }
    }

    /// - Parameter folders: where to look for data of dead runs, with what is below: results' folders.
    public static func run(lookingIn folders: [String]) -> Outcome {
        var outcome = Outcome()
        for (number, mark) in LoopDevice.marked() where isOurs(mark) && !LoopDevice.clearsItself(number) {
            note("loop device /dev/loop\(number) (\(mark))", in: &outcome) { () throws(KernelFailure) in
                try LoopDevice.detach(number)
            }
        }
        for path in folders.flatMap({ find(in: $0, depth: 0) }) where Scratch.isDead(path) {
            note("data of a dead run: \(path)", in: &outcome) { () throws(KernelFailure) in
                try Files.removeTree(path)
            }
        }
        return outcome
    }

    private static func isOurs(_ mark: String) -> Bool { mark == loopMark || mark.hasPrefix(loopMark + " ") }

    private static func note(_ what: String, in outcome: inout Outcome, _ body: () throws(KernelFailure) -> Void) {
        do {
            try body()
            outcome.removed.append(what)
        } catch {
            outcome.failed.append("\(what): \(error)")
        }
    }

    private static func find(in folder: String, depth: Int) -> [String] {
        guard depth <= Limits.healDepth, let names = try? Files.names(in: folder) else { return [] }
        return names.flatMap { name -> [String] in
            let path = "\(folder)/\(name)"
            var found = stat()
            guard lstat(path, &found) == 0, found.st_mode & S_IFMT == S_IFDIR else { return [] }
            return name == Scratch.name ? [path] : find(in: path, depth: depth + 1)
        }
    }
}
