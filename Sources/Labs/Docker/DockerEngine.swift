import Glibc
import Platform

/// The Docker Engine, spoken to by its own client program: argument vectors in, machine formats out.
struct DockerEngine: Sendable {
    /// The network namespace from which the engine is reached and in which its bridges are, as a file; nil: this one.
    var network: String?

    static let program = "docker"

    /// Whatever of the user's environment says which engine it is, and how it is reached.
    static var environment: [String: String] {
        let names = [
            "HOME", "DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG", "DOCKER_CERT_PATH", "DOCKER_TLS_VERIFY",
            "DOCKER_API_VERSION",
        ]
        var found: [String: String] = [:]
        for name in names { if let value = getenv(name) { found[name] = String(cString: value) } }
        return found
    }

    /// As people name it.
    static var address: String { environment["DOCKER_HOST"] ?? "unix:///var/run/docker.sock" }

    /// What runs a program where the engine is.
    func words(_ program: String, _ arguments: [String]) throws(LabError) -> [String] {
        guard let path = Tool.locate(program) else {
            throw LabError(.toolMissing, "\(program) is not there; \(Tool.remedy(for: program))")
        }
        return (network.map { ["nsenter", "--net=\($0)", "--"] } ?? []) + [path] + arguments
    }

    /// Runs the client and returns what it said, whatever its status.
    func run(_ arguments: [String], deadline: Duration = Limits.engine, input: String? = nil) throws(LabError)
        -> ToolResult
    {
        try onHost(Self.program, arguments, deadline: deadline, input: input)
    }

    /// Runs the client, which must succeed; returns what it said, without the last line end.
    @discardableResult
    func require(_ arguments: [String], deadline: Duration = Limits.engine) throws(LabError) -> String {
        let result = try run(arguments, deadline: deadline)
        guard result.succeeded else { throw Self.failure(arguments, result) }
        return result.output.trimmedLine
    }

    /// Runs a tool of this machine in the network namespace of the engine.
    @discardableResult
    func onHost(
        _ tool: String, _ arguments: [String], deadline: Duration = Limits.engine, input: String? = nil
    ) throws(LabError) -> ToolResult {
        let words = try words(tool, arguments)
        do {
            return try Tool.run(
                words[0], Array(words.dropFirst()), deadline: deadline, environment: Self.environment, input: input)
        } catch {
            throw LabError(error.code == .notFound ? .toolMissing : .toolFailed, "\(error)")
        }
    }

    /// `ip`, which must succeed.
    func ip(_ arguments: [String]) throws(LabError) {
        let result = try onHost("ip", arguments)
        guard result.succeeded else {
            throw LabError(.toolFailed, "\(Tool.failure(of: ["ip"] + arguments, result))")
        }
    }

    static func failure(_ arguments: [String], _ result: ToolResult) -> LabError {
        LabError(.toolFailed, "\(Tool.failure(of: [program] + arguments, result))")
    }

    /// Its version; throws why it does not answer, and what to do.
    func version() throws(LabError) -> String {
        let result = try run(["version", "--format", "{{.Server.Version}}"])
        if result.succeeded { return result.output.trimmedLine }
        let said = result.errors.split(separator: "\n").last.map(String.init) ?? result.status.description
        throw LabError(
            .notPermitted,
            "the Docker Engine at \(Self.address) does not answer (\(said)); start it (systemctl start docker), or name "
                + "another of this machine by DOCKER_HOST")
    }

    /// Whether the image is there; nothing is fetched.
    func has(image: String) throws(LabError) -> Bool {
        try run(["image", "inspect", "--format", "{{.Id}}", image]).succeeded
    }
}
