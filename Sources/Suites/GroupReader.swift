import Documents
import Systems
import Workload

/// Reads consumer groups; what means nothing for the system that they are to read from is refused.
enum GroupReader {
    private static let most = 1_000
    private static let times: ClosedRange<Duration> = .milliseconds(1)...(.seconds(86_400))
    private static let timeouts: ClosedRange<Duration> = .seconds(1)...(.seconds(3_600))

    /// - Parameter kind: the system whose configuration has these groups.
    static func read(_ value: Value?, for kind: any SystemKind) throws(Diagnostic) -> [GroupSettings] {
        guard let value else { return [] }
        let items = try value.list()
        guard let form = kind.groupForm else {
            guard items.isEmpty else {
                throw value.diagnostic(
                    "\(kind.name) has no consumer groups",
                    remedy: "give groups to the configurations that have them, or write groups: [] here")
            }
            return []
        }
        var groups: [GroupSettings] = []
        for item in items {
            let group = try read(item, form, kind)
            guard !groups.contains(where: { $0.name == group.name }) else {
                throw item.diagnostic("another group is called \(shown(group.name))", remedy: "rename one")
            }
            groups.append(group)
        }
        return groups
    }

    private static func read(
        _ value: Value, _ form: GroupForm, _ kind: any SystemKind
    ) throws(Diagnostic) -> GroupSettings {
        var fields = try Fields(value, of: "a group")
        let name = try fields.required("name", such: "{name: memory-updater, consumers: 3}")
        var group = GroupSettings(name: try checked(name))
        if let taken = form.taken, taken.name == group.name {
            throw name.diagnostic("\(shown(group.name)) is the group of \(taken.owner)", remedy: "rename this one")
        }
        try readUsual(&group, &fields)
        try readAck(&group, &fields, form, kind)
        try readOwn(&group, &fields, form)
        try refuseOthers(&fields, form, kind)
        try fields.finish()
        return group
    }

    private static func checked(_ value: Value) throws(Diagnostic) -> String {
        let name = try value.name()
        let isPlain = name.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || [0x2D, 0x2E, 0x5F].contains(byte)
        }
        guard isPlain, name.utf8.count <= 100 else {
            throw value.diagnostic(
                "\(shown(name)) cannot name a group everywhere", remedy: "write up to 100 letters, digits, and -._")
        }
        return name
    }

    private static func readUsual(_ group: inout GroupSettings, _ fields: inout Fields) throws(Diagnostic) {
        group.consumers = try fields.optional("consumers")?.wholeNumber(in: 1...most) ?? 1
        group.processes = group.consumers
        if let value = try fields.optional("processes") {
            group.processes = try value.wholeNumber(in: 1...most)
            guard group.processes <= group.consumers else {
                throw value.diagnostic(
                    "\(group.processes) processes share \(group.consumers) consumers",
                    remedy: "a process needs one: write \(group.consumers) or less")
            }
        }
        if let value = try fields.optional("processing") {
            group.processing = try value.duration(in: .zero...(.seconds(3_600))).wholeNanoseconds
        }
        if let value = try fields.optional("batch") { group.batch = try value.wholeNumber(in: 1...100_000) }
        if let value = try fields.optional("start") { group.start = try value.word(of: GroupSettings.Start.self) }
    }

    private static func readAck(
        _ group: inout GroupSettings, _ fields: inout Fields, _ form: GroupForm, _ kind: any SystemKind
    ) throws(Diagnostic) {
        if let value = try fields.optional("ack") {
            group.ack = try value.word(of: GroupSettings.Ack.self)
            guard form.acks.contains(group.ack) else {
                throw value.diagnostic(
                    "\(shown(group.ack.rawValue)) means nothing for \(kind.name)",
                    remedy: "write one of: " + form.acks.map(\.rawValue).joined(separator: ", "))
            }
        }
        guard let value = try fields.optional("dead-letter") else { return }
        var dead = try Fields(value, of: "dead-letter")
        group.deadLetterAfter = try dead.required("after", such: "{after: 5}").wholeNumber(in: 1...1_000)
        try dead.finish()
        guard group.ack == .afterProcessing else {
            throw value.diagnostic(
                "a group that acknowledges \(group.ack.rawValue) is handed nothing again",
                remedy: "write ack: after-processing, or leave dead-letter out")
        }
    }

    private static func readOwn(
        _ group: inout GroupSettings, _ fields: inout Fields, _ form: GroupForm
    ) throws(Diagnostic) {
        func own(_ key: String) throws(Diagnostic) -> Value? {
            form.keys.contains(key) ? try fields.optional(key) : nil
        }
        if let value = try own("block") { group.block = try value.duration(in: times).wholeNanoseconds }
        if let value = try own("claim") {
            group.claim = value.text == "never" ? nil : try value.duration(in: times).wholeNanoseconds
        }
        if let value = try own("deletes") {
            group.deletes = try value.truth()
            guard !group.deletes || group.ack != .none else {
                throw value.diagnostic(
                    "a group that acknowledges nothing deletes nothing", remedy: "another `ack`, or leave it out")
            }
        }
        if let value = try own("assignor") { group.assignor = try value.word(of: GroupSettings.Assignor.self) }
        if let value = try own("static") { group.isStatic = try value.truth() }
        if let value = try own("isolation") { group.isolation = try value.word(of: GroupSettings.Isolation.self) }
        if let value = try own("protocol") {
            group.membership = try value.word(of: GroupSettings.MembershipProtocol.self)
        }
        if let value = try own("auto-commit-interval") {
            group.autoCommitInterval = try value.duration(in: times).wholeNanoseconds
            guard group.ack == .auto else {
                throw value.diagnostic(
                    "nothing is committed by itself here", remedy: "write ack: auto, or leave it out")
            }
        }
        if let value = try own("session-timeout") {
            group.sessionTimeout = try value.duration(in: timeouts).wholeNanoseconds
        }
        let poll = try own("poll-timeout")
        if let poll { group.pollTimeout = try poll.duration(in: timeouts).wholeNanoseconds }
        if group.pollTimeout < group.sessionTimeout {
            guard let poll else {
                group.pollTimeout = group.sessionTimeout
                return
            }
            throw poll.diagnostic(
                "is shorter than the session's",
                remedy: "no client takes that: make it as long, or session-timeout shorter")
        }
    }

    /// Keys that other systems' groups have.
    private static func refuseOthers(
        _ fields: inout Fields, _ form: GroupForm, _ kind: any SystemKind
    ) throws(Diagnostic) {
        let all = Systems.all.compactMap(\.groupForm).flatMap(\.keys)
        for key in all where !form.keys.contains(key) && fields.has(key) {
            guard let value = try fields.optional(key) else { continue }
            throw value.diagnostic(
                "means nothing for the groups of \(kind.name)",
                remedy: "leave it out; what has a meaning there is "
                    + (GroupForm.usual + form.keys).joined(separator: ", "))
        }
    }
}
