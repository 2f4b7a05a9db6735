public import Platform

/// A place where a system runs, and what can be done to its nodes there. Made by its `LabKind`.
///
/// A lab is used by one thread at a time: the one that runs the trial.
public protocol Lab: AnyObject {
    var kind: any LabKind { get }
    /// The address from which workers and other clients reach the nodes, as the nodes see it.
    var clientAddress: String { get }
    var nodes: [any Node] { get }
    /// A folder for what nobody may keep, such as passwords: it goes with the lab, whatever ends that, and servers can read
    /// it. Nil: there is none.
    var vault: String? { get }
    func makeNode(_ request: NodeRequest) throws(LabError) -> any Node
    /// Ends every process and removes everything that the lab made; returns what could not be removed, one line each.
    func close() -> [String]
}

extension Lab {
    public var vault: String? { nil }
}

public struct NodeRequest: Sendable {
    public var name: String
    /// What will run on it.
    public var software: Software
    /// The filesystem of the data, of its own where power loss must be possible; nil: a plain folder will do.
    public var filesystem: Filesystem?
    public var megabytes: Int
    /// Where the node's configuration files and logs are kept: a folder of the trial's directory.
    public var logDirectory: String

    public init(
        name: String, software: Software, filesystem: Filesystem?, megabytes: Int, logDirectory: String
    ) {
        (self.name, self.software) = (name, software)
        (self.filesystem, self.megabytes, self.logDirectory) = (filesystem, megabytes, logDirectory)
    }

    /// Refuses a name that could be more than a name where it is used: in paths, arguments and labels.
    func check(beside members: [any Node], roomFor count: Int) throws(LabError) {
        precondition(!members.contains { $0.name == name }, "two nodes named \(name)")
        precondition(members.count < count, "a lab has \(count) addresses")
        guard name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }) else {
            throw LabError(.unsafe, "a node's name is made of letters, digits and -: \(name)")
        }
    }
}

public enum Filesystem: String, CaseIterable, Sendable { case ext4, xfs }

/// A server's command line, as the lab starts it on a node.
public struct Program: Sendable {
    /// Absolute path of the executable (in an image also a name), and its arguments without the name. The files that
    /// they name lie in the node's data, in its log directory, or beside `outputFile`.
    public var executable: String
    public var arguments: [String]
    /// Added to the fixed environment of every tool (PATH, LC_ALL).
    public var environment: [String: String]
    /// Where standard output and error of a server go.
    public var outputFile: String

    public init(executable: String, arguments: [String], environment: [String: String] = [:], outputFile: String = "") {
        (self.executable, self.arguments) = (executable, arguments)
        (self.environment, self.outputFile) = (environment, outputFile)
    }
}

public enum ProcessState: Equatable, Sendable {
    case running(pid: Int32)
    /// Stopped by a signal.
    case stopped(pid: Int32)
    /// Ended, with what the kernel says of it; nil if it was never started.
    case gone(ExitStatus?)
}

/// Whoever has a process that can be ended, stopped and continued: a machine of a system, or a worker of Holdfast's own.
/// Every operation returns only when it has happened, or throws and says what to do.
public protocol ProcessOwner: AnyObject {
    var name: String { get }
    var state: ProcessState { get }
    /// Kill and terminate also wait, with a deadline, until the process is gone.
    func kill() throws(LabError)
    func terminate() throws(LabError)
    func pause() throws(LabError)
    func resume() throws(LabError)
}

/// One machine of a system.
public protocol Node: ProcessOwner {
    var address: String { get }
    var dataDirectory: String { get }
    var logDirectory: String { get }

    func start(_ program: Program) throws(LabError)

    /// Runs a program of the node's software to its end, in the node's network and with its data and logs: a tool that
    /// belongs to the server.
    func runBeside(_ program: Program, deadline: Duration, input: String?) throws(LabError) -> ToolResult

    /// Runs a tool of this machine in the node's network namespace (iptables, tc, ss).
    func runInNetwork(_ tool: String, _ arguments: [String]) throws(LabError) -> ToolResult
    /// A connected TCP socket from inside the node to `port` of itself: control that no cut reaches.
    func connect(port: UInt16) throws(LabError) -> Int32

    /// A TCP connection from inside the node to another address, begun and not waited for: what a cut does reach. The
    /// descriptor is the caller's, and becomes writable when it is decided.
    func beginConnect(to address: String, port: UInt16) throws(LabError) -> Int32

    /// The node's interface in the lab's network, as its own side calls it.
    var networkInterface: String { get }
    /// Takes the node off the lab's network by the lab's own means, so that it reaches nobody and nobody reaches it; rules
    /// and open sockets stay. False: this lab has no such means.
    func leaveNetwork() throws(LabError) -> Bool
    /// Puts it back, at the address that it had.
    func rejoinNetwork() throws(LabError)

    func eraseData() throws(LabError)
    /// Makes what the lab and the server wrote so far durable: nothing set up before the load may be lost with it.
    func syncData() throws(LabError)
    /// Whether the data lies on a filesystem of its own that can lose power.
    var canLosePower: Bool { get }
    /// Drops the filesystem's dirty pages without flushing its journal; from then on it answers EIO.
    func shutDownFilesystem() throws(LabError)
    /// Writes to the data directory; nil if that worked, else the error's name (`EIO`, `ENOSPC`).
    func probeWrite() -> String?
    /// Ends whatever still holds the dead filesystem, unmounts it, mounts it again and proves it by a write.
    func remountFilesystem() throws(LabError)
    /// Takes what room there is on the data's own filesystem, but for so many bytes, and proves that a write of more gets
    /// ENOSPC. Done again for one that is full already, it fills what has become free.
    func fillDisk(leaving bytes: Int64) throws(LabError)
    /// Gives the room back, and proves by a write that it is there; no error if nothing was taken.
    func freeDisk() throws(LabError)
}

extension Node {
    public var networkInterface: String { "eth0" }
    public func leaveNetwork() throws(LabError) -> Bool { false }
    public func rejoinNetwork() throws(LabError) {}
}

/// What went wrong with a lab, and what to do.
public struct LabError: Error, Sendable, CustomStringConvertible {
    public enum Code: Sendable { case notPermitted, toolMissing, toolFailed, kernel, process, deadline, unsafe }
    public var code: Code
    public var message: String

    public init(_ code: Code, _ message: String) { (self.code, self.message) = (code, message) }

    public var description: String { message }
}
