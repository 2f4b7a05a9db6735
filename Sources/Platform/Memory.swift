import Glibc

/// What a process takes of the machine's memory.
public enum Memory {
    /// Bytes of anonymous memory (RssAnon) of a process (nil: this one): what it allocated, without files that it maps. Nil if it is gone.
    public static func anonymousBytes(of pid: Int32? = nil) -> Int64? {
        guard let text = Files.read("/proc/\(pid ?? getpid())/status", limit: Limits.procFile) else { return nil }
        for line in text.split(separator: "\n") where line.hasPrefix("RssAnon:") {
            let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
            if words.count >= 2, let kibibytes = Int64(words[1]) { return kibibytes * 1024 }
        }
        return nil
    }
}
