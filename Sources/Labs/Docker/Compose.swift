public import Platform

/// Docker Compose, as a plug-in of the client (v2) or as a program of its own (v1), whichever is found first.
public struct Compose: Sendable, Equatable {
    /// `docker compose`, or the path of docker-compose.
    public let words: [String]

    /// Nil if there is neither.
    public static func find() -> Compose? {
        if let docker = Tool.locate(DockerEngine.program),
            let result = try? Tool.run(docker, ["compose", "version"], environment: DockerEngine.environment),
            result.succeeded
        {
            return Compose(words: [docker, "compose"])
        }
        return Tool.locate("docker-compose").map { Compose(words: [$0]) }
    }

    /// Runs it on one of the files, as one project.
    public func run(
        file: String, project: String, _ arguments: [String], environment: [String: String] = [:],
        deadline: Duration = .seconds(120)
    ) throws(ToolError) -> ToolResult {
        try Tool.run(
            words[0], Array(words.dropFirst()) + ["--file", file, "--project-name", project] + arguments,
            deadline: deadline, environment: DockerEngine.environment.merging(environment) { $1 })
    }
}
