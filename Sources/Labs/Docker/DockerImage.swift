import Platform

/// An image, and how its programs are started: by their own names and arguments, as the user that the harness is, and
/// with nothing that only one image knows.
struct DockerImage: Sendable {
    let name: String
    /// Folders that the image would have a volume made for, each without a name and a label.
    private let volumes: [String]

    init(_ name: String, engine: DockerEngine) throws(LabError) {
        self.name = name
        let format = "{{range $path, $_ := .Config.Volumes}}{{println $path}}{{end}}"
        volumes = try engine.require(["image", "inspect", "--format", format, name]).split(separator: "\n").map(
            String.init)
    }

    /// Options of every container of it.
    func options(keeping mounted: [String] = []) -> [String] {
        // A filesystem in memory that nobody uses, in place of a volume that nobody would remove.
        let inMemory = volumes.filter { !mounted.contains($0) }.flatMap { ["--tmpfs", $0] }
        return ["--pull", "never", "--user", "0:0", "--log-driver", "none"] + inMemory
    }
}
