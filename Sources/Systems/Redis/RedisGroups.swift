import History
import Labs
import Workers
import Workload

/// The consumer groups of a trial, as the server that leads has them.
///
/// What the server itself calls a group's `lag` is no source: it counts entries that were trimmed, and is missing after
/// a deletion.
struct RedisGroups {
    let streams: [String]
    /// Where executors answer what stands in each of them; empty if nobody reads that.
    var results: [String] = []
    let groups: [GroupSettings]

    private func streams(of group: GroupSettings) -> [String] { group.reads == .results ? results : streams }

    /// Where the group's dead letters go.
    static func deadStreams(of group: GroupSettings, run: String) -> [String] {
        group.deadLetterAfter == nil ? [] : ["holdfast:\(run):events.dead.\(group.name)"]
    }

    /// Makes every group in every stream. Streams of dead letters come to be by their first entry.
    func make(on server: RedisServer) throws(SystemError) {
        var commands: [[String]] = []
        for group in groups {
            for stream in streams(of: group) {
                commands.append(["XGROUP", "CREATE", stream, group.name, group.start == .end ? "$" : "0", "MKSTREAM"])
            }
        }
        if commands.isEmpty { return }
        for (command, reply) in zip(commands, try server.pipeline(commands)) where reply.isError {
            throw SystemError(
                .refused, "\(server.node.name) answered \(command.joined(separator: " ")): \(reply.text)")
        }
    }

    // MARK: What is before a group

    func backlog(of group: GroupSettings, on server: RedisServer) throws(SystemError) -> Backlog {
        var commands: [[String]] = []
        let streams = streams(of: group)
        for stream in streams {
            commands += [
                ["XINFO", "STREAM", stream], ["XINFO", "GROUPS", stream], ["XPENDING", stream, group.name],
            ]
        }
        let replies = try server.pipeline(commands)
        var backlog = Backlog(unread: 0, pending: 0)
        for index in streams.indices {
            try check([replies[3 * index], replies[3 * index + 1]], server)
            backlog.unread += Self.unread(
                stream: Pairs(replies[3 * index]), group: Pairs.named(group.name, in: replies[3 * index + 1]))
            if case .array(let summary) = replies[3 * index + 2], case .integer(let count)? = summary.first {
                backlog.pending += count
            }
        }
        return backlog
    }

    /// Names of its consumers in any of the streams.
    func members(of group: GroupSettings, on server: RedisServer) throws(SystemError) -> Set<String> {
        let replies = try server.pipeline(streams(of: group).map { ["XINFO", "CONSUMERS", $0, group.name] })
        try check(replies, server)
        var names: Set<String> = []
        for case .array(let consumers) in replies { names.formUnion(consumers.compactMap { Pairs($0).text("name") }) }
        return names
    }

    /// A stream that is not there is one without entries; any other refusal says nothing of the group.
    private func check(_ replies: [RedisValue], _ server: RedisServer) throws(SystemError) {
        for reply in replies where reply.isError && reply.text != "ERR no such key" {
            throw SystemError(.refused, "\(server.node.name) answered XINFO: \(reply.text)")
        }
    }

    /// Entries that stand in the stream and that the group was never handed: exact, or at least 1 if there are any.
    static func unread(stream: Pairs, group: Pairs?) -> Int64 {
        guard let last = stream.entry("last-entry"), let length = stream.number("length") else { return 0 }
        guard let group, let passed = group.position("last-delivered-id") else { return length }
        guard last > passed else { return 0 }
        if let first = stream.entry("first-entry"), first > passed { return length }
        guard let added = stream.number("entries-added"), let read = group.number("entries-read") else { return 1 }
        return max(1, added - read)
    }

    // MARK: Where it ends

    func ends(on server: RedisServer, patience: any Patience) throws(SystemError) -> [History.GroupEnd] {
        var ends: [History.GroupEnd] = []
        for stream in streams + results {
            let reply = try server.call(["XINFO", "GROUPS", stream])
            try check([reply], server)
            for group in groups where streams(of: group).contains(stream) {
                let state = Pairs.named(group.name, in: reply)
                let passed = state?.position("last-delivered-id")
                ends.append(
                    History.GroupEnd(
                        group: Name(group.name), stream: Name(stream), passed: passed == Position(0, 0) ? nil : passed,
                        pending: state == nil ? [] : try pending(stream, group.name, server, patience)))
            }
        }
        return ends
    }

    /// All that is pending; what was trimmed meanwhile still is.
    private func pending(
        _ stream: String, _ group: String, _ server: RedisServer, _ patience: any Patience
    ) throws(SystemError) -> [Position] {
        var positions: [Position] = []
        var from = "-"
        while true {
            let command = ["XPENDING", stream, group, from, "+", String(SystemLimits.pageEntries)]
            guard case .array(let page) = try server.call(command) else {
                throw SystemError(.refused, "\(server.node.name) does not list what is pending of \(group)")
            }
            for case .array(let line) in page {
                guard let id = line.first?.text, let position = EntryID.parse(id) else { continue }
                positions.append(position)
                from = "(" + id
            }
            if page.count < SystemLimits.pageEntries { return positions }
            // Nothing to wait for; but whoever wants the run to end is heard between two pages.
            _ = try patience.wait(upTo: 0) { true }
        }
    }

    /// Of a reply that is a list of such.
    static func list(_ reply: RedisValue) -> [Pairs] {
        guard case .array(let items) = reply else { return [] }
        return items.map(Pairs.init)
    }

    /// A reply of names and values, one after the other.
    struct Pairs {
        private var values: [String: RedisValue] = [:]

        init(_ reply: RedisValue) {
            guard case .array(let items) = reply else { return }
            for index in stride(from: 0, to: items.count - 1, by: 2) { values[items[index].text] = items[index + 1] }
        }

        /// The group of this name in a reply to XINFO GROUPS.
        static func named(_ name: String, in reply: RedisValue) -> Pairs? {
            RedisGroups.list(reply).first { $0.values["name"]?.text == name }
        }

        func number(_ name: String) -> Int64? {
            if case .integer(let number)? = values[name] { return number }
            return nil
        }

        func text(_ name: String) -> String? { values[name]?.text }

        func position(_ name: String) -> Position? { values[name].flatMap { EntryID.parse($0.text) } }

        /// The ID of an entry.
        func entry(_ name: String) -> Position? {
            guard case .array(let entry)? = values[name], let id = entry.first else { return nil }
            return EntryID.parse(id.text)
        }
    }
}
