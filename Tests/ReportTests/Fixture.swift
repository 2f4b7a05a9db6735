import Checker
import History
import Report

/// A made-up run: every kind of cell that there is, in numbers small enough to check by hand.
enum Fixture {
    static func verdict(
        acked: Int = 40_000, lost: Int = 0, window: Int64 = 0, recovery: [Int64?] = [],
        edit: (inout Verdict) -> Void = { _ in }
    ) -> Verdict {
        var verdict = Verdict()
        verdict.events.attempted = acked + 4
        verdict.events.acked = acked
        verdict.events.unknown = 4
        verdict.log.passes = 2
        verdict.log.entries = acked - lost
        verdict.log.lost = lost
        verdict.loss.windowNanoseconds = window
        verdict.agents.total = 200
        verdict.agents.damaged = lost > 0 ? 180 : 0
        verdict.agents.intact = lost > 0 ? 20 : 200
        verdict.availability.longestGapNanoseconds = 3_100_000
        verdict.availability.recovery = recovery.enumerated().map {
            Verdict.Availability.Recovery(fault: Int64($0 + 1), nanoseconds: $1)
        }
        verdict.latency.ack.count = acked
        verdict.latency.ack.p50 = 310_000
        verdict.latency.ack.p90 = 700_000
        verdict.latency.ack.p99 = 2_140_000
        verdict.latency.ack.p999 = 9_300_000
        verdict.latency.ack.max = 21_400_000
        if lost > 0 {
            verdict.loss.tailAgents = 30
            verdict.loss.holeAgents = 150
            verdict.examples[Name("lost")] = [example(agent: 17, seq: 240), example(agent: 18, seq: 12)]
        }
        edit(&verdict)
        return verdict
    }

    static func example(agent: Int64, seq: Int64) -> Verdict.Example {
        var example = Verdict.Example()
        (example.agent, example.seq) = (agent, seq)
        return example
    }

    static func trial(
        _ n: Int = 1, _ status: Summary.Trial.Status = .valid, reason: String? = nil, in directory: String = "c/f",
        achieved: Double? = 9_998, saturated: Bool = false, verdict: Verdict? = nil
    ) -> Summary.Trial {
        var trial = Summary.Trial(
            n: n, seed: Int64(100 + n), status: status, reason: reason, directory: "trials/\(directory)/\(n)")
        trial.rate = Summary.Trial.Rate(target: 10_000, achieved: achieved, saturated: saturated)
        trial.verdict = verdict
        trial.seconds = status == .skipped ? nil : 17.4
        return trial
    }

    static func cell(_ configuration: String, _ fault: String, _ trials: [Summary.Trial], row: String? = nil)
        -> Summary.Cell
    {
        Summary.Cell(
            configuration: configuration, system: "redis-standalone", fault: fault, description: row, trials: trials)
    }

    static func gate(
        _ configuration: String, _ fault: String = "*", finding: String? = nil, figure: String? = nil,
        max: String? = nil, min: String? = nil, except: [String] = []
    ) throws -> GateOutcome {
        let figure =
            if let finding { try Figure.parse(finding: finding) } else { try Figure.parse(figure: figure ?? "") }
        return GateOutcome(
            gate: try Gate(
                configuration: Glob(configuration), fault: Glob(fault), figure: figure, max: try max.map(Bound.parse),
                min: try min.map(Bound.parse), except: except))
    }

    static func control(_ configuration: String, _ fault: String, _ finding: String) throws -> ControlOutcome {
        ControlOutcome(
            control: Control(
                configuration: Glob(configuration), fault: Glob(fault), finding: try Figure.parse(finding: finding)))
    }

    static let faultMarks: [Summary.Trial.FaultMark] = [
        .init(t: 4_000_000_000, id: 1, action: "power-loss", node: "primary", phase: "begin", detail: nil),
        .init(
            t: 4_012_000_000, id: 1, action: "power-loss", node: "primary", phase: "effect",
            detail: "write: EIO; process 41 is gone"),
        .init(
            t: 4_400_000_000, id: 1, action: "power-loss", node: "primary", phase: "end",
            detail: "mounted again; another process answers"),
    ]

