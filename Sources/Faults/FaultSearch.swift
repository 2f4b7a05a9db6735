public import Documents
import Glibc

/// Where faults are looked for by name: the first folder that has `NAME.yml` wins.
public struct FaultSearch: Sendable {
    public var folders: [String]
    /// Against which the relative path of a fault's file is meant, in this order.
    private var bases: [String]

    /// - Parameters:
    ///   - suite: the path of the suite's file, nil if there is none.
    ///   - own: the folders of Holdfast's own faults.
    public init(suite: String?, own: [String]) {
        bases = [""]
        folders = ["faults"]
        if let suite {
            let folder = FaultSearch.folder(of: suite)
            bases.append(folder)
            folders += [folder + "faults", folder + "../faults"]
        }
        folders += own
    }

    /// A file's folder with a slash at its end; empty for the working directory.
    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "" }
        return String(path[...slash])
    }

    /// Finds and reads a fault that somebody named.
    /// - Parameter name: where the name is written; it is pointed at if there is no such fault.
    public func load(_ name: Value, with: Value? = nil) throws(Diagnostic) -> FaultFile {
        let text = try name.name()
        guard let path = path(of: text) else {
            let remedy = suggestion(for: text, among: names)
            throw name.diagnostic(
                "there is no fault \(shown(text))", remedy: "\(remedy); looked in \(folders.joined(separator: ", "))")
        }
        let fault = try FaultFile(try YAML.load(path), with: with)
        guard FaultSearch.isPath(text) || fault.name == text else {
            throw Diagnostic(
                file: path, field: "fault", problem: "is \(shown(fault.name)), though the file is called \(text).yml",
                remedy: "use the same name for both")
        }
        return fault
    }

    /// As `load`, for a name that stands in no file.
    public func load(named name: String) throws(Diagnostic) -> FaultFile {
        try load(Value(.scalar(name, plain: false), file: "fault", line: 0, column: 0, path: ""))
    }

    /// The names of all faults that can be found, sorted; of equal ones the first folder's is meant.
    public var names: [String] {
        var found: Set<String> = []
        for folder in folders {
            for file in FaultSearch.files(in: folder) where file.hasSuffix(".yml") {
                found.insert(String(file.dropLast(4)))
            }
        }
        return found.sorted()
    }

    private func path(of name: String) -> String? {
        let candidates =
            FaultSearch.isPath(name)
            ? (name.hasPrefix("/") ? [name] : bases.map { $0 + name })
            : folders.map { $0 + "/" + name + ".yml" }
        return candidates.first { access($0, F_OK) == 0 }
    }

    private static func isPath(_ name: String) -> Bool {
        name.contains("/") || name.hasSuffix(".yml") || name.hasSuffix(".yaml")
    }

    private static func files(in folder: String) -> [String] {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            names.append(name)
        }
        return names
    }
}
