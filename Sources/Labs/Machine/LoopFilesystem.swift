import Glibc
import Platform

/// A filesystem on a loop device of its own, over a file without a name: power loss is possible there, and nothing of
/// it outlives the harness.
///
/// Three things hold the file, and all end with the process: its descriptor is closed once the device has it; the
/// device clears itself with its last user; the mount is in this process's own mount namespace.
final class LoopFilesystem {
    let kind: Filesystem
    let mountPoint: String
    private let device: LoopDevice
    private let endsHolders: Bool
    private var isMounted = false

    /// Makes and mounts it. `folder` is on a real disk and takes the file; `mountPoint` is made if it is not there.
    ///
    /// - Parameter endsHolders: whoever holds it is the lab's own and is ended; otherwise is waited for.
    init(
        _ kind: Filesystem, megabytes: Int, in folder: String, at mountPoint: String, node: String,
        endsHolders: Bool = true
    ) throws(LabError) {
        (self.kind, self.mountPoint, self.endsHolders) = (kind, mountPoint, endsHolders)
        let bytes = Int64(max(megabytes, Limits.megabytesMin[kind] ?? 0)) << 20
        try Self.requireDisk(folder, bytes: bytes)
        do {
            let file = try Files.unnamed(in: folder, bytes: bytes)
            device = try LoopDevice(file: file.raw, mark: "\(Heal.loopMark) \(node)")
            try Files.makeFolders(mountPoint)
        } catch {
            throw LabError(
                .kernel,
                "no loop device for \(node): \(error); see that /dev/loop-control is there (modprobe loop), "
                    + "in a container that it is passed in")
        }
        try format()
        try mount()
        // Some servers take every folder in their data directory for theirs.
        rmdir(mountPoint + "/lost+found")
    }

    /// Drops dirty pages without flushing the journal; the filesystem answers EIO from then on.
    func shutDown() throws(LabError) {
        // On any other filesystem this would be the machine's end.
        guard isMounted, device.isMounted(at: mountPoint) else {
            throw LabError(.unsafe, "what is mounted at \(mountPoint) is not \(device.path): not shutting it down")
        }
        try tool("xfs_io", ["-x", "-c", "shutdown", mountPoint])
        let probe = Self.probeWrite(in: mountPoint, durable: false)
        guard probe == "EIO" else {
            throw LabError(
                .kernel,
                "after its shutdown \(mountPoint) still \(probe.map { "answers \($0)" } ?? "takes writes"); "
                    + "this kernel can't lose power on \(kind.rawValue)")
        }
    }

    /// Unmounts it, mounts it again (the journal is recovered), and proves by a write that it is a living one.
    func remount() throws(LabError) {
        let end = MonotonicClock.now() + Limits.unmount.nanoseconds
        while true {
            try unmount()
            try mount()
            guard let error = Self.probeWrite(in: mountPoint, durable: true) else { return }
            // Whoever makes a mount namespace of its own has a copy of every mount for a moment.
            if error == "EIO", MonotonicClock.now() < end {
                usleep(50_000)
                continue
            }
            throw LabError(
                .kernel,
                "\(mountPoint) was mounted again and answers \(error): the dead filesystem lives on, "
                    + "held by \(Holders.describe(mountPoint)), or in another mount namespace")
        }
    }

    /// Ends who holds it, and unmounts it.
    func unmount() throws(LabError) {
        guard isMounted else { return }
        let end = MonotonicClock.now() + Limits.unmount.nanoseconds
        while true {
            let result: ToolResult
            do { result = try Tool.run("umount", [mountPoint], deadline: Limits.filesystemTool) } catch {
                throw LabError(.toolFailed, "\(error)")
            }
            if result.succeeded { break }
            guard MonotonicClock.now() < end else {
                throw LabError(
                    .deadline,
                    "\(mountPoint) can't be unmounted (\(result.errors.trimmedLine)); "
                        + "held by \(Holders.describe(mountPoint))")
            }
            if endsHolders { Holders.end(mountPoint) }
            usleep(20_000)
        }
        isMounted = false
    }

    /// Nil if a file could be made, written and removed there; else the name of the error.
    ///
    /// - Parameter durable: asks for an fsync, too. Never before a power loss: it may make others' data durable.
    static func probeWrite(in folder: String, durable: Bool) -> String? {
        let path = "\(folder)/.holdfast-probe"
        let raw = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard raw >= 0 else { return KernelError.name(errno) }
        let file = Descriptor(raw)
        defer { unlink(path) }
        do throws(KernelFailure) {
            try Files.writeAll([UInt8](repeating: 0x70, count: Limits.probeBytes), to: file.raw, what: "probe")
            if durable && fsync(file.raw) != 0 { throw KernelFailure(errno, "probe") }
            return nil
        } catch {
            return KernelError.name(error.number)
        }
    }

    private func format() throws(LabError) {
        switch kind {
        case .ext4:
            // The file is all holes, and reads as zeros: nothing to discard, and no table to write.
            try tool("mkfs.ext4", ["-q", "-F", "-E", "nodiscard,lazy_itable_init=1,lazy_journal_init=1", device.path])
        case .xfs:
            try tool("mkfs.xfs", ["-q", "-f", "-K", device.path])
        }
    }

    private func mount() throws(LabError) {
        // Without it a kernel thread writes inode tables in the background of the first trial minutes.
        let options = kind == .ext4 ? "noatime,noinit_itable" : "noatime"
        try tool("mount", ["-t", kind.rawValue, "-o", options, device.path, mountPoint])
        isMounted = true
    }

    private func tool(_ name: String, _ arguments: [String]) throws(LabError) {
        do { try Tool.require(name, arguments, deadline: Limits.filesystemTool) } catch {
            throw LabError(error.code == .notFound ? .toolMissing : .toolFailed, "\(error)")
        }
    }

    /// By the magic numbers of `statfs`.
    static let notDisks: [Int64: String] = [0x0102_1994: "tmpfs", 0x8584_58F6: "ramfs", 0x794C_7630: "overlayfs"]

    /// A filesystem in memory knows no fsync, one in layers hides where it goes: what servers wait for would be a lie.
    private static func requireDisk(_ folder: String, bytes: Int64) throws(LabError) {
        let space: (free: Int64, all: Int64, type: Int64)
        do { space = try Files.space(at: folder) } catch { throw LabError(.kernel, "\(error)") }
        if let name = notDisks[space.type] {
            throw LabError(
                .unsafe, "\(folder) is on \(name), which can't lose power as a disk does; choose a folder on a disk")
        }
        guard space.free > bytes else {
            throw LabError(
                .kernel,
                "\(folder) has \(space.free >> 20) MB free, and a node's filesystem may take \(bytes >> 20) MB; "
                    + "free some, or choose another place")
        }
    }
}

extension String {
    /// Without the line end that tools put there.
    var trimmedLine: String { hasSuffix("\n") ? String(dropLast()) : self }
}
