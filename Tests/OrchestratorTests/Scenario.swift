import Foundation
import Glibc
import Platform
import TestSupport
import Testing

/// A small suite and what came of it.
struct Scenario {
    static let settings = [
        "none": #"{appendonly: no, save: ""}"#,
        "no": #"{appendonly: yes, appendfsync: no, save: ""}"#,
        "no, xfs": #"{appendonly: yes, appendfsync: no, save: "", filesystem: xfs}"#,
        "everysec": #"{appendonly: yes, appendfsync: everysec, save: ""}"#,
        "always": #"{appendonly: yes, appendfsync: always, save: ""}"#,
        "always, xfs": #"{appendonly: yes, appendfsync: always, save: "", filesystem: xfs}"#,
    ]

    /// - Parameters:
    ///   - faults: as a list's entries in YAML.
    ///   - more: further lines: gates, controls.
    static func suite(_ configurations: [String], faults: String, more: String = "") -> String {
        var text = """
            suite: scenario
            workload: {agents: 8, rate: 400, duration: 1s, payload: {min: 50, max: 400}, producers: 1}
            faults: [\(faults)]
            seed: 7
            configurations:

            """
        for name in configurations {
            text += "  - {name: \"\(name)\", system: redis-standalone, settings: \(settings[name] ?? "{}")}\n"
        }
        return text + more + "\n"
    }

    /// A configuration of one small Redis before one broker.
    ///
    /// - Parameter bridge: in YAML, as `faults` is.
    static func hybrid(_ name: String, _ bridge: String, _ faults: String) -> String {
        """
          - name: \(name)
            system: hybrid
            hot: {system: redis-standalone, settings: {appendonly: yes, appendfsync: everysec, streams: 4}}
            cold: {settings: {brokers: 1, acks: all}}
            bridge: \(bridge)
            faults: [\(faults)]

        """
    }

    let place: Workplace
    let folder: RunFolder
    let result: ToolResult

    /// Runs a suite to its end, and looks whether anything is left of it then.
    init(
        _ text: String, environment: [String: String] = [:], within limit: Duration = .seconds(120),
        during: (RunFolder, Traces) throws -> Void = { _, _ in }
    )
        async throws
    {
        let place = try Workplace()
        let folder = RunFolder(place.out)
        let suite = try place.file("suite.yml", text)
        result = try await Holdfast.takingTurns {
            let said = place.path + "/said"
            let child = try Holdfast.start(
                [Holdfast.path, "run", suite, "--out", place.out], environment: environment, in: place.here,
                output: said)
            #expect(eventually(within: 90) { folder.log.contains("  load") || child.status != nil })
            var traces = Traces(of: child.pid, out: place.out)
            try during(folder, traces)
            traces.note(child.pid)
            let status = child.wait(upTo: limit)
            if status == nil { child.end() }
            let text = Files.read(said, limit: 1 << 20) ?? ""
            #expect(eventually { traces.left.isEmpty }, "\(traces.left)")
            return ToolResult(status: status ?? .signaled(SIGKILL), output: text, errors: "")
        }
        #expect(try Files.names(in: place.here) == [])
        (self.place, self.folder) = (place, folder)
    }

    /// A trial's history, by `export`; read once.
    func history(_ configuration: String, _ fault: String) throws -> Lines {
        let cell = "\(configuration)/\(fault)"
        if let known = histories.byCell[cell] { return known }
        let read = try export(configuration, fault)
        histories.byCell[cell] = read
        return read
    }

    private final class Histories {
        var byCell: [String: Lines] = [:]
    }

    private let histories = Histories()

    private func export(_ configuration: String, _ fault: String) throws -> Lines {
        let directory = try #require(try folder.trial(configuration, fault)["directory"]?.string)
        let exported = try Holdfast.run("export", "\(folder.path)/\(directory)")
        #expect(exported.status == .exited(0), "\(exported.errors)")
        return try Lines(exported.output)
    }

    /// The lost events of a valid trial: by the verdict, which must agree with a count of its own.
    func lost(_ configuration: String, _ fault: String) throws -> (lost: Int, acked: Int) {
        let trial = try folder.trial(configuration, fault)
        #expect(trial["status"]?.string == "valid", "\(configuration): \(trial["reason"]?.string ?? "")")
        let history = try history(configuration, fault)
        let verdict = try #require(trial["verdict"])
        #expect(verdict["log.lost"]?.integer == Int64(history.lost))
        #expect(verdict["events.acked"]?.integer == Int64(history.acked))
        #expect(history.acked > 100)
        for finding in ["log.corrupted", "log.diverged", "log.unexpected.never_attempted", "log.unexpected.foreign"] {
            #expect(verdict[finding]?.integer == 0)
        }
        return (history.lost, history.acked)
    }

    /// A figure of the verdict of a trial that must be valid.
    func figure(_ configuration: String, _ fault: String, _ path: String) throws -> Int64 {
        let trial = try folder.trial(configuration, fault)
        #expect(trial["status"]?.string == "valid", "\(configuration): \(trial["reason"]?.string ?? "")")
        return try #require(trial["verdict"]?[path]?.integer, "\(path)")
    }

    /// The actions of a trial's fault in the order in which they began; each has begun, taken effect, ended, in order.
    func actions(_ configuration: String, _ fault: String) throws -> [String] {
        let records = try history(configuration, fault).of("fault")
        var names: [String] = []
        for id in 1...Int64(max(1, records.count)) {
            let own = records.filter { $0["id"]?.integer == id }
            guard let name = own.first?["action"]?.string else { break }
            names.append(name)
            #expect(own.compactMap { $0["phase"]?.string } == ["begin", "effect", "end"], "\(name) of \(fault)")
            let times = own.compactMap { $0["t"]?.integer }
            #expect(times == times.sorted() && times.count == 3)
            #expect(own.dropFirst().first?["detail"]?.string?.isEmpty == false)
        }
        return names
    }
}
