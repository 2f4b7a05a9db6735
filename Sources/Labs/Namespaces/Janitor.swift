import Glibc
import Platform

/// A shell outside of the namespaces that waits for the harness to end and then removes the folders it was told of.
///
/// The kernel takes everything of a lab with it but plain files: those of nodes without a filesystem of their own would
/// stay after a SIGKILL. The shell reads folders from a pipe whose only writers are the harness and its copy inside;
/// its end is theirs. It removes nothing that does not carry the lab's mark.
final class Janitor {
    private let shell: Child

    private static let script = """
        while IFS= read -r folder; do set -- "$@" "$folder"; done
        for folder do
            if test -f "$folder/\(Scratch.mark)"; then rm -rf --one-file-system -- "$folder"; fi
        done
        """

    init() throws(LabError) {
        do {
            shell = try Child(
                executable: "sh", arguments: ["-c", Self.script, "holdfast-janitor"], input: .pipe,
                diesWithParent: false)
        } catch {
            throw LabError(.toolFailed, "\(error)")
        }
    }

    /// Where to write folders to, each with a line end.
    var descriptor: Int32? { shell.input }

    /// Waits until what is left is removed. Only once everyone else who has the descriptor is gone.
    func finish() {
        shell.closeInput()
        _ = shell.wait(upTo: Limits.janitor)
    }
}
