import Glibc
public import Platform
import Synchronization

/// A host with a Docker Engine of the tests' own, in a private folder and in namespaces of its own: what it has is not
/// seen by the machine's own engine, and ends with the tests.
///
/// It has no way out and no registry. Its images are made of this machine's programs by `compose/images/build.sh`; its
/// bystanders (a container, a network, a volume, a firewall rule) are none of the program's business.
public final class DockerHost: Sendable {
    /// Of the whole test run; nil where none can be started, and `reason` says why.
    public static let shared: DockerHost? = start()
    private static let failure = Mutex("")
    public static var reason: String {
        _ = shared
        return failure.withLock { $0 }
    }
    public static var isThere: Bool { shared != nil }

    public let folder: String
    /// The first process in its namespaces, as this machine counts.
    public let pid: Int32

    public static let redisImage = "holdfast/redis:local"
    public static let kafkaImage = "holdfast/kafka:local"

    private init(folder: String, pid: Int32) { (self.folder, self.pid) = (folder, pid) }

    public var environment: [String: String] {
        [
            "DOCKER_HOST": "unix://\(folder)/docker.sock", "HOLDFAST_REDIS_IMAGE": Self.redisImage,
            "HOLDFAST_KAFKA_IMAGE": Self.kafkaImage, "HOME": folder,
        ]
    }

    /// The words that run a command on this host.
    public func command(_ words: [String]) -> [String] {
        ["/usr/bin/nsenter", "--target", "\(pid)", "--net", "--mount", "--pid", "--"] + words
    }

    /// Runs a program on this host to its end.
    @discardableResult
    public func run(
        _ words: [String], environment more: [String: String] = [:], deadline: Duration = .seconds(120)
    ) throws -> ToolResult {
        let words = command([Tool.locate(words[0]) ?? words[0]] + words.dropFirst())
        return try Tool.run(
            words[0], Array(words.dropFirst()), deadline: deadline, outputLimit: 16 << 20,
            environment: environment.merging(more) { $1 })
    }

    /// What `docker` says, which must succeed; without the last line end.
    @discardableResult
    public func docker(_ arguments: String...) throws -> String {
        let result = try run(["docker"] + arguments)
        guard result.succeeded else { throw Tool.failure(of: ["docker"] + arguments, result) }
        return result.output.hasSuffix("\n") ? String(result.output.dropLast()) : result.output
    }

    // MARK: Looking

    /// Everything of it that a run could leave something in. Two looks are equal if nothing was left.
    public func look() -> StandInHost.Look {
        func said(_ words: String...) -> String {
            guard let result = try? run(words) else { return "no answer" }
            return (result.output + result.errors).split(separator: "\n").sorted().joined(separator: "\n")
        }
        var parts: [String: String] = [:]
        parts["containers"] = said("docker", "ps", "--all", "--no-trunc", "--format", "{{.ID}} {{.Names}} {{.State}}")
        parts["networks"] = said("docker", "network", "ls", "--no-trunc", "--format", "{{.ID}} {{.Name}}")
        parts["volumes"] = said("docker", "volume", "ls", "--format", "{{.Name}}")
        parts["images"] = said("docker", "image", "ls", "--all", "--format", "{{.ID}} {{.Repository}}:{{.Tag}}")
        parts["bystander"] = said("docker", "exec", "bystander", "redis-cli", "GET", "bystander")
        let rules = said("iptables-save").split(separator: "\n").filter { !$0.hasPrefix("#") }
        parts["rules"] = rules.map { $0.hasPrefix(":") ? $0.prefix { $0 != "[" } : $0 }.joined(separator: "\n")
        // Indexes of interfaces apart: `veth1@if7`.
        parts["links"] = said("ip", "-o", "link").split(separator: "\n").map { line in
            line.split(separator: " ").dropFirst().first.map(String.init) ?? ""
        }.sorted().joined(separator: " ")
        parts["mounts"] = (Files.read("/proc/\(pid)/mountinfo", limit: 1 << 20) ?? "").split(separator: "\n").filter {
            $0.contains("/dev/loop") || $0.contains("holdfast/")
        }.joined(separator: "\n")
        return StandInHost.Look(parts: parts)
    }

    // MARK: Starting

    private static func fail(_ reason: String) -> DockerHost? {
        failure.withLock { $0 = reason }
        print("NO DOCKER TESTS: \(reason)")
        return nil
    }

