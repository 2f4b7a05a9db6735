import Platform

/// What everything that a lab has the engine make is marked with: whose it is, and how to see whether that run lives.
struct DockerLabels: Sendable {
    static let run = "io.holdfast.run"
    /// A file that the run's process has locked for as long as it lives.
    static let lock = "io.holdfast.lock"

    let run: String
    let lockPath: String

    var arguments: [String] { ["--label", "\(Self.run)=\(run)", "--label", "\(Self.lock)=\(lockPath)"] }
}
