import Glibc

/// CPU time of processes.
public enum ProcessClock {
    /// Of this process so far, user and system, in nanoseconds.
    public static func cpu() -> Int64 {
        var time = timespec()
        guard clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0 else { return 0 }
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// Of another process so far, in nanoseconds, to within a tick of the kernel's; nil if it is gone.
    public static func cpu(of pid: Int32) -> Int64? {
        // The name in parentheses may hold anything; utime and stime are the 12th and 13th fields behind it.
        guard let text = Files.read("/proc/\(pid)/stat", limit: 1 << 14), let end = text.lastIndex(of: ")") else {
            return nil
        }
        let fields = text[text.index(after: end)...].split(separator: " ")
        guard fields.count > 12, let user = Int64(fields[11]), let system = Int64(fields[12]) else { return nil }
        return (user + system) * (1_000_000_000 / Int64(sysconf(Int32(_SC_CLK_TCK))))
    }
}
