import Glibc
import Platform

/// Removes what dead runs left of their docker labs: containers, networks and volumes that carry the label of a run whose
/// lock nobody holds, and filesystems that are mounted in the data folder of one.
struct DockerHeal {
    let engine: DockerEngine

    private enum Thing: String, CaseIterable {
        case container, network, volume

        var listing: [String] {
            switch self {
            case .container: ["ps", "--all"]
            case .network: ["network", "ls"]
            case .volume: ["volume", "ls"]
            }
        }
        var field: String { self == .volume ? "{{.Name}}" : "{{.ID}}" }
        var shown: String { self == .container ? "{{.Names}}" : "{{.Name}}" }
    }

    private struct Found {
        var id: String
        var name: String
        var run: String
        var lock: String
    }

    /// - Parameter only: this run's, which is known to be over; nil: of all runs that are dead.
    func run(only: String? = nil) -> Heal.Outcome {
        var outcome = Heal.Outcome()
        var dead: [String: Bool] = [:]
        func isDead(_ found: Found) -> Bool {
            if let only { return found.run == only }
            if let known = dead[found.lock] { return known }
            let answer = Self.isDead(lock: found.lock)
            dead[found.lock] = answer
            return answer
        }
        var interfaces: Set<String> = []
        for thing in Thing.allCases {
            for found in list(thing) where isDead(found) {
                if let name = DockerNetwork.interface(ofRun: found.run), interfaces.insert(name).inserted {
                    removeInterface(name, &outcome)
                }
                do throws(LabError) {
                    try remove(thing, found.id)
                    outcome.removed.append("\(thing.rawValue) \(found.name)")
                } catch {
                    outcome.failed.append("\(thing.rawValue) \(found.name): \(error)")
                }
            }
        }
        unmount(&outcome)
        return outcome
    }

    /// Nothing if there is no engine: what it had would be gone, or be out of reach.
    private func list(_ thing: Thing) -> [Found] {
        let labels = [DockerLabels.run, DockerLabels.lock].map { "{{.Label \"\($0)\"}}" }
        let format = ([thing.field, thing.shown] + labels).joined(separator: "\t")
        let filter = ["--filter", "label=\(DockerLabels.run)", "--no-trunc", "--format", format]
        // Volumes are never cut short, and know no such option.
        let words = thing.listing + (thing == .volume ? filter.filter { $0 != "--no-trunc" } : filter)
        guard Tool.locate(DockerEngine.program) != nil, let result = try? engine.run(words), result.succeeded else {
            return []
        }
        return result.output.split(separator: "\n").compactMap { line in
            let words = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            guard words.count == 4, !words[2].isEmpty, !words[3].isEmpty else { return nil }
            return Found(id: words[0], name: words[1], run: words[2], lock: words[3])
        }
    }

    /// The kernel takes it with the run's own network, but not before the last connection there is given up: a cut keeps
    /// one waiting for minutes.
    private func removeInterface(_ name: String, _ outcome: inout Heal.Outcome) {
        guard (try? engine.onHost("ip", ["link", "show", "dev", name]))?.succeeded == true else { return }
        do throws(LabError) {
            try engine.ip(["link", "delete", "dev", name])
            outcome.removed.append("interface \(name)")
        } catch {
            outcome.failed.append("interface \(name): \(error)")
        }
    }

    private func remove(_ thing: Thing, _ id: String) throws(LabError) {
        switch thing {
        case .container: try engine.require(["rm", "--force", "--volumes", id])
        case .volume: try engine.require(["volume", "rm", id])
        case .network:
            // A container of someone else's that was connected by hand stays, without it.
            let format = "{{range $id, $_ := .Containers}}{{println $id}}{{end}}"
            for guest in try engine.require(["network", "inspect", "--format", format, id]).split(separator: "\n") {
                try engine.require(["network", "disconnect", "--force", id, String(guest)])
            }
            try engine.require(["network", "rm", id])
        }
    }

    /// Nobody holds it, or it went with the folder that it was in.
    static func isDead(lock path: String) -> Bool {
        do throws(KernelFailure) {
            _ = try FileLock(path, create: false)
            return true
        } catch {
            return error.number == ENOENT || error.number == ENOTDIR
        }
    }

    /// Filesystems on loop devices of labs, in folders that carry a dead run's mark.
    private func unmount(_ outcome: inout Heal.Outcome) {
        let mounts = Files.read("/proc/self/mountinfo", limit: Platform.Limits.procFile) ?? ""
        for line in mounts.split(separator: "\n").reversed() {
            let fields = line.split(separator: " ")
            guard fields.count > 4, let dash = fields.firstIndex(of: "-"), fields.count > dash + 2,
                fields[dash + 2].hasPrefix("/dev/loop")
            else { continue }
            let point = Self.unescaped(String(fields[4]))
            guard let range = point.firstRange(of: "/\(Scratch.name)/"),
                Scratch.isDead(String(point[..<range.lowerBound]) + "/" + Scratch.name)
            else { continue }
            let result = try? Tool.run("umount", [point], deadline: Limits.filesystemTool)
            if result?.succeeded == true {
                outcome.removed.append("filesystem mounted at \(point)")
            } else {
                outcome.failed.append("filesystem mounted at \(point): \(result?.errors.trimmedLine ?? "no umount")")
            }
        }
    }

    /// The kernel writes spaces, tabs, line ends and backslashes of paths as octal numbers.
    private static func unescaped(_ text: String) -> String {
        var text = text
        for (code, character) in [("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")] {
            text = text.split(separator: code, omittingEmptySubsequences: false).joined(separator: character)
        }
        return text
    }
}
