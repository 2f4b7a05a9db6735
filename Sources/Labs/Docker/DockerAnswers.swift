import Platform
import Synchronization

/// What images say of themselves, asked once for a process: each answer takes a container, or a Java.
enum DockerAnswers {
    private static let results = Mutex<[[String]: ToolResult]>([:])
    private static let images = Mutex<Set<String>>([])

    /// The answer to these words; those without success are asked for again.
    static func result(
        of words: [String], _ ask: () throws(LabError) -> ToolResult
    ) throws(LabError) -> ToolResult {
        if let known = results.withLock({ $0[words] }) { return known }
        let result = try ask()
        if result.succeeded { results.withLock { $0[words] = result } }
        return result
    }

    /// Whether the image is there; one that was found stays found.
    static func has(image: String, _ engine: DockerEngine) throws(LabError) -> Bool {
        if images.withLock({ $0.contains(image) }) { return true }
        guard try engine.has(image: image) else { return false }
        _ = images.withLock { $0.insert(image) }
        return true
    }
}
