import Glibc

/// Where what was fetched or made once is kept for all runs: the user's own cache.
public enum UserCache {
    /// Nil: the environment names neither a cache nor a home.
    public static var folder: String? {
        if let folder = environment("XDG_CACHE_HOME") { return folder + "/holdfast" }
        return environment("HOME").map { $0 + "/.cache/holdfast" }
    }

    private static func environment(_ name: String) -> String? {
        guard let value = getenv(name).map({ String(cString: $0) }), !value.isEmpty else { return nil }
        return value
    }
}
