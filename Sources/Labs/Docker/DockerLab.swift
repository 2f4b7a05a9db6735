import Glibc
import Platform

/// Containers of the images that people deploy, in a network of their own.
///
/// Works inside what `DockerRun` made. Several may be open on one machine, each of a run of its own.
public final class DockerLab: Lab {
    static let name = "docker"
    public let kind: any LabKind = DockerKind()
    public var nodes: [any Node] { members }
    public var clientAddress: String { network.clientAddress }

    private let run: DockerRun
    private let directory: String
    private let scratch: Scratch
    private let network: DockerNetwork
    private let labels: DockerLabels
    private let holder: DockerHolder
    private var images: [String: DockerImage] = [:]
    private var members: [DockerNode] = []
    private var isOpen = true

    /// - Parameter directory: a folder on a real disk, such as the trial's: takes the nodes' data, and is found at the same
    ///   place by the engine.
    public init(directory: String) throws(LabError) {
        guard let run = DockerRun.current else {
            throw LabError(.unsafe, "the docker lab works only inside the network that the harness makes for itself")
        }
        (self.run, self.directory) = (run, directory)
        holder = try DockerHolder()
        scratch = try Scratch(in: directory)
        labels = DockerLabels(run: run.id, lockPath: "\(scratch.path)/\(Scratch.mark)")
        do throws(LabError) { network = try DockerNetwork(run, labels: labels) } catch {
            try? scratch.remove()
            throw error
        }
    }

    public func makeNode(_ request: NodeRequest) throws(LabError) -> any Node {
        precondition(isOpen, "a closed lab makes no nodes")
        try request.check(beside: members, roomFor: DockerNetwork.hostsMax)
        let image = try image(of: request.software)
        let node = DockerNode(
            name: request.name, address: network.address(DockerNetwork.firstHost + members.count),
            logDirectory: request.logDirectory, run: run, image: image, labels: labels)
        // First of all: whatever else fails, `close` then takes away what is there of it.
        members.append(node)
        try Machine.make(folder: request.logDirectory)
        let folder = "\(scratch.path)/\(request.name)"
        if let filesystem = request.filesystem {
            try node.mountData(filesystem, megabytes: request.megabytes, in: directory, at: folder)
        } else {
            try node.useData(folder)
        }
        try node.joinNetwork(network.name, holder)
        return node
    }

    private func image(of software: Software) throws(LabError) -> DockerImage {
        guard case .image(let name) = try kind.origin(of: software) else {
            preconditionFailure("\(software.name) is in no image")
        }
        if let known = images[name] { return known }
        let image = try DockerImage(name, engine: run.engine)
        images[name] = image
        return image
    }

    public func close() -> [String] {
        guard isOpen else { return [] }
        isOpen = false
        var left: [String] = []
        let containers = members.flatMap(\.containers)
        if !containers.isEmpty {
            do throws(LabError) {
                try run.engine.require(["rm", "--force", "--volumes"] + containers)
            } catch {
                left.append("\(error)")
            }
        }
        for node in members.reversed() { left += node.forget() }
        left += network.remove()
        do { try scratch.remove() } catch { left.append("\(error)") }
        return left
    }

    deinit { _ = close() }
}
