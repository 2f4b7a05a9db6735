public import Documents

/// Waits until another node leads and took a probe write.
public struct Promoted: Wait {
    public static let name = "promoted"
    public static let about = "Another node leads and took a probe write."

    public var nodes: NodeSelection? { nil }

    public init(_ fields: inout Fields) throws(Diagnostic) {
    }
}
