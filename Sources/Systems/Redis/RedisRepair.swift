import Labs
import Platform

/// What an operator does when a server refuses its append-only file: `redis-check-aof --fix` on the last incremental
/// file, alone. On the manifest, the tool of one version rejects the base files of another, and one of them its own.
struct RedisRepair {
    let binary: RedisBinary
    let dataDirectory: String
    /// Where the tool is run, if it is not this machine's.
    var node: (any Node)?

    /// - Returns: what was done.
    /// - Throws: what cannot be repaired, with what the tool said.
    func run() throws(SystemError) -> String {
        let file = try lastFile()
        guard let before = TextFile.size(file) else {
            throw SystemError(.refused, "nothing to repair: \(file) is not there; the server's log says what it wants")
        }
        let result = try check(file)
        let after = TextFile.size(file) ?? 0
        let said = (result.output + result.errors).split(separator: "\n").suffix(4).joined(separator: "; ")
        guard result.succeeded, after < before else {
            let what = result.succeeded ? "found nothing wrong with it" : "\(result.status)"
            throw SystemError(
                .refused, "redis-check-aof --fix \(file): \(what), so the damage is elsewhere or beyond it: \(said)")
        }
        return "redis-check-aof --fix \(file.split(separator: "/").last ?? ""): cut from \(before) to \(after) bytes "
            + "(\(before - after) gone)"
    }

    private func check(_ file: String) throws(SystemError) -> ToolResult {
        if case .image(let image) = binary.origin, let node {
            let name = binary.version.name == "Valkey" ? "valkey-check-aof" : "redis-check-aof"
            do {
                return try node.runBeside(
                    Program(executable: name, arguments: ["--fix", file]),
                    deadline: .seconds(Int(SystemLimits.repairSeconds)), input: "y\n")
            } catch {
                throw SystemError(.refused, "\(name) of \(image) --fix \(file) did not run to its end: \(error)")
            }
        }
        let (program, linked) = try tool()
        defer { linked?.remove() }
        do {
            return try Tool.run(
                program, ["--fix", file], deadline: .seconds(Int(SystemLimits.repairSeconds)), input: "y\n")
        } catch {
            throw SystemError(.refused, "\(program) --fix \(file) did not run to its end: \(error)")
        }
    }

    /// The file that was written last: of the manifest's incremental ones that with the highest number, before 7.0 the
    /// only one.
    private func lastFile() throws(SystemError) -> String {
        let folder = "\(dataDirectory)/appendonlydir"
        let manifest = "\(folder)/appendonly.aof.manifest"
        guard let text = Files.read(manifest, limit: SystemLimits.manifestBytes) else {
            let single = "\(dataDirectory)/appendonly.aof"
            if TextFile.size(single) != nil { return single }
            throw SystemError(.refused, "nothing to repair: there is neither \(manifest) nor \(single)")
        }
        guard let name = Self.lastIncrement(in: text) else {
            throw SystemError(.refused, "\(manifest) names no incremental file, and it cannot be repaired")
        }
        return "\(folder)/\(name)"
    }

    /// `file appendonly.aof.2.incr.aof seq 2 type i`
    static func lastIncrement(in manifest: String) -> String? {
        var last: (number: Int, name: String)?
        for line in manifest.split(whereSeparator: \.isNewline) {
            guard let words = RedisText.words(String(line)), words.count % 2 == 0 else { continue }
            var fields: [String: String] = [:]
            for index in stride(from: 0, to: words.count, by: 2) { fields[words[index]] = words[index + 1] }
            guard fields["type"] == "i", let name = fields["file"], let number = fields["seq"].flatMap({ Int($0) }),
                !name.contains("/")
            else { continue }
            if number >= last?.number ?? 0 { last = (number, name) }
        }
        return last?.name
    }

    /// The tool of the same version: beside the server, or the server itself under the tool's name.
    private func tool() throws(SystemError) -> (program: String, linked: LinkedTool?) {
        let server = Files.resolved(binary.version.path) ?? binary.version.path
        let names = ["redis-check-aof", "valkey-check-aof"]
        for folder in [binary.version.path, server].map({ $0.split(separator: "/").dropLast().joined(separator: "/") })
        {
            let own = binary.version.name == "Valkey" ? names.reversed() : names
            for name in own {
                if let program = Tool.locate("/\(folder)/\(name)") { return (program, nil) }
            }
        }
        if TextFile.part(server, from: 0, limit: 2) == "#!" {
            // A wrapper is no tool under any name; the machine's own will do for a single file.
            for name in names { if let program = Tool.locate(name) { return (program, nil) } }
        }
        let linked = try LinkedTool(server, as: names[0])
        return (linked.path, linked)
    }
}
