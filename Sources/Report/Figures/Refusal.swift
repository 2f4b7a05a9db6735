/// Why a name, bound or gate is refused, and what would be right. Whoever reads the file that it stands in adds the
/// place.
public struct Refusal: Error, Equatable, Sendable, CustomStringConvertible {
    public var problem: String
    public var remedy: String

    public init(_ problem: String, remedy: String) { (self.problem, self.remedy) = (problem, remedy) }

    public var description: String { "\(problem); \(remedy)" }
}
