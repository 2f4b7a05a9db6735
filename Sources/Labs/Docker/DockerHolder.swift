import Glibc
import Platform

/// What keeps a node's network when its server is gone: a container of the node's image in which a program of this
/// machine sleeps.
///
/// A container that ends takes its network with it, and with that the cut that the fault made, the queue, the address.
/// A machine whose server was killed keeps all of these. So the server's container has the network of one that nothing is
/// done to. The program and the two libraries that it needs are lent by this machine: the image may have nothing at all.
struct DockerHolder: Sendable {
    private static let folder = "/.holdfast"
    private let loader: String
    private let library: String
    private let sleeper: String

    init() throws(LabError) {
        let maps = Files.read("/proc/self/maps", limit: Platform.Limits.procFile) ?? ""
        func mapped(_ isIt: (Substring) -> Bool) -> String? {
            for line in maps.split(separator: "\n") {
                guard let slash = line.firstIndex(of: "/") else { continue }
                let path = line[slash...]
                if let name = path.split(separator: "/").last, isIt(name) { return Files.resolved(String(path)) }
            }
            return nil
        }
        guard let loader = mapped({ $0.hasPrefix("ld-linux") || $0.hasPrefix("ld-2.") }),
            let library = mapped({ $0 == "libc.so.6" || $0.hasPrefix("libc-2.") }),
            let sleeper = Tool.locate("sleep").flatMap({ Files.resolved($0) })
        else {
            throw LabError(
                .toolMissing,
                "sleep, or the C library, is not found on this machine: something of it keeps each node's network open")
        }
        (self.loader, self.library, self.sleeper) = (loader, library, sleeper)
    }

    /// What stands behind `docker run`: mounts, program, image, arguments.
    func arguments(image: String) -> [String] {
        let files = [(loader, "loader"), (library, "libc.so.6"), (sleeper, "sleep")]
        let mounts = files.flatMap { ["--volume", "\($0.0):\(Self.folder)/\($0.1):ro"] }
        return mounts + ["--entrypoint", "\(Self.folder)/loader", image]
            + ["--library-path", Self.folder, "\(Self.folder)/sleep", "infinity"]
    }
}
