import Documents
import Glibc

/// Where a secret is kept: in a file or in the environment. A cluster's file never holds one itself, so that it can be
/// shown and kept with the suites.
public enum Secret: Hashable, Sendable {
    case file(String)
    case environment(String)

    private static let remedy = "name where it is kept: {file: PATH} or {environment: NAME}"
    private static let longest = 4096

    /// - Parameter folder: what paths are taken from.
    init(_ value: Value, folder: String) throws(Diagnostic) {
        guard value.isMapping else {
            // What stands there may be the secret itself, and is not shown.
            throw value.diagnostic("a secret is not written here", remedy: Self.remedy)
        }
        var fields = try Fields(value, of: "a secret")
        let file = try fields.optional("file")
        let variable = try fields.optional("environment")
        try fields.finish()
        switch (file, variable) {
        case (let file?, nil): self = .file(FilePath.absolute(try file.name(), from: folder))
        case (nil, let variable?):
            let name = try variable.name()
            guard name.utf8.allSatisfy({ Self.isOfName($0) }) else {
                throw variable.diagnostic("is no variable's name", remedy: "such as REDIS_PASSWORD")
            }
            self = .environment(name)
        default: throw value.diagnostic("says neither or both of file and environment", remedy: Self.remedy)
        }
    }

    private static func isOfName(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x5F
    }

    /// The secret itself: of a file the first line, and nothing of its end.
    func read(_ field: String, of cluster: String) throws(AccessError) -> String {
        let text: String
        switch self {
        case .environment(let name):
            guard let value = getenv(name) else {
                throw AccessError("\(cluster): \(field): the environment has no \(name); set it, or name a file")
            }
            text = String(cString: value)
        case .file(let path):
            do throws(Diagnostic) {
                text = String(decoding: try YAML.bytes(of: path).prefix { $0 != 0x0A && $0 != 0x0D }, as: UTF8.self)
            } catch {
                throw AccessError("\(cluster): \(field): \(path): \(error.problem); \(error.remedy)")
            }
        }
        guard !text.isEmpty, text.utf8.count <= Self.longest else {
            throw AccessError("\(cluster): \(field): what is kept there is empty, or no password")
        }
        return text
    }

    /// The environment's name for it, if it is kept there.
    var variable: String? { if case .environment(let name) = self { name } else { nil } }
}

/// Why a cluster cannot be reached as its file says, and what to do. Never holds a secret.
public struct AccessError: Error, Sendable, CustomStringConvertible {
    public var message: String
    public init(_ message: String) { self.message = message }
    public var description: String { message }
}

/// Paths in a cluster's file are taken from its own folder.
enum FilePath {
    static func absolute(_ path: String, from folder: String) -> String {
        path.hasPrefix("/") ? path : folder + "/" + path
    }
}
