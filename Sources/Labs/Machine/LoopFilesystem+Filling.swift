import Glibc
import Platform

extension LoopFilesystem {
    private var filler: String { mountPoint + "/.holdfast-filler" }

    /// Takes all room but `leave` bytes with a file of its own, and proves it.
    ///
    /// The file is allocated and not written: it costs neither time nor room on the disk below. Servers allocate and free
    /// meanwhile, so what is left over is looked for until there is nothing.
    func fill(leaving leave: Int64) throws(LabError) {
        let raw = open(filler, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard raw >= 0 else {
            throw LabError(.kernel, "\(filler) can't be made: \(KernelError.name(errno)); the disk is not filled")
        }
        let file = Descriptor(raw)
        let end = MonotonicClock.now() + Limits.fill.nanoseconds
        repeat {
            try takeRoom(file.raw, leaving: leave)
            if refuses(leave) { return }
        } while MonotonicClock.now() < end
        throw LabError(.deadline, "\(mountPoint) still takes writes after \(Limits.fill): it is not filled")
    }

    /// In ever smaller pieces; what is too small to be allocated, block by block.
    private func takeRoom(_ file: Int32, leaving leave: Int64) throws(LabError) {
        var size = Int64(lseek(file, 0, SEEK_END))
        var step: Int64 = 1 << 30
        while step >= Limits.fillBlock {
            // What the filesystem keeps for the superuser counts as free to nobody, and is taken, too.
            let wanted = leave == 0 ? step : min(step, try room() - leave)
            if wanted >= Limits.fillBlock, posix_fallocate(file, off_t(size), off_t(wanted)) == 0 {
                size += wanted
            } else {
                step /= 2
            }
        }
        guard leave == 0 else { return }
        let block = [UInt8](repeating: 0x66, count: Int(Limits.fillBlock))
        while pwrite(file, block, block.count, off_t(size)) == block.count { size += Limits.fillBlock }
    }

    private func room() throws(LabError) -> Int64 {
        do { return try Files.space(at: mountPoint).free } catch { throw LabError(.kernel, "\(error)") }
    }

    /// A write of more than may be left gets ENOSPC.
    private func refuses(_ leave: Int64) -> Bool {
        let path = mountPoint + "/.holdfast-probe"
        let raw = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        // Without room for its name it is full, too.
        guard raw >= 0 else { return errno == ENOSPC }
        let file = Descriptor(raw)
        defer { unlink(path) }
        if leave > 0 {
            let failure = posix_fallocate(file.raw, 0, off_t(leave))
            if failure != 0 { return failure == ENOSPC }
        }
        let bytes = [UInt8](repeating: 0x70, count: Limits.probeBytes)
        do throws(KernelFailure) {
            if lseek(file.raw, off_t(leave), SEEK_SET) < 0 { return false }
            try Files.writeAll(bytes, to: file.raw, what: "probe")
            return false
        } catch {
            return error.number == ENOSPC
        }
    }

    /// Gives the room back, and proves that it is there.
    func free() throws(LabError) {
        if unlink(filler) != 0, errno != ENOENT {
            throw LabError(.kernel, "\(filler) can't be removed: \(KernelError.name(errno))")
        }
        if let error = Self.probeWrite(in: mountPoint, durable: false) {
            throw LabError(.kernel, "\(mountPoint) has its room back and answers \(error) to a write")
        }
    }
}
