import CLinux
import Glibc

/// What this process may ask of the kernel.
public enum Privileges {
    /// Root of the machine itself, with the capabilities that namespaces, mounts and loop devices take: not the root
    /// of a user namespace, nor that of a container with less.
    public static var isFullRoot: Bool {
        guard geteuid() == 0, let capabilities else { return false }
        let (networkAdministrator, systemAdministrator) = (12, 21)
        let both: UInt64 = 1 << networkAdministrator | 1 << systemAdministrator
        return capabilities & both == both && ownsAllUsers
    }

    /// Nil if this process may make a user namespace (tried for real, in a child that ends at once); else why not.
    public static var userNamespaceRefusal: KernelFailure? {
        let result = clinux_try_user_namespace()
        return result == 0 ? nil : KernelFailure(-result, "making a user namespace")
    }

    /// Mapped one to one: the first user namespace.
    private static var ownsAllUsers: Bool {
        guard let map = Files.read("/proc/self/uid_map", limit: Limits.procFile) else { return false }
        return map.split(whereSeparator: { $0 == " " || $0 == "\n" }) == ["0", "0", "4294967295"]
    }

    private static var capabilities: UInt64? {
        guard let text = Files.read("/proc/self/status", limit: Limits.procFile) else { return nil }
        for line in text.split(separator: "\n") where line.hasPrefix("CapEff:") {
            return UInt64(line.dropFirst("CapEff:".count).drop(while: { $0 == " " || $0 == "\t" }), radix: 16)
        }
        return nil
    }
}
