public struct SystemError: Error, Sendable, CustomStringConvertible {
    public enum Code: Sendable {
        case missing, setting, refused, unreachable, deadline, lab, interrupted, notApplicable
    }
    public var code: Code
    public var message: String

    public init(_ code: Code, _ message: String) { (self.code, self.message) = (code, message) }

    public var description: String { message }
}
