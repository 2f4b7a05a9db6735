/// How a process ended.
public enum ExitStatus: Equatable, Sendable, CustomStringConvertible {
    case exited(Int32)
    case signaled(Int32)

    public var description: String {
        switch self {
        case .exited(let code): "exited with \(code)"
        case .signaled(let signal): "ended by signal \(signal)"
        }
    }
}

/// What a tool that ran to its end said.
public struct ToolResult: Sendable {
    public var status: ExitStatus
    public var output: String
    public var errors: String
    /// Output went over its limit and was cut there.
    public var truncated: Bool

    public init(status: ExitStatus, output: String, errors: String, truncated: Bool = false) {
        (self.status, self.output, self.errors, self.truncated) = (status, output, errors, truncated)
    }

    public var succeeded: Bool { status == .exited(0) }
}
