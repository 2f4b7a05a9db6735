import Documents
import Report

/// Reads gates and controls.
enum JudgementReader {
    static func gates(_ value: Value?) throws(Diagnostic) -> [(gate: Gate, place: Value)] {
        var gates: [(gate: Gate, place: Value)] = []
        for item in try value?.list() ?? [] { gates.append((try gate(item), item)) }
        return gates
    }

    static func controls(_ value: Value?) throws(Diagnostic) -> [(control: Control, place: Value)] {
        var controls: [(control: Control, place: Value)] = []
        for item in try value?.list() ?? [] { controls.append((try control(item), item)) }
        return controls
    }

    private static func gate(_ value: Value) throws(Diagnostic) -> Gate {
        var fields = try Fields(value, of: "a gate")
        let configuration = try glob("configuration", &fields)
        let fault = try glob("fault", &fields)
        let finding = try fields.optional("finding")
        let figure = try fields.optional("figure")
        let most = try bound("max", &fields)
        let least = try bound("min", &fields)
        let except = try names(try fields.optional("except"))
        try fields.finish()
        if finding != nil, let figure {
            throw figure.diagnostic("stands beside finding", remedy: "a gate bounds one figure: write two gates")
        }
        guard let named = finding ?? figure else {
            _ = try fields.required("finding", such: "finding: lost, or figure: loss.window")
            throw value.diagnostic("bounds nothing", remedy: "name a finding or a figure")
        }
        let text = try named.name()
        let parsed = try at(named) { () throws(Refusal) in
            finding != nil ? try Figure.parse(finding: text) : try Figure.parse(figure: text)
        }
        return try at(value) { () throws(Refusal) in
            try Gate(configuration: configuration, fault: fault, figure: parsed, max: most, min: least, except: except)
        }
    }

    private static func control(_ value: Value) throws(Diagnostic) -> Control {
        var fields = try Fields(value, of: "a control")
        let configuration = try glob("configuration", &fields)
        let fault = try glob("fault", &fields)
        let finding = try fields.required("finding", such: "finding: lost")
        try fields.finish()
        let text = try finding.name()
        let parsed = try at(finding) { () throws(Refusal) in try Figure.parse(finding: text) }
        return Control(configuration: configuration, fault: fault, finding: parsed)
    }

    private static func glob(_ name: String, _ fields: inout Fields) throws(Diagnostic) -> Glob {
        guard let value = try fields.optional(name) else { return .any }
        return Glob(try value.name())
    }

    private static func bound(_ name: String, _ fields: inout Fields) throws(Diagnostic) -> Bound? {
        guard let value = try fields.optional(name) else { return nil }
        let text = try value.string()
        return try at(value) { () throws(Refusal) in try Bound.parse(text) }
    }

    private static func names(_ value: Value?) throws(Diagnostic) -> [String] {
        var names: [String] = []
        for item in try value?.list() ?? [] { names.append(try item.name()) }
        return names
    }

    /// Gives a refusal its place.
    static func at<Result>(_ place: Value, _ body: () throws(Refusal) -> Result) throws(Diagnostic) -> Result {
        do {
            return try body()
        } catch {
            throw place.diagnostic(error.problem, remedy: error.remedy)
        }
    }
}
