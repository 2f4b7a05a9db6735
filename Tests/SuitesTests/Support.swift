import Documents
import Faults
import Foundation
import Suites

/// The root of the package.
let packageRoot = #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 }

/// The text of the refusal, or what was read instead.
func refusal(_ body: () throws -> some Any) -> String {
    do {
        return "no refusal: \(try body())"
    } catch {
        return "\(error)"
    }
}

func suite(_ text: String, faults: [String] = []) throws -> Suite {
    try Suite.read(Array(text.utf8), path: "s.yml", ownFaults: [packageRoot + "/faults"] + faults)
}

/// The refusal of a suite, without the name of its file.
func refusal(of text: String, faults: [String] = []) -> String {
    let shown = refusal { try suite(text, faults: faults) }
    return shown.hasPrefix("s.yml:") ? String(shown.dropFirst("s.yml:".count)) : shown
}

/// The smallest suite that is right, with lines of the caller's behind it.
func small(_ rest: String = "") -> String {
    """
    suite: small
    configurations:
      - {name: always, system: redis-standalone}
      - {name: everysec, system: redis-standalone}
    faults: [none, primary-kill]
    \(rest)
    """
}

/// A folder of faults of a test's own, removed with the last reference to it.
final class FaultFolder {
    let path: String

    init(_ faults: [String: String]) throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("faults-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        for (name, rest) in faults {
            let text = "fault: \(name)\nabout: Tried.\n\(rest)\n"
            try text.write(toFile: "\(path)/\(name).yml", atomically: false, encoding: .utf8)
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
