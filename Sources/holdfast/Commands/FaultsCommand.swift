import Faults
import Suites

struct FaultsCommand: Command {
    static let name = "faults"
    static let synopsis = "[NAME]"
    static let about = "Lists the faults there are; of one, its timeline, what it applies to, how it proves its effect."

    private static var search: FaultSearch { FaultSearch(suite: nil, own: OwnFiles.faultFolders) }

    static func run(_ arguments: Arguments) throws -> Int32 {
        if arguments.rest.isEmpty {
            Console.out(try list())
        } else {
            let name = try arguments.only("fault", of: Self.name)
            Console.out(try search.load(named: name).explanation + "\n")
        }
        return Exit.fine
    }

    private static func list() throws -> String {
        let names = search.names
        guard !names.isEmpty else { throw UsageError("no faults found in \(search.folders.joined(separator: ", "))") }
        var rows: [(String, String)] = []
        for name in names { rows.append((name, try search.load(named: name).about)) }
        return Columns.text(rows)
    }
}
