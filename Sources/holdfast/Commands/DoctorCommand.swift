import Foundation
import Labs
import Systems

struct DoctorCommand: Command {
    static let name = "doctor"
    static let synopsis = "[--json]"
    static let about = "Says what this machine can and can't do, and how to get what is missing."
    static let flags = [Flag("--json", nil, "as JSON")]

    static func run(_ arguments: Arguments) throws -> Int32 {
        try arguments.none(of: name)
        let probes =
            Doctor.examine() + Systems.all.compactMap(broughtServer)
            + LabKinds.all.flatMap { $0.examine(Systems.software) }
        if arguments.has("--json") {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
            Console.out(String(decoding: try encoder.encode(probes), as: UTF8.self) + "\n")
            return Exit.fine
        }
        let rows = probes.map { probe in
            (
                "\(probe.ok ? "yes" : "NO ") \(probe.name)",
                probe.detail + (probe.remedy.map { "; \($0)" } ?? "")
            )
        }
        Console.out(Columns.text(rows))
        return Exit.fine
    }

    private static func broughtServer(_ kind: any SystemKind) -> Probe? {
        do throws(SystemError) {
            guard let server = try kind.broughtServer() else { return nil }
            return Probe(
                name: kind.name, ok: true, detail: "\(server.name) \(server.version) in \(server.path)", remedy: nil)
        } catch {
            return Probe(name: kind.name, ok: false, detail: error.message, remedy: nil)
        }
    }
}
