import Glibc
import Platform

/// The way into a server by which its fsyncs can be slowed down and its wall clock stepped while it runs: a library of
/// Holdfast's own, loaded by LD_PRELOAD from the server's start on, and a small file that both have open.
///
/// The file's layout is `preload_control` of `Sources/CPreload`: words of 8 bytes. Whoever asks here reads and writes it in
/// place, which the kernel keeps in step with what the server has mapped. (libfaketime would step a clock, too; but a server
/// with an allocator of its own, such as Debian's Redis, does not come up with it.)
public struct Preload: Sendable, Equatable {
    public let path: String

    /// What a server has noted so far.
    public struct Notes: Equatable, Sendable {
        /// The process that has the library loaded; 0: none has.
        public var pid: Int32
        /// Fsyncs that are over, and how long the last one took, in nanoseconds.
        public var done: Int64
        public var last: Int64
        /// Those that were held up for as long as was asked, and the longest that one of them took.
        public var slowed: Int64
        public var longest: Int64
        /// How often it was told a time that a step had made wrong.
        public var told: Int64
    }

    private enum Word: Int, CaseIterable { case delay, pid, done, last, slowed, longest, step, told }

    static let name = "libHoldfastPreload.so"

    /// The library; nil if it is not where it belongs: beside the executable, or installed.
    public static let library: Preload? = {
        guard let executable = Files.resolved("/proc/self/exe") else { return nil }
        let folder = "/" + executable.split(separator: "/").dropLast().joined(separator: "/")
        let candidates = ["\(folder)/\(name)", "\(folder)/../lib/holdfast/\(name)"]
        return candidates.compactMap { Files.resolved($0) }.first { access($0, R_OK) == 0 }.map { Preload(path: $0) }
    }()

    /// Whether servers can have it loaded in such a lab.
    public static func probe(in lab: any LabKind) -> Probe {
        guard lab is NamespacesKind else {
            return Probe(
                name: Capability.preload.rawValue, ok: false,
                detail: "in lab \(lab.name) servers have their files from an image, which may not be able to load it",
                remedy: "use --lab \(LabKinds.usual.name)")
        }
        return Doctor.probe(.preload)
    }

    private static func control(of node: any Node) -> String { "\(node.logDirectory)/.\(node.name).preload" }

    /// Makes a node's file, in which nothing is asked for, and returns what the server must find in its environment.
    public func prepare(_ node: any Node) throws(LabError) -> [String: String] {
        let path = Self.control(of: node)
        do throws(KernelFailure) {
            try Files.write([UInt8](repeating: 0, count: Word.allCases.count * 8), to: path)
        } catch {
            throw LabError(.kernel, "\(node.name): \(error)")
        }
        return ["LD_PRELOAD": self.path, "HOLDFAST_PRELOAD": path]
    }

    /// Removes a node's file; the server is gone.
    public static func remove(of node: any Node) { unlink(control(of: node)) }

    /// Holds each of a node's fsyncs up for so long from now on; zero: for no longer.
    public static func set(_ delay: Duration, on node: any Node) throws(LabError) {
        // What an earlier delay made of one proves nothing of this.
        try write(delay > .zero ? [(0, .longest), (delay.nanoseconds, .delay)] : [(0, .delay)], on: node)
    }

    /// Puts a node's wall clock ahead of the machine's by so much, or behind it; zero: right again.
    public static func step(_ step: Duration, on node: any Node) throws(LabError) {
        try write([(0, .told), (step.nanoseconds, .step)], on: node)
    }

    private static func write(_ words: [(Int64, Word)], on node: any Node) throws(LabError) {
        let file = try open(node, O_WRONLY)
        for (value, word) in words {
            var value = value
            guard pwrite(file.raw, &value, 8, off_t(word.rawValue * 8)) == 8 else {
                throw LabError(.kernel, "\(node.name): \(KernelFailure(errno, "writing \(control(of: node))"))")
            }
        }
    }

    public static func notes(of node: any Node) throws(LabError) -> Notes {
        let file = try open(node, O_RDONLY)
        var words = [Int64](repeating: 0, count: Word.allCases.count)
        guard pread(file.raw, &words, words.count * 8, 0) == words.count * 8 else {
            throw LabError(.kernel, "\(node.name): \(KernelFailure(errno, "reading \(control(of: node))"))")
        }
        func word(_ word: Word) -> Int64 { words[word.rawValue] }
        return Notes(
            pid: Int32(truncatingIfNeeded: word(.pid)), done: word(.done), last: word(.last), slowed: word(.slowed),
            longest: word(.longest), told: word(.told))
    }

    private static func open(_ node: any Node, _ flags: Int32) throws(LabError) -> Descriptor {
        let raw = Glibc.open(control(of: node), flags | O_CLOEXEC | O_NOFOLLOW)
        guard raw >= 0 else {
            throw LabError(
                .process,
                "\(node.name): its server was started without Holdfast's library "
                    + "(\(KernelFailure(errno, control(of: node))))")
        }
        return Descriptor(raw)
    }
}
