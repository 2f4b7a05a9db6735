extension ReportPage {
    var gates: HTML {
        guard !summary.gates.isEmpty else {
            return .element("p", [:], "This suite has no gates: nothing here can fail.")
        }
        return .element(
            "table", ["class": "stack"], Self.head(["", "Gate", "Worst value", "Look closer"]),
            .element(
                "tbody", [:],
                all: summary.gates.map { outcome in
                    .element(
                        "tr", [:], Self.state(Remarks.word(held: outcome.held), Self.tone(outcome.held)),
                        .element("td", [:], .text(outcome.gate.description)),
                        .element("td", [:], value(of: outcome)), .element("td", [:], worst(of: outcome)))
                }))
    }

    private func value(of outcome: GateOutcome) -> HTML {
        let text = Remarks.value(of: outcome)
        return outcome.worst.map { figure(text, of: $0) } ?? .text(text)
    }

    private func worst(of outcome: GateOutcome) -> HTML {
        guard let worst = outcome.worst else { return .nothing }
        let link = figure(Remarks.place(of: worst), of: worst)
        guard outcome.held == false else { return link }
        let commands = Remarks.commands(for: outcome, in: summary, directory: "")
        return .fragment([
            link, .element("span", ["class": "looser"], all: commands.map { .element("code", [:], .text($0)) }),
        ])
    }

    var controls: HTML {
        guard !summary.controls.isEmpty else { return .element("p", [:], .text(Remarks.noControls)) }
        return .fragment([
            .element(
                "p", ["class": "soft"],
                "Configurations that must lose events: proof that under these faults a loss would have been seen."),
            .element(
                "table", ["class": "stack"], Self.head(["", "Control", "Trials"]),
                .element(
                    "tbody", [:],
                    all: summary.controls.map { outcome in
                        .element(
                            "tr", [:], Self.state(Remarks.word(found: outcome.found), Self.tone(outcome.found)),
                            .element("td", [:], .text(outcome.control.description)),
                            .element("td", [:], .text(Remarks.found(outcome))))
                    })),
        ])
    }

    /// Trials that say nothing, and why.
    var troubles: HTML {
        let items = digest.cells.flatMap { cell in
            cell.cell.trials.filter { !$0.isJudged }.map { trial -> HTML in
                let word = trial.isInvalid ? "invalid" : trial.status.rawValue
                let name = TrialName(
                    configuration: cell.cell.configuration, fault: cell.cell.fault, n: trial.n,
                    directory: trial.directory)
                return .element(
                    "tr", [:], Self.state(word, trial.status == .skipped ? "none" : "odd"),
                    .element("td", [:], figure(Remarks.place(of: name), of: name)),
                    .element("td", [:], .text(Remarks.reason(of: trial))))
            }
        }
        guard !items.isEmpty else { return .nothing }
        return .element(
            "table", ["class": "stack"], Self.head(["", "Trial", "Reason"]), .element("tbody", [:], all: items))
    }

    static func state(_ word: String, _ tone: String) -> HTML {
        .element("td", ["class": "state \(tone)"], .text(word))
    }

    static func head(_ names: [String], numbersFrom first: Int = .max) -> HTML {
        .element(
            "thead", [:],
            .element(
                "tr", [:],
                all: names.enumerated().map { index, name in
                    .element(
                        "th", index >= first ? ["scope": "col", "class": "number"] : ["scope": "col"], .text(name))
                }))
    }

    /// A relative link to a file or folder, byte by byte safe in an address.
    static func link(_ path: String) -> String {
        let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-~".utf8)
        let digits = Array("0123456789ABCDEF")
        var address = path.hasPrefix("/") || path.hasPrefix("../") ? "" : "./"
        for byte in path.utf8 {
            if plain.contains(byte) {
                address.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                address += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
            }
        }
        return address
    }
}
