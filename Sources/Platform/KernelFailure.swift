/// A system call that failed, and what it was for.
public struct KernelFailure: Error, Sendable, Equatable, CustomStringConvertible {
    /// errno
    public var number: Int32
    public var message: String

    public init(_ number: Int32, _ message: String) { (self.number, self.message) = (number, message) }

    public var description: String { "\(message): \(KernelError.text(number))" }

    /// The result of a call of the C shim, which says -errno when it failed.
    static func check(_ result: Int32, _ what: @autoclosure () -> String) throws(KernelFailure) -> Int32 {
        if result < 0 { throw KernelFailure(-result, what()) }
        return result
    }
}
