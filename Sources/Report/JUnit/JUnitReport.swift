import Checker

/// `junit.xml`: gates and controls are test cases, and so is each trial. A broken gate is a failure; a trial that is
/// invalid or that the harness failed in, and a control that found nothing, are errors: they say nothing about the
/// system. What lost events and is not under a gate passes, as it does in the run.
enum JUnitReport {
    private enum Outcome {
        case passed
        case failure(String)
        case error(String)
        case skipped(String)
    }

    private struct Case {
        var name: String
        var seconds: Double
        var outcome: Outcome
        var output = ""
    }

    static func text(_ summary: Summary) -> String {
        let digest = RunDigest(summary)
        var suites: [(name: String, cases: [Case])] = [
            ("gates", summary.gates.map { self.gate($0) }), ("controls", summary.controls.map { control($0) }),
            ("baseline", summary.baseline.map { [baseline($0)] } ?? []),
        ]
        for row in digest.configurations {
            let cells = summary.cells.filter { $0.configuration == row.name }
            suites.append((row.name, cells.flatMap { cell in cell.trials.map { trial($0, of: cell, in: summary) } }))
        }
        let elements = suites.filter { !$0.cases.isEmpty }.enumerated().map { index, suite in
            element(suite.name, suite.cases, index: index, summary)
        }
        var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        text += XML.element("testsuites", [], elements)
        return text
    }

    private static func gate(_ outcome: GateOutcome) -> Case {
        let result: Outcome
        switch outcome.held {
        case true?: result = .passed
        case nil: result = .skipped("not judged: \(Remarks.value(of: outcome))")
        case false?:
            let place = outcome.worst.map { ": \(Remarks.place(of: $0)) (\($0.directory))" } ?? ""
            result = .failure(Remarks.value(of: outcome) + place)
        }
        return Case(name: outcome.gate.description, seconds: 0, outcome: result)
    }

    private static func control(_ outcome: ControlOutcome) -> Case {
        let result: Outcome
        switch outcome.found {
        case true?: result = .passed
        case nil: result = .skipped("not judged: \(Remarks.found(outcome))")
        case false?: result = .error("the control found nothing (\(Remarks.found(outcome))): the run shows nothing")
        }
        return Case(name: outcome.control.description, seconds: 0, outcome: result)
    }

    private static func baseline(_ baseline: Baseline) -> Case {
        let worse = baseline.worse.map { BaselineText.cells(of: $0).dropFirst().joined(separator: ", ") }
        return Case(
            name: "nothing is worse than in the run of \(baseline.started)", seconds: 0,
            outcome: worse.isEmpty ? .passed : .failure(worse.joined(separator: "; ")),
            output: BaselineText.sentences(of: baseline).joined(separator: " "))
    }

    private static func trial(_ trial: Summary.Trial, of cell: Summary.Cell, in summary: Summary) -> Case {
        let reason = Remarks.reason(of: trial)
        let outcome: Outcome
        if trial.isInvalid {
            outcome = .error("invalid: \(reason)")
        } else {
            switch trial.status {
            case .valid, .invalid: outcome = .passed
            case .failed: outcome = .error("the harness failed: \(reason)")
            case .skipped: outcome = summary.noSkips ? .error("skipped: \(reason)") : .skipped(reason)
            }
        }
        let row = cell.description.map { " (\($0))" } ?? ""
        return Case(
            name: "\(cell.fault)\(row), trial \(trial.n)", seconds: trial.seconds ?? 0, outcome: outcome,
            output: trial.verdict.map { figures(of: $0, trial, cell) } ?? "")
    }

    private static func figures(of verdict: Verdict, _ trial: Summary.Trial, _ cell: Summary.Cell) -> String {
        let wrong = WrongFindings.all(in: verdict).map { "\($0.name) \($0.count)" }
        return "\(cell.acknowledged ?? "acked") \(verdict.events.acked), "
            + (wrong.isEmpty ? "nothing wrong" : wrong.joined(separator: ", ")) + "; \(trial.directory)"
    }

    private static func element(_ name: String, _ cases: [Case], index: Int, _ summary: Summary) -> String {
        func count(_ matches: (Outcome) -> Bool) -> String { "\(cases.count { matches($0.outcome) })" }
        let attributes: [(StaticString, String)] = [
            ("name", name), ("package", "holdfast.\(summary.suite)"), ("id", "\(index)"), ("tests", "\(cases.count)"),
            ("failures", count { if case .failure = $0 { true } else { false } }),
            ("errors", count { if case .error = $0 { true } else { false } }),
            ("skipped", count { if case .skipped = $0 { true } else { false } }),
            ("time", seconds(cases.reduce(0) { $0 + $1.seconds })),
            // Without an offset: the schema's type for it has none.
            ("timestamp", String(summary.started.prefix(19))), ("hostname", "localhost"),
        ]
        let children = cases.map { element($0, suite: name) }
        return XML.element(
            "testsuite", attributes,
            [XML.element("properties", [], [])] + children
                + [XML.element("system-out", [], []), XML.element("system-err", [], [])])
    }

    private static func element(_ test: Case, suite: String) -> String {
        var children: [String] = []
        switch test.outcome {
        case .passed: break
        case .failure(let text):
            children.append(XML.element("failure", [("message", text), ("type", "gate")], text: text))
        case .error(let text):
            children.append(XML.element("error", [("message", text), ("type", "inconclusive")], text: text))
        case .skipped(let text): children.append(XML.element("skipped", [("message", text)], []))
        }
        if !test.output.isEmpty { children.append(XML.element("system-out", [], text: test.output)) }
        return XML.element(
            "testcase", [("name", test.name), ("classname", suite), ("time", seconds(test.seconds))], children)
    }

    private static func seconds(_ seconds: Double) -> String {
        Format.decimals(seconds, 3).filter { $0 != "," }
    }
}

/// XML elements as text; what is given as text is escaped.
private enum XML {
    static func element(_ name: StaticString, _ attributes: [(StaticString, String)], _ children: [String]) -> String {
        let start = "<\(name)\(write(attributes))"
        return children.isEmpty ? start + "/>\n" : start + ">\n" + children.joined() + "</\(name)>\n"
    }

    static func element(_ name: StaticString, _ attributes: [(StaticString, String)], text: String) -> String {
        var line = "<\(name)\(write(attributes))>"
        Markup.escape(text, to: &line)
        return line + "</\(name)>\n"
    }

    private static func write(_ attributes: [(StaticString, String)]) -> String {
        attributes.reduce(into: "") { text, attribute in
            text += " \(attribute.0)=\""
            Markup.escape(DisplayWidth.printable(attribute.1), to: &text)
            text += "\""
        }
    }
}
