extension ReportPage {
    /// What was run, on what, with which versions: enough to run it again.
    var run: HTML {
        let machine = summary.machine
        let facts: [(String, String)] =
            [
                ("Suite", summary.suiteFile.isEmpty ? summary.suite : summary.suiteFile),
                ("Seed", "\(summary.seed)"), ("Lab", summary.lab), ("Started", summary.started),
                ("Cores", machine.cores > 0 ? "\(machine.cores)" : ""),
                ("Memory", machine.memoryBytes > 0 ? Format.bytes(machine.memoryBytes) : ""),
                ("Kernel", [machine.kernel, machine.architecture].filter { !$0.isEmpty }.joined(separator: ", ")),
                ("Filesystem", machine.filesystem),
            ] + summary.versions.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        var parts: [HTML] = [
            .element(
                "table", ["class": "facts-table"],
                .element(
                    "tbody", [:],
                    all: facts.filter { !$0.1.isEmpty }.map { name, value in
                        .element(
                            "tr", [:], .element("th", ["scope": "row"], .text(name)), .element("td", [:], .text(value)))
                    }))
        ]
        if !summary.configurations.isEmpty { parts.append(configurations) }
        if !summary.suiteText.isEmpty {
            parts += [.element("h3", [:], "The suite"), .element("pre", [:], .text(summary.suiteText))]
        }
        return .fragment(parts)
    }

    private var configurations: HTML {
        let rows = summary.configurations.map { configuration in
            let settings = configuration.settings.sorted { $0.key < $1.key }
                .map { "\($0.key): \($0.value.isEmpty ? "\"\"" : $0.value)" }
            return HTML.element(
                "tr", [:],
                .fragment([
                    .element("th", ["scope": "row"], .text(configuration.name)),
                    .element("td", [:], .text(configuration.system)),
                    .element(
                        "td", [:], .text(settings.isEmpty ? "as the server has them" : settings.joined(separator: ", "))
                    ),
                    .element("td", [:], .text(configuration.retries)),
                    .element("td", [:], .text("\(configuration.ack): \(configuration.promise)")),
                ]))
        }
        return .fragment([
            .element("h3", [:], "Configurations"),
            .element(
                "table", ["class": "stack"],
                Self.head(["Configuration", "System", "Settings", "Retries", "What an acknowledgement promises"]),
                .element("tbody", [:], all: rows)),
        ])
    }
}
