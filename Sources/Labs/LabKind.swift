public import Access
public import Platform

/// A kind of lab, as `--lab` names it: whether it can be had here, the way into it, and what runs there.
///
/// A new one is a folder beside `Namespaces` with a type for this, one for `Lab`, one for `Node`, and its line in
/// `LabKinds.all`; nothing else knows how a lab works.
public protocol LabKind: Sendable {
    var name: String { get }
    var about: String { get }
    /// This process is where such a lab can be made.
    var isInside: Bool { get }
    /// Why no such lab can be had here, and what to do; nil if it can.
    var refusal: LabError? { get }
    /// Starts this program again where such a lab can be made, and returns its exit status once it has ended.
    ///
    /// - Parameter paths: what the copy must still find: results, and anything else outside the usual places.
    func enter(arguments: [String], protecting paths: [String]) throws(LabError) -> Int32
    /// Makes an empty lab; only inside.
    ///
    /// - Parameter directory: a folder on a real disk, such as the trial's, for the nodes' data.
    func open(directory: String) throws(LabError) -> any Lab
    /// Why nodes can't have filesystems of their own; nil if they can.
    var filesystemRefusal: LabError? { get }
    /// Where the nodes have the software of a system from; throws if it is not there, with what to do.
    func origin(of software: Software) throws(LabError) -> Origin
    /// Runs a program of that software to its end, apart from any node: what it says of itself.
    func ask(_ software: Software, _ program: String, _ arguments: [String]) throws(LabError) -> ToolResult
    /// What this machine can do for such a lab, beyond what every lab needs.
    func examine(_ software: [Software]) -> [Probe]
    /// Removes what dead runs left, and nothing else.
    func heal() -> Heal.Outcome
    /// Such labs have a vault.
    var hasVault: Bool { get }
    /// The cluster that such labs are, where it is somebody else's; nil: they are made.
    var access: Access? { get }
}

extension LabKind {
    public var hasVault: Bool { false }
    public var access: Access? { nil }
}

/// What a system is made of, and the image that has it where nodes are containers.
public struct Software: Hashable, Sendable {
    /// `redis`, `kafka`.
    public var name: String
    /// The image, unless the environment names another.
    public var usualImage: String
    /// The environment's name for it.
    public var imageVariable: String

    public init(name: String, usualImage: String, imageVariable: String) {
        (self.name, self.usualImage, self.imageVariable) = (name, usualImage, imageVariable)
    }
}

/// Where nodes have their programs from.
public enum Origin: Hashable, Sendable {
    /// This machine's own.
    case machine
    /// An image, whose programs are found by its own search path.
    case image(String)
}

public enum LabKinds {
    /// Those that this machine makes, in the order in which they are listed to people; the first is the usual one. The
    /// external lab is made of a cluster's file, and so of none of these.
    public static let all: [any LabKind] = [NamespacesKind(), DockerKind()]

    public static var usual: any LabKind { all[0] }

    public static func named(_ name: String) -> (any LabKind)? { all.first { $0.name == name } }
}