    /// On a thread that lives as long as the tests: what it starts ends with it.
    private static func start() -> DockerHost? {
        guard Privileges.isFullRoot else { return fail("needs root of the machine") }
        for tool in ["docker", "dockerd", "unshare", "iptables"] where Tool.locate(tool) == nil {
            return fail("\(tool) is missing: \(Tool.remedy(for: tool == "dockerd" ? "docker" : tool)), or make setup")
        }
        let result = Mutex<Result<DockerHost, StartFailure>?>(nil)
        var thread = pthread_t()
        let body = Unmanaged.passRetained(Body { result.withLock { $0 = begin() } })
        pthread_create(
            &thread, nil,
            { raw in
                Unmanaged<Body>.fromOpaque(raw!).takeRetainedValue().run()
                while true { pause() }
            }, body.toOpaque())
        while result.withLock({ $0 }) == nil { usleep(20_000) }
        switch result.withLock({ $0 }) {
        case .success(let host)?: return host
        case .failure(let failure)?: return fail(failure.description)
        case nil: return nil
        }
    }

    private final class Body {
        let run: () -> Void
        init(_ run: @escaping () -> Void) { self.run = run }
    }

    private struct StartFailure: Error, CustomStringConvertible { let description: String }

    /// Kept for the whole run: a child ends with its object.
    nonisolated(unsafe) private static var engine: Child?

    private static func begin() -> Result<DockerHost, StartFailure> {
        var template = Array("/var/tmp/holdfast-docker-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { return .failure(StartFailure(description: "no folder in /var/tmp")) }
        let folder = String(decoding: template.dropLast().map(UInt8.init), as: UTF8.self)
        let script = """
            set -e
            ip link set lo up
            iptables -w -A INPUT -p tcp --dport 9 -m comment --comment bystander -j DROP
            exec dockerd --data-root \(folder)/data --exec-root \(folder)/exec --host unix://\(folder)/docker.sock \
                --pidfile \(folder)/pid
            """
        do {
            let child = try Child(
                executable: "unshare",
                arguments: [
                    "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-c", script,
                ], output: .file(folder + "/dockerd.log"))
            engine = child
            atexit { DockerHost.end() }
            ended.withLock { $0 = folder }
            var inner: Int32?
            _ = eventually(within: 10) {
                inner = ProcessTable.entries().first { $0.parent == child.pid }?.pid
                return inner != nil || child.status != nil
            }
            guard let inner else { return .failure(StartFailure(description: "no namespaces for dockerd")) }
            let host = DockerHost(folder: folder, pid: inner)
            let answers = eventually(within: 60) {
                child.status != nil || (try? host.run(["docker", "version"]))?.succeeded == true
            }
            guard answers, child.status == nil else {
                let log = (Files.read(folder + "/dockerd.log", limit: 1 << 20) ?? "").suffix(600)
                return .failure(StartFailure(description: "dockerd does not start here: \(log)"))
            }
            try host.prepare()
            return .success(host)
        } catch {
            return .failure(StartFailure(description: "\(error)"))
        }
    }

    /// Images, and bystanders.
    private func prepare() throws {
        let what = Holdfast.environment.isEmpty ? ["redis"] : ["redis", "kafka"]
        let built = try run(
            [Holdfast.root + "/compose/images/build.sh"] + what, environment: Holdfast.environment,
            deadline: .seconds(400))
        guard built.succeeded else { throw Tool.failure(of: ["compose/images/build.sh"], built) }
        try docker("network", "create", "--label", "bystander", "--subnet", "198.19.239.0/24", "bystander")
        try docker("volume", "create", "--label", "bystander", "bystander")
        try docker(
            "run", "--detach", "--name", "bystander", "--label", "bystander", "--network", "bystander", "--volume",
            "bystander:/data", Self.redisImage, "redis-server", "--dir", "/data")
        let answers = try eventually {
            try run(["docker", "exec", "bystander", "redis-cli", "SET", "bystander", "untouched"]).output == "OK\n"
        }
        guard answers else { throw JSONFailure("the bystander does not answer") }
    }

    private static let ended = Mutex("")

    private static func end() {
        // The kernel ends everything in the namespaces with the first process there.
        if let child = engine {
            kill(child.pid, SIGKILL)
            _ = child.wait(upTo: .seconds(10))
        }
        let folder = ended.withLock { $0 }
        if !folder.isEmpty { _ = eventually(within: 10) { (try? Files.removeTree(folder)) != nil } }
    }
}
