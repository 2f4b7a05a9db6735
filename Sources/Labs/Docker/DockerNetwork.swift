import Glibc
import Platform

/// One lab's network: a bridge of the engine's without a way out, and the harness's own interface in it.
///
/// Its range is a free one of 198.18.0.0/15, which is reserved for benchmarks: two labs, and whatever else is there,
/// have others.
final class DockerNetwork {
    let name: String
    let subnet: Int
    private let run: DockerRun
    private var isMade = false

    static let firstHost = 11
    static let hostsMax = 200
    /// The last sixteen are left to the files in `compose/`.
    private static let subnets = 512 - 16

    private var engine: DockerEngine { run.engine }
    /// At most 15 bytes.
    private var bridge: String { "hf" + run.id }
    private var interface: String { Self.prefixOfInterfaces + run.id }
    private static let prefixOfInterfaces = "hv"

    /// The interface by which the harness of a run is in its network; nil for what is no run's name.
    static func interface(ofRun id: String) -> String? {
        id.utf8.count == 8 && id.allSatisfy(\.isHexDigit) ? prefixOfInterfaces + id : nil
    }

    func address(_ host: Int) -> String { "\(Self.prefix(subnet)).\(host)" }
    var clientAddress: String { address(2) }

    private static func prefix(_ subnet: Int) -> String { "198.\(18 + subnet / 256).\(subnet % 256)" }

    init(_ run: DockerRun, labels: DockerLabels) throws(LabError) {
        self.run = run
        name = "holdfast-" + run.id
        let first = Int.random(in: 0..<Self.subnets)
        for number in 0..<Limits.networkTries {
            let subnet = (first + number) % Self.subnets
            if try Self.make(name, subnet, run, bridge: "hf" + run.id, labels) {
                self.subnet = subnet
                isMade = true
                try join()
                return
            }
        }
        throw LabError(
            .toolFailed,
            "no free network was found in 198.18.0.0/15 (\(Limits.networkTries) tried): see docker network ls, and ip route"
        )
    }

    /// False if somebody has that range.
    private static func make(
        _ name: String, _ subnet: Int, _ run: DockerRun, bridge: String, _ labels: DockerLabels
    ) throws(LabError) -> Bool {
        let range = "\(prefix(subnet)).0/24"
        for relation in ["root", "match"] {
            let routes = try run.engine.onHost("ip", ["-4", "route", "show", relation, range]).output
            if routes.split(separator: "\n").contains(where: { !$0.hasPrefix("default ") }) { return false }
        }
        let arguments =
            [
                "network", "create", "--driver", "bridge", "--internal", "--subnet", range, "--gateway",
                "\(prefix(subnet)).1", "--aux-address", "clients=\(prefix(subnet)).2", "--opt",
                "com.docker.network.bridge.name=\(bridge)",
            ] + labels.arguments + [name]
        let result = try run.engine.run(arguments)
        if result.succeeded { return true }
        if result.errors.contains("overlap") { return false }
        throw DockerEngine.failure(arguments, result)
    }

    /// Puts one end of a pair of interfaces into the network, and the other into the harness's own, where nothing else is.
    private func join() throws(LabError) {
        guard try engine.onHost("ip", ["link", "show", "dev", bridge]).succeeded else {
            throw LabError(
                .notPermitted,
                "the Docker Engine at \(DockerEngine.address) has its networks elsewhere: the docker lab needs an engine "
                    + "of this very machine (not one in a virtual machine, nor a remote one); name one by DOCKER_HOST")
        }
        try engine.ip([
            "link", "add", interface, "type", "veth", "peer", "name", "eth0", "netns", "\(getpid())",
        ])
        try engine.ip(["link", "set", interface, "master", bridge, "up"])
        try Machine.ip(["link", "set", "lo", "up"])
        try Machine.ip(["addr", "add", clientAddress + "/24", "dev", "eth0"])
        try Machine.ip(["link", "set", "eth0", "up"])
    }

    /// Returns what could not be removed.
    func remove() -> [String] {
        guard isMade else { return [] }
        isMade = false
        // Gone already if the network never came to be joined.
        _ = try? engine.onHost("ip", ["link", "delete", interface])
        do throws(LabError) {
            try engine.require(["network", "rm", name])
            return []
        } catch {
            return ["network \(name): \(error)"]
        }
    }

    deinit { _ = remove() }
}
