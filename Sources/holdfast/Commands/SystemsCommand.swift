import Documents
import Systems

struct SystemsCommand: Command {
    static let name = "systems"
    static let synopsis = "[NAME]"
    static let about = "Lists the systems there are; of one, its settings and what an acknowledgement promises there."

    static func run(_ arguments: Arguments) throws -> Int32 {
        guard !arguments.rest.isEmpty else {
            let rows = Systems.all.map { ($0.name, $0.about) }
            Console.out(Columns.text(rows))
            return Exit.fine
        }
        let name = try arguments.only("system", of: Self.name)
        guard let kind = Systems.all.first(where: { $0.name == name }) else {
            let known = Systems.all.map(\.name)
            throw UsageError("there is no system \(shown(name)); \(suggestion(for: name, among: known))")
        }
        var text = "\(kind.name)\n\n\(kind.about)\n"
        if !kind.acknowledgements.isEmpty {
            text += "\nack: what is promised\n\(Columns.text(kind.acknowledgements.map { ($0.form, $0.promise) }))"
        }
        if !kind.settings.isEmpty {
            let rows = kind.settings.map { setting in
                (setting.name, "\(setting.about) (\(setting.values); usually \(setting.usual))")
            }
            text += "\nsettings\n\(Columns.text(rows))"
        }
        Console.out(text)
        return Exit.fine
    }
}
