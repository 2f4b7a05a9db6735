import Access
import History
import Labs
import Workload

/// The servers of a Redis system during one trial, and all that is the same whatever ties them together.
final class RedisServers {
    let form: RedisForm
    let settings: RedisSettings
    let trial: TrialSetting
    private(set) var streams: [String]
    private(set) var all: [RedisServer] = []
    private(set) var observer: RedisObserver?
    /// Who vouches for them; nil: nobody asks.
    private(set) var authority: Authority?
    var circumstances: [(name: String, detail: String)] { observer?.circumstances ?? [] }

    init(_ form: RedisForm, _ settings: RedisSettings, _ trial: TrialSetting) {
        (self.form, self.settings, self.trial) = (form, settings, trial)
        streams = []
        streams =
            if let count, settings.shards > 0 {
                tagged(ClusterSlots.tags(count, shards: settings.shards))
            } else if let count {
                (0..<count).map { "\(prefix):\($0)" }
            } else {
                [prefix]
            }
    }

    private var prefix: String { "holdfast:\(trial.run):events" }

    /// Nil: all agents share one stream whose name says nothing of where it lies.
    private var count: Int? {
        switch settings.streams {
        case .one: nil
        case .number(let count): count
        case .agent: trial.agents
        }
    }

    private func tagged(_ tags: [Int]) -> [String] { tags.map { "\(prefix):{\($0)}" } }

    /// Spreads the streams over shards as they are. Whatever is made has its name begin with the run's, so that one stream
    /// alone has a tag, too: what lies with it would have to begin with another.
    func spread(among shards: [[ClosedRange<Int>]]) { streams = tagged(ClusterSlots.tags(count ?? 1, among: shards)) }

    // MARK: Starting

    /// Makes the next node, `redis-1` first, and its server, which is not started yet.
    func add(in lab: any Lab, binary: RedisBinary, isReplica: Bool = false) throws(SystemError) -> RedisServer {
        if all.isEmpty { authority = try settings.admission.authority(in: lab) }
        let node = try makeNode("redis-\(all.count + 1)", in: lab, megabytes: Self.megabytes(trial.expectedBytes))
        let admission = try authority.map { authority throws(SystemError) in try RedisAdmission(authority, node) }
        let server = RedisServer(
            node, binary: binary, settings: settings, run: trial.run, isReplica: isReplica, admission: admission)
        server.environment = try trial.environment(of: node)
        all.append(server)
        return server
    }

    /// Lets this process, and the workers that it has, at the servers that there are now, where they let nobody in without
    /// a word.
    func admit(sentinels: [SentinelServer] = []) throws(SystemError) {
        // Until there are sentinels it is servers with replicas.
        let system = form == .sentinel && sentinels.isEmpty ? RedisForm.replicated : form
        try authority?.letIn(
            to: all.map { ($0.node, $0.port) }, sentinels: sentinels.map { ($0.node, $0.port) },
            primaryName: SentinelServer.primary, of: system.name)
    }

    /// The next server of somebody else's.
    func add(_ node: ExternalNode, isReplica: Bool) throws(SystemError) {
        let version = ServerVersion(path: node.address, name: "Redis", version: "")
        all.append(RedisServer(node, version: version, settings: settings, run: trial.run, isReplica: isReplica))
    }

    /// A node with software of Redis, and as much room.
    func makeNode(_ name: String, in lab: any Lab, megabytes: Int) throws(SystemError) -> any Node {
        let request = NodeRequest(
            name: name, software: RedisBinary.software,
            filesystem: trial.ownFilesystems ? settings.filesystem : nil, megabytes: megabytes,
            logDirectory: trial.logDirectory)
        do { return try lab.makeNode(request) } catch { throw SystemError(.lab, "no node can be made: \(error)") }
    }

    /// Waits for the answer to a server's first start.
    func awaitFirstAnswer(of server: RedisServer, _ patience: any Patience) throws(SystemError) {
        guard case .refused(let log) = try server.awaitAnswer(patience) else { return }
        let hint = authority == nil ? "" : " (`\(Admission.setting): secured` needs a server that was built with TLS)"
        throw SystemError(
            .refused,
            "\(server.binary.version.name) \(server.binary.version.version) refused to start with "
                + "\(server.configurationPath)\(hint); it said:\n\(log)")
    }

    /// Room for the log, a rewrite or a snapshot of it beside it, and as much again for load that goes on during a long
    /// fault. The file behind it is sparse: what is not written costs nothing.
    static func megabytes(_ expectedBytes: Int) -> Int {
        let (bytes, over) = expectedBytes.multipliedReportingOverflow(by: 4)
        return 256 + (over ? Int.max : bytes) / (1 << 20)
    }

    /// Looks out for late fsyncs of the server that takes the events, where acknowledged ones wait for them.
    func observeFsyncs(of server: RedisServer) throws(SystemError) {
        let replies = try server.pipeline([["CONFIG", "GET", "appendonly"], ["CONFIG", "GET", "appendfsync"]])
        if replies == [Self.setting("appendonly", "yes"), Self.setting("appendfsync", "everysec")] {
            observer = RedisObserver(server)
        }
    }

