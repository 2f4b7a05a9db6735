import CLinux
import Glibc

/// Executes this program a second time, as process 1 of namespaces of its own.
public enum PrivateNamespaces {
    /// Says which descriptor the copy was given.
    static let marker = "HOLDFAST_INSIDE"

    public struct Failure: Error, Sendable {
        public enum Step: Int32, Sendable {
            case clone = 1
            case users, parent, mounts, proc, run, loopback, execute
        }
        public var step: Step
        public var number: Int32
    }

    /// This process is process 1 of namespaces that `start` made.
    public static var areOurs: Bool { getpid() == 1 && getenv(marker) != nil }

    /// What `start` was asked to keep for the copy; not handed on to anything that it starts.
    public static var keptDescriptor: Int32? {
        guard areOurs, let text = getenv(marker), let descriptor = Int32(String(cString: text)), descriptor > 2 else {
            return nil
        }
        return fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0 ? descriptor : nil
    }

    /// Starts `/proc/self/exe` with these arguments (the first is its name), this process's environment and
    /// what is added to it.
    ///
    /// The copy has a network with nothing but a loopback interface, mounts of its own, a fresh `/run`, and is the init
    /// of its processes: when it ends, the kernel ends all of them. It gets SIGKILL when the calling thread ends.
    /// SIGINT and SIGTERM are blocked in it until it takes them (`SignalDescriptor`).
    ///
    /// - Returns: its pid here; the caller reaps it.
    public static func start(
        arguments: [String], environment: [String: String] = [:], asRootOfOwn: Bool, keeping descriptor: Int32?
    ) throws(Failure) -> Int32 {
        var words: [String] = ["\(marker)=\(descriptor ?? 0)"] + environment.map { "\($0.key)=\($0.value)" }
        var entry = environ
        while let word = entry.pointee {
            let text = String(cString: word)
            let name = text.prefix(while: { $0 != "=" })
            if name != marker && environment[String(name)] == nil { words.append(text) }
            entry += 1
        }
        let argumentPointers = arguments.map { strdup($0) } + [nil]
        let environmentPointers = words.map { strdup($0) } + [nil]
        defer {
            for pointer in argumentPointers + environmentPointers { free(pointer) }
        }
        var step: Int32 = 0
        let pid = clinux_enter_lab(
            "/proc/self/exe", argumentPointers, environmentPointers, asRootOfOwn ? 1 : 0, descriptor ?? -1, &step)
        if pid < 0 { throw Failure(step: Failure.Step(rawValue: step) ?? .clone, number: -pid) }
        return pid
    }
}
