import Glibc
import Platform

/// A folder of a test's own, on a disk (filesystems that lose power are not made in memory); gone when the test is.
public final class Workplace {
    public let path: String

    public init() throws {
        var template = Array("/var/tmp/holdfast-work-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw KernelFailure(errno, "making a folder in /var/tmp") }
        path = String(decoding: template.dropLast().map(UInt8.init), as: UTF8.self)
        try Files.makeFolders(path + "/here")
    }

    deinit { try? Files.removeTree(path) }

    /// An empty working directory for the program under test.
    public var here: String { path + "/here" }
    /// For `--out`; not there yet.
    public var out: String { path + "/out" }

    /// Writes a file and returns its path.
    public func file(_ name: String, _ text: String) throws -> String {
        try Files.write(text, to: "\(path)/\(name)")
        return "\(path)/\(name)"
    }
}

/// What a run has left in its `--out` so far.
public struct RunFolder {
    public let path: String

    public init(_ path: String) { self.path = path }

    public func text(_ name: String) -> String { Files.read("\(path)/\(name)", limit: 64 << 20) ?? "" }

    public var log: String { text("run.log") }

    public func summary() throws -> JSONValue { try JSONValue(text("summary.json")) }

    /// The first trial of a cell as the summary has it.
    public func trial(_ configuration: String, _ fault: String) throws -> JSONValue {
        let cells = try summary()["cells"]?.array ?? []
        let cell = cells.first { $0["configuration"]?.string == configuration && $0["fault"]?.string == fault }
        guard let trial = cell?["trials"]?.array.first else {
            throw JSONFailure("summary.json has no trial of \(configuration)/\(fault)")
        }
        return trial
    }

    /// Folders of trials, made or not: whatever is below `trials` and has a history.
    public var trialFolders: [String] {
        func names(_ path: String) -> [String] { ((try? Files.names(in: path)) ?? []).sorted().map { "\(path)/\($0)" } }
        return names(path + "/trials").flatMap(names).flatMap(names).filter { Files.isFolder($0 + "/history") }
    }
}