    /// Four configurations of Redis under four faults; judged.
    static func run() throws -> Summary {
        var summary = Summary()
        summary.suite = "redis-audit"
        summary.started = "2026-01-15T09:30:00Z"
        summary.seconds = 212.6
        summary.seed = 1
        summary.lab = "namespaces"
        summary.suiteFile = "suites/audit.yml"
        summary.suiteText = "suite: redis-audit\nworkload:\n  agents: 200\n  rate: 10000\n"
        summary.machine.cores = 2
        summary.machine.memoryBytes = 8_589_934_592
        summary.machine.kernel = "6.1.0-18-amd64"
        summary.machine.architecture = "x86_64"
        summary.machine.filesystem = "ext4"
        summary.versions = ["holdfast": "0.1.0", "redis-server": "7.0.15"]
        summary.configurations = [
            configuration("defaults", [:], "one process has applied it in memory"),
            configuration("no persistence", ["save": ""], "one process has applied it in memory"),
            configuration("everysec", ["appendfsync": "everysec", "appendonly": "yes"], "it is in the kernel's hands"),
            configuration("always", ["appendfsync": "always", "appendonly": "yes"], "this node has fsynced it"),
        ]
        summary.cells = defaults + noPersistence + everysec + always
        summary.notApplicable = ["defaults", "no persistence", "everysec", "always"].map {
            Summary.Combination(configuration: $0, fault: "primary-isolated")
        }
        summary.gates = try [
            gate("*", finding: "corrupted", max: "0"),
            gate("*", "none", finding: "lost", max: "0"),
            gate("everysec", "primary-kill", finding: "lost", max: "0", except: ["fsync-pending"]),
            gate("everysec", "power-loss", figure: "loss.window", max: "2s"),
            gate("always", "power-loss", finding: "lost", max: "0"),
            gate("always", "primary-kill", figure: "availability.recovery", max: "500ms"),
            gate("always", "none", figure: "latency.ack.p99", max: "5ms"),
        ]
        summary.controls = try [
            control("no persistence", "power-loss", "lost"), control("no persistence", "primary-kill", "lost"),
        ]
        summary.judge()
        return summary
    }

    private static func configuration(_ name: String, _ settings: [String: String], _ promise: String)
        -> Summary.Configuration
    {
        Summary.Configuration(
            name: name, system: "redis-standalone", settings: settings, ack: "reply", retries: "until-acked",
            promise: promise)
    }

    static func clean(_ n: Int, in directory: String, recovery: [Int64?] = []) -> Summary.Trial {
        trial(n, in: directory, verdict: verdict(recovery: recovery))
    }

    private static var defaults: [Summary.Cell] {
        [
            cell("defaults", "none", [clean(1, in: "defaults/none"), clean(2, in: "defaults/none")]),
            cell(
                "defaults", "primary-kill",
                [
                    trial(
                        in: "defaults/primary-kill",
                        verdict: verdict(lost: 16_020, window: 4_010_000_000, recovery: [212_000_000])),
                    trial(
                        2, .invalid, reason: "fault-without-effect: kill of primary", in: "defaults/primary-kill",
                        verdict: verdict { $0.valid = false }),
                ]),
            cell(
                "defaults", "power-loss",
                [1, 2].map {
                    trial(
                        $0, .skipped, reason: "power loss needs root: run as root, or leave it out",
                        in: "defaults/power-loss")
                }),
        ]
    }

    private static var noPersistence: [Summary.Cell] {
        let all = verdict(lost: 40_000, window: 4_000_000_000, recovery: [180_000_000])
        return [
            cell("no persistence", "none", [clean(1, in: "no-persistence/none")]),
            cell(
                "no persistence", "primary-kill", [trial(in: "no-persistence/primary-kill", verdict: all)], row: "R01"),
            cell("no persistence", "power-loss", [trial(in: "no-persistence/power-loss", verdict: all)]),
        ]
    }

