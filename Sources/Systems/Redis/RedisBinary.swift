import Glibc
import Labs
import Platform

/// A server program of Redis or Valkey, and what it says of itself.
struct RedisBinary: Sendable {
    static let variable = "HOLDFAST_REDIS_SERVER"
    static let software = Software(
        name: "redis", usualImage: "redis:8", imageVariable: "HOLDFAST_REDIS_IMAGE")

    /// Its path is that of the program or, where it is in an image, the image's name.
    var version: ServerVersion
    var origin: Origin = .machine
    /// How it is called where it runs.
    var program: String

    init(version: ServerVersion) { (self.version, program) = (version, version.path) }

    private init(version: ServerVersion, image: String, program: String) {
        (self.version, origin, self.program) = (version, .image(image), program)
    }

    /// Finds the server that nodes of such a lab have.
    static func find(_ setting: String?, in lab: any LabKind) throws(SystemError) -> RedisBinary {
        let origin: Origin
        do { origin = try lab.origin(of: software) } catch { throw SystemError(.missing, error.message) }
        guard case .image(let image) = origin else { return try find(setting) }
        let program = setting ?? "redis-server"
        let result: ToolResult
        do { result = try lab.ask(software, program, ["--version"]) } catch {
            throw SystemError(.missing, "\(program) of the image \(image) cannot be run: \(error)")
        }
        guard let version = parse(result.output, path: image) else {
            throw SystemError(
                .missing,
                "\(program) --version in the image \(image) says nothing like `Redis server v=7.0.15`, but "
                    + "\"\(result.output.prefix(200))\(result.errors.prefix(200))\" (\(result.status)): name an image of Redis "
                    + "or Valkey by \(software.imageVariable)")
        }
        return RedisBinary(version: version, image: image, program: program)
    }

    /// Finds the server: what the configuration names, else what the environment does, else the machine's own.
    static func find(_ setting: String?) throws(SystemError) -> RedisBinary {
        let environment = getenv(variable).map { String(cString: $0) }
        let wanted = [setting, environment].compactMap { $0 }.first { !$0.isEmpty } ?? "redis-server"
        guard let path = locate(wanted) else {
            let whose =
                setting != nil ? "the setting `server`" : environment != nil ? variable : "the machine's PATH"
            throw SystemError(
                .missing,
                "\(wanted) is no program here (\(whose)): install it (apt-get install redis-server; `make servers` "
                    + "fetches newer ones), or name another Redis or Valkey server by the setting `server` or by "
                    + variable)
        }
        return RedisBinary(version: try askVersion(path))
    }

    /// Looks in the user's own PATH, among the machine's programs, and then among those that `make servers` fetched.
    private static func locate(_ name: String) -> String? {
        if !name.contains("/"), let path = getenv("PATH").map({ String(cString: $0) }) {
            for folder in path.split(separator: ":") where folder.hasPrefix("/") {
                if let found = Tool.locate("\(folder)/\(name)") { return found }
            }
        }
        if let found = Tool.locate(name) { return found }
        guard !name.contains("/"), let cache = UserCache.folder else { return nil }
        return Tool.locate("\(cache)/servers/\(name)")
    }

    /// `Redis server v=7.0.15 sha=…`, `Valkey server v=9.1.2 sha=…`.
    private static func askVersion(_ path: String) throws(SystemError) -> ServerVersion {
        let result: ToolResult
        do { result = try Tool.run(path, ["--version"], deadline: .seconds(10)) } catch {
            throw SystemError(.missing, "\(path) cannot be run: \(error)")
        }
        guard let version = parse(result.output, path: path) else {
            let said = result.output.prefix(200) + result.errors.prefix(200)
            throw SystemError(
                .missing,
                "\(path) --version says nothing like `Redis server v=7.0.15`, but \"\(said)\" "
                    + "(\(result.status)): name a Redis or Valkey server by the setting `server` or by \(variable)")
        }
        return version
    }

    static func parse(_ text: String, path: String) -> ServerVersion? {
        let words = text.split(whereSeparator: \.isWhitespace)
        guard words.count >= 3, words[1] == "server", words[2].hasPrefix("v=") else { return nil }
        let version = words[2].dropFirst(2)
        guard let first = version.utf8.first, (0x30...0x39).contains(first) else { return nil }
        return ServerVersion(path: path, name: String(words[0]), version: String(version))
    }

    /// What not every server has.
    enum Feature {
        case waitAOF, ackedTrimming
    }

    /// WAITAOF is of Redis 7.2 and in every Valkey; what trims by acknowledgements is of Redis 8.2 and in no Valkey.
    func has(_ feature: Feature) -> Bool {
        switch feature {
        case .waitAOF: isAtLeast(7, 2)
        case .ackedTrimming: version.name == "Redis" && isAtLeast(8, 2)
        }
    }

    /// Valkey counts on from Redis 7.2.
    func isAtLeast(_ major: Int, _ minor: Int) -> Bool {
        let numbers = version.version.split(separator: ".").map { Int($0) ?? 0 }
        let (itsMajor, itsMinor) = (numbers.first ?? 0, numbers.count > 1 ? numbers[1] : 0)
        return (itsMajor, itsMinor) >= (major, minor)
    }
}