    private static func setting(_ name: String, _ value: String) -> RedisValue {
        .array([.bytes(Array(name.utf8)), .bytes(Array(value.utf8))])
    }

    // MARK: Finding

    func server(of node: any Node) throws(SystemError) -> RedisServer {
        guard !all.isEmpty else { throw notStarted }
        guard let server = all.first(where: { $0.node === node }) else {
            throw SystemError(.notApplicable, "\(node.name) is no node of \(form.name)")
        }
        return server
    }

    var notStarted: SystemError { SystemError(.unreachable, "\(form.name) has not been started") }

    func command(_ node: any Node, _ words: [String]) throws(SystemError) -> String {
        let server = try server(of: node)
        guard let first = words.first else {
            throw SystemError(.setting, "a command needs at least its name, such as [PING]")
        }
        let reply: RedisValue
        do throws(SystemError) { reply = try server.call(words) } catch {
            // Whoever tells a server to end gets no answer.
            if error.code == .unreachable, first.uppercased() == "SHUTDOWN" { return "(the connection closed)" }
            throw error
        }
        if case .error(let text) = reply {
            throw SystemError(.refused, "\(node.name) answered \(words.joined(separator: " ")): \(text)")
        }
        return reply.text
    }

    func repair(_ node: any Node) throws(SystemError) -> String {
        let server = try server(of: node)
        return try RedisRepair(binary: server.binary, dataDirectory: node.dataDirectory, node: node).run()
    }

    var groups: RedisGroups { groups(of: streams) }

    func groups(of streams: [String]) -> RedisGroups {
        RedisGroups(streams: streams, results: results(of: streams), groups: trial.groups)
    }

    /// Where executors answer what stands in these streams; empty if nobody reads that.
    func results(of streams: [String]) -> [String] {
        guard trial.groups.contains(where: { $0.reads == .results }) else { return [] }
        // In a cluster they lie with the events that they answer: a stream's whole name decides, unless a part is marked.
        return streams.map { form == .cluster && !$0.contains("{") ? "{\($0)}.results" : "\($0).results" }
    }

    /// Reads every stream from this server, those of dead letters, too.
    func replay(
        from server: RedisServer, passes: Int, into writer: inout ShardWriter, patience: any Patience
    ) throws(SystemError) {
        let connection = try server.connect()
        let dead = trial.groups.flatMap { RedisGroups.deadStreams(of: $0, run: trial.run) }
        var replay = RedisReplay(streams: streams + dead + results(of: streams), run: trial.run)
        for pass in 0..<passes {
            try replay.read(pass: pass + 1, over: connection, into: &writer, patience: patience)
        }
    }
}

/// A system that is made of Redis servers.
protocol RedisSystem: System {
    var servers: RedisServers { get }
    /// The server that leads at this moment, as far as Holdfast knows.
    func leadingServer() throws(SystemError) -> RedisServer
}

extension RedisSystem {
    var streams: [String] { servers.streams }
    var resultStreams: [String] { servers.results(of: streams) }
    var form: Position.Form { .entry }

    func port(of node: any Node) -> UInt16 { RedisConfigurationFile.port }

    func answers(_ node: any Node) -> Bool { (try? servers.server(of: node))?.answers() ?? false }

    func awaitAnswer(of node: any Node, patience: any Patience) throws(SystemError) -> RestartResult {
        try servers.server(of: node).awaitAnswer(patience)
    }

    func repair(_ node: any Node) throws(SystemError) -> String { try servers.repair(node) }

    func command(_ node: any Node, _ words: [String]) throws(SystemError) -> String {
        try servers.command(node, words)
    }

    func observe() { servers.observer?.observe() }

    var circumstances: [(name: String, detail: String)] { servers.circumstances }

    // MARK: Reading

    func replay(passes: Int, into writer: inout ShardWriter, patience: any Patience) throws(SystemError) {
        try servers.replay(from: try leadingServer(), passes: passes, into: &writer, patience: patience)
    }

    func read(
        stream: Int, from: Position?, patience: any Patience,
        _ each: (_ position: Position, _ event: DecodedEvent?) -> Void
    ) throws(SystemError) -> Int64 {
        try RedisReplay.read(
            streams[stream], behind: from, over: try leadingServer().connect(), patience: patience, each)
    }

    // MARK: Groups

    func deadStreams(of group: GroupSettings) -> [String] {
        RedisGroups.deadStreams(of: group, run: servers.trial.run)
    }

    func backlog(of group: GroupSettings) throws(SystemError) -> Backlog {
        try servers.groups.backlog(of: group, on: try leadingServer())
    }

    func members(of group: GroupSettings) throws(SystemError) -> Set<String> {
        try servers.groups.members(of: group, on: try leadingServer())
    }

    func groupEnds(patience: any Patience) throws(SystemError) -> [History.GroupEnd] {
        try servers.groups.ends(on: try leadingServer(), patience: patience)
    }
}
