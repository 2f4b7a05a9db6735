import Glibc
import Platform

/// The harness starts itself again inside kernel namespaces of its own, where the lab is.
///
/// Nothing can leak out of them, and nothing is left when the copy ends, however it ends: the kernel ends every process
/// and takes away every interface, rule and mount. The process that the user started only waits for it.
public enum Relaunch {
    /// This process is the copy inside.
    public static var isInside: Bool { PrivateNamespaces.areOurs }

    /// Starts the copy with the same arguments and returns its exit status once it has ended. First thing in `main`.
    ///
    /// SIGINT, SIGTERM and SIGHUP are handed on (SIGHUP as SIGTERM); the copy finds them with a `SignalDescriptor`. The
    /// third one ends it at once. When this process is ended by SIGKILL, so is everything inside.
    ///
    /// - Parameters:
    ///   - paths: what the copy must still find: results, and anything else that lies outside the usual places. Its
    ///     `/run` is a new one, so they may not be in there.
    ///   - environment: added to this process's for the copy.
    public static func enter(
        arguments: [String] = CommandLine.arguments, protecting paths: [String], environment: [String: String] = [:]
    ) throws(LabError) -> Int32 {
        try refuseHidden(paths)
        let janitor = try Janitor()
        return try InnerHarness.accompany { () throws(LabError) -> Child in
            try start(arguments, environment, keeping: janitor.descriptor)
        } afterEnd: {
            janitor.finish()
        }
    }

    /// Why this machine lets nobody in; nil if it does. Cheap, and tried for real where namespaces are the user's own.
    public static var refusal: LabError? {
        if Privileges.isFullRoot { return nil }
        return Privileges.userNamespaceRefusal.map { userNamespacesForbidden($0.number) }
    }

    private static func start(_ arguments: [String], _ environment: [String: String], keeping descriptor: Int32?)
        throws(LabError) -> Child
    {
        do {
            let pid = try PrivateNamespaces.start(
                arguments: arguments, environment: environment, asRootOfOwn: !Privileges.isFullRoot,
                keeping: descriptor)
            return try Child(adopting: pid, commandLine: CommandLog.quoted(arguments))
        } catch let failure as PrivateNamespaces.Failure {
            throw explain(failure)
        } catch {
            throw LabError(.process, "\(error)")
        }
    }

    /// `/run` is replaced inside: what lies there would be gone, or be written to memory and lost.
    private static func refuseHidden(_ paths: [String]) throws(LabError) {
        let needed = [("the working directory", "."), ("the executable", "/proc/self/exe")] + paths.map { ($0, $0) }
        for (what, path) in needed {
            guard let resolved = nearestResolved(path) else { continue }
            guard resolved == "/run" || resolved.hasPrefix("/run/") else { continue }
            throw LabError(
                .unsafe,
                "\(what) is in /run (\(resolved)), which the namespaces lab replaces by a folder of its own; "
                    + "use a place outside of /run")
        }
    }

    /// The path without links, or that of the deepest folder above it that is there.
    private static func nearestResolved(_ path: String) -> String? {
        var rest = path
        while true {
            if let resolved = Files.resolved(rest.isEmpty ? "." : rest) { return resolved }
            guard let slash = rest.lastIndex(of: "/") else { return Files.resolved(".") }
            rest = slash == rest.startIndex ? "/" : String(rest[..<slash])
        }
    }
}

extension Relaunch {
    private static func explain(_ failure: PrivateNamespaces.Failure) -> LabError {
        let text = KernelError.text(failure.number)
        switch failure.step {
        case .clone where Privileges.isFullRoot || failure.number == ENOSPC:
            return LabError(
                .kernel,
                "new namespaces were refused (\(text)); see /proc/sys/user/max_*_namespaces, "
                    + "and start a container with --privileged")
        case .clone, .users: return userNamespacesForbidden(failure.number)
        case .parent: return LabError(.process, "the harness ended before its lab was there (\(text))")
        case .mounts, .proc, .run:
            let what = failure.step == .mounts ? "private mounts" : "a /\(failure.step) of its own"
            return LabError(
                .notPermitted,
                "the lab could not get \(what) (\(text)); "
                    + "run as root, or, in a container, start it with --privileged")
        case .loopback: return LabError(.kernel, "the lab's loopback interface would not come up (\(text))")
        case .execute: return LabError(.process, "the harness could not start itself again (\(text))")
        }
    }

    static func userNamespacesForbidden(_ number: Int32) -> LabError {
        LabError(
            .notPermitted,
            "this user may not make user namespaces (\(KernelError.text(number))); run as root, or allow them: "
                + "sysctl -w user.max_user_namespaces=10000, on Debian also kernel.unprivileged_userns_clone=1, "
                + "on Ubuntu kernel.apparmor_restrict_unprivileged_userns=0; in a container, start it with --privileged"
        )
    }
}
