import Glibc
public import Platform

/// Containers of a Docker Engine of this machine.
public struct DockerKind: LabKind {
    public let name = DockerLab.name
    public let about = "containers of the images that people deploy, on this machine's Docker Engine"

    public init() {}

    public var isInside: Bool { DockerRun.current != nil }

    /// From outside, the engine is where this process is.
    private var engine: DockerEngine { DockerRun.current?.engine ?? DockerEngine() }

    public var refusal: LabError? {
        guard Privileges.isFullRoot else { return Self.needsRoot }
        do throws(LabError) {
            _ = try engine.version()
            return nil
        } catch {
            return error
        }
    }

    public var filesystemRefusal: LabError? { Privileges.isFullRoot ? nil : Self.needsRoot }

    private static var needsRoot: LabError {
        LabError(
            .notPermitted,
            "the docker lab enters the networks of containers and mounts filesystems: run as root of the machine")
    }

    public func enter(arguments: [String], protecting paths: [String]) throws(LabError) -> Int32 {
        try DockerRun.enter(arguments: arguments)
    }

    public func open(directory: String) throws(LabError) -> any Lab { try DockerLab(directory: directory) }

    public func origin(of software: Software) throws(LabError) -> Origin {
        let image = Self.image(of: software)
        guard try DockerAnswers.has(image: image, engine) else {
            throw LabError(
                .toolMissing,
                "the image \(image) is not there: docker pull \(image), or name one that is by \(software.imageVariable) "
                    + "(compose/images/build.sh \(software.name) makes holdfast/\(software.name):local without a registry)"
            )
        }
        return .image(image)
    }

    private static func image(of software: Software) -> String {
        guard let value = getenv(software.imageVariable).map({ String(cString: $0) }), !value.isEmpty else {
            return software.usualImage
        }
        return value
    }

    public func ask(_ software: Software, _ program: String, _ arguments: [String]) throws(LabError) -> ToolResult {
        guard case .image(let name) = try origin(of: software) else {
            preconditionFailure("\(software.name) is in no image")
        }
        let engine = engine
        return try DockerAnswers.result(of: [name, program] + arguments) { () throws(LabError) in
            let image = try DockerImage(name, engine: engine)
            // The engine removes it itself; the label says whose it was until then.
            let label = DockerRun.current.map { ["--label", "\(DockerLabels.run)=\($0.id)"] } ?? []
            return try engine.run(
                ["run", "--rm", "--network", "none", "--entrypoint", program] + label + image.options() + [name]
                    + arguments, deadline: Limits.ask)
        }
    }

    public func examine(_ software: [Software]) -> [Probe] {
        do throws(LabError) {
            let version = try engine.version()
            let here = Probe(name: "docker", ok: true, detail: "Docker Engine \(version) at \(DockerEngine.address)")
            return [here, compose()] + software.map(probe)
        } catch {
            return [Probe(name: "docker", ok: false, detail: "no lab docker", remedy: error.message)]
        }
    }

    private func compose() -> Probe {
        guard let compose = Compose.find() else {
            return Probe(
                name: "compose", ok: false, detail: "neither docker compose nor docker-compose is there",
                remedy: "for the files in compose/: \(Tool.remedy(for: "docker-compose"))")
        }
        return Probe(name: "compose", ok: true, detail: compose.words.joined(separator: " "))
    }

    private func probe(_ software: Software) -> Probe {
        let name = "\(software.name) image"
        do throws(LabError) {
            guard case .image(let image) = try origin(of: software) else { preconditionFailure("an image is one") }
            return Probe(name: name, ok: true, detail: image)
        } catch {
            return Probe(name: name, ok: false, detail: Self.image(of: software) + " is missing", remedy: error.message)
        }
    }

    public func heal() -> Heal.Outcome { DockerHeal(engine: engine).run() }
}
