import Glibc
import Platform

/// Local processes in throwaway kernel namespaces: a bridge, and for each node a network namespace with an address.
///
/// It lives inside what `Relaunch` made, where there is no other network, no other process and no other mount of
/// anyone's. One at a time. Addresses are of 198.18.0.0/24, the range that is reserved for benchmarks; no route leads
/// out of it.
public final class NamespacesLab: Lab {
    static let name = "namespaces"
    public let kind: any LabKind = NamespacesKind()
    public let clientAddress = "198.18.0.1"
    public var nodes: [any Node] { members }
    /// In memory, and in a `/run` of the lab's own.
    public var vault: String? { Self.root + "/vault" }

    private let directory: String
    private var members: [NamespacesNode] = []
    private var scratch: Scratch?
    private var isOpen = false

    static let bridge = "br0"
    static let root = "/run/holdfast"
    private static let firstHost = 10
    private static let hostsMax = 200

    /// - Parameter directory: a folder on a real disk, such as the trial's: takes the nodes' data (without names where
    ///   they have filesystems of their own; else a folder that is removed at the end).
    public init(directory: String) throws(LabError) {
        guard Relaunch.isInside else {
            throw LabError(
                .unsafe, "the namespaces lab works only inside the namespaces that the harness makes for itself")
        }
        self.directory = directory
        try Machine.make(folder: Self.root + "/nodes")
        try Machine.make(folder: "/run/netns")
        // The name is taken while another lab is open: that fails here, and leaves the other one alone.
        try Machine.ip(["link", "add", Self.bridge, "type", "bridge"])
        isOpen = true
        try Machine.ip(["addr", "add", clientAddress + "/24", "dev", Self.bridge])
        try Machine.ip(["link", "set", Self.bridge, "up"])
    }

    public func makeNode(_ request: NodeRequest) throws(LabError) -> any Node {
        precondition(isOpen, "a closed lab makes no nodes")
        try request.check(beside: members, roomFor: Self.hostsMax)
        let number = members.count + 1
        let node = NamespacesNode(
            name: request.name, number: number, address: "198.18.0.\(Self.firstHost + number)",
            logDirectory: request.logDirectory)
        // First of all: whatever else fails, `close` then takes away what is there of it.
        members.append(node)
        try Machine.make(folder: request.logDirectory)
        try node.joinNetwork()
        if let filesystem = request.filesystem {
            guard Privileges.isFullRoot else { throw Self.needsRoot }
            try node.mountData(filesystem, megabytes: request.megabytes, in: directory)
        } else {
            try node.useData(try plainData().path + "/" + request.name)
        }
        return node
    }

    private func plainData() throws(LabError) -> Scratch {
        if let scratch { return scratch }
        let made = try Scratch(in: directory)
        scratch = made
        return made
    }

    /// Why nodes can't have filesystems of their own here; nil if they can.
    public static var filesystemRefusal: LabError? { Privileges.isFullRoot ? nil : needsRoot }

    public func close() -> [String] {
        guard isOpen else { return [] }
        isOpen = false
        var left: [String] = []
        for node in members.reversed() { left += node.remove() }
        func note(_ body: () throws -> Void) {
            do { try body() } catch { left.append("\(error)") }
        }
        note { try Machine.ip(["link", "delete", Self.bridge]) }
        note { try scratch?.remove() }
        note { try Files.removeTree(Self.root) }
        ProcessTable.reapOrphans()
        return left
    }

    deinit { _ = close() }

    private static var needsRoot: LabError {
        LabError(
            .notPermitted, "filesystems that can lose power need loop devices and mounts: run as root of the machine")
    }
}
