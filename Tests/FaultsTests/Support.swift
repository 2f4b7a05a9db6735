import Documents
import Faults

/// The text of the refusal, or what was read instead.
func refusal(_ body: () throws -> some Any) -> String {
    do {
        return "no refusal: \(try body())"
    } catch {
        return "\(error)"
    }
}

func fault(timeline: String, parameters: String = "{}", with: String? = nil) throws -> FaultFile {
    let text = """
        fault: tried
        about: Tried.
        applies-to: [redis-standalone]
        parameters: \(parameters)
        timeline:
        \(timeline)
        """
    let value = try with.map { try YAML.read("with: \($0)", file: "suite.yml").mapping()[0].value }
    return try FaultFile(try YAML.read(text, file: "f.yml"), with: value)
}

/// The refusal of a step, without the name of its file.
func refusal(ofStep step: String, after first: String = "{do: kill, node: primary}") -> String {
    let text = refusal { try fault(timeline: "- \(first)\n- \(step)") }
    return text.hasPrefix("f.yml:7:") ? String(text.dropFirst("f.yml:7:".count)) : text
}

func verb(_ step: String) throws -> any Verb {
    let timeline = try fault(timeline: "- {do: kill, node: primary}\n- \(step)").timeline
    guard case .act(let verb) = timeline[1].action else {
        throw Diagnostic(file: "", problem: "\(step) is no verb")
    }
    return verb
}

func wait(_ step: String) throws -> WaitStep {
    let timeline = try fault(timeline: "- {do: kill, node: primary}\n- \(step)").timeline
    guard case .wait(let wait) = timeline[1].action else {
        throw Diagnostic(file: "", problem: "\(step) is no wait")
    }
    return wait
}

/// The root of the package.
let packageRoot = #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 }