    private static var everysec: [Summary.Cell] {
        var pending = trial(
            2, in: "everysec/primary-kill",
            verdict: verdict(lost: 7_301, window: 730_000_000, recovery: [240_000_000]))
        pending.circumstances = [.init(name: "fsync-pending", detail: "aof_pending_bio_fsync was 1 at 3.98 s")]
        var loss = trial(
            in: "everysec/power-loss", verdict: verdict(lost: 7_310, window: 730_000_000, recovery: [412_000_000]))
        loss.faults = faultMarks
        loss.commands = ["xfs_io -x -c shutdown /run/holdfast/n1", "kill -KILL 41"]
        return [
            cell("everysec", "none", [clean(1, in: "everysec/none")]),
            cell(
                "everysec", "primary-kill", [clean(1, in: "everysec/primary-kill", recovery: [210_000_000]), pending],
                row: "R06"),
            cell(
                "everysec", "power-loss",
                [
                    loss,
                    trial(
                        2, in: "everysec/power-loss",
                        verdict: verdict(lost: 9_120, window: 910_000_000, recovery: [398_000_000]) {
                            $0.log.duplicated.retried = 3
                        }),
                ], row: "R09"),
        ]
    }

    private static var always: [Summary.Cell] {
        [
            cell(
                "always", "none",
                [
                    trial(
                        in: "always/none", achieved: 6_120, saturated: true,
                        verdict: verdict { $0.latency.ack.p99 = 812_000_000 })
                ]),
            cell("always", "primary-kill", [clean(1, in: "always/primary-kill", recovery: [612_000_000])], row: "R07"),
            cell(
                "always", "power-loss",
                [
                    clean(1, in: "always/power-loss", recovery: [390_000_000]),
                    trial(
                        2, in: "always/power-loss", verdict: verdict(lost: 1, recovery: [nil]) { $0.log.corrupted = 1 }),
                ]),
        ]
    }
}

extension Fixture {
    /// One configuration with two groups, under a fault that took a consumer; a second trial of it, and a cell whose
    /// verdict has no groups.
    static func groups() throws -> Summary {
        func group(_ edit: (inout Verdict.GroupFigures) -> Void) -> Verdict.GroupFigures {
            var figures = Verdict.GroupFigures()
            figures.deliveries = 40_000
            (figures.pause, figures.catchUpNanoseconds) = (.init(), 0)
            edit(&figures)
            return figures
        }
        func latency(_ p50: Int64, _ p99: Int64) -> Verdict.Percentiles {
            var latency = Verdict.Percentiles()
            (latency.count, latency.p50, latency.p99) = (40_000, p50, p99)
            return latency
        }
        let (billing, audit) = (Name("billing <a>"), Name("audit"))
        var first = verdict(lost: 7, window: 30_000_000)
        first.groups[billing] = group {
            ($0.undelivered.skipped, $0.undelivered.behind, $0.unprocessed) = (3, 4, 5)
            ($0.redelivered.unacked, $0.redelivered.acked, $0.vanished) = (6, 7, 8)
            ($0.expiredUnseen, $0.stuck, $0.abortedRead, $0.outOfOrder) = (9, 10, 11, 12)
            $0.lag.maxEvents = 13_000
            $0.pause?.longestNanoseconds = 4_210_000_000
            $0.catchUpNanoseconds = nil
            var letters = Verdict.GroupFigures.DeadLetters()
            (letters.poison, letters.moved, letters.missing) = (400, 399, 1)
            $0.deadLetters = letters
        }
        first.groups[audit] = group {
            $0.undelivered.behind = 20
            $0.pause?.longestNanoseconds = 90_000_000
            $0.catchUpNanoseconds = 1_500_000_000
        }
        first.latency.delivery = [billing: latency(2_000_000, 90_000_000), audit: latency(1_000_000, 8_000_000)]
        first.states = .init()
        first.states?.groups[billing] = .init()
        first.states?.groups[billing]?.damaged = 21
        var second = first
        second.groups[billing] = group { $0.undelivered.skipped = 50 }
        second.latency.delivery[billing] = latency(3_000_000, 70_000_000)
        var trials = [
            trial(1, in: "c/consumer-kill", verdict: first), trial(2, in: "c/consumer-kill", verdict: second),
        ]
        trials[0].groups = ["billing <a>": .init(consumers: 3, rebalances: 17, refusals: 1)]
        trials[0].faults = faultMarks
        trials[0].cpu = .init(harnessNanoseconds: 40_000 * 560_000, serversNanoseconds: 40_000 * 139_000)
        var summary = Summary()
        summary.suite = "consumers"
        summary.cells = [
            cell("after-processing", "consumer-kill", trials, row: "R48"),
            cell("alone", "none", [clean(1, in: "a/none")]),
        ]
        summary.judge()
        return summary
    }
}
