import Glibc

/// Files that come with Holdfast: found from the executable's place, in a source tree or installed.
public enum OwnFiles {
    /// Folders of Holdfast's own faults, the nearest first.
    public static let faultFolders: [String] = {
        guard let executable = executablePath else { return [] }
        var folders: [String] = []
        var folder = executable[...]
        for _ in 0..<6 {
            guard let slash = folder.lastIndex(of: "/") else { break }
            folder = folder[..<slash]
            for candidate in ["\(folder)/faults", "\(folder)/share/holdfast/faults"] {
                if access("\(candidate)/none.yml", R_OK) == 0 { folders.append(candidate) }
            }
        }
        return folders
    }()

    /// Absolute, with links followed.
    public static let executablePath: String? = {
        guard let resolved = realpath("/proc/self/exe", nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }()
}
