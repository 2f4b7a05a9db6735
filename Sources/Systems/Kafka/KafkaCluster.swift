import Access
import Labs
import Platform

/// The brokers and controllers of one Kafka, and all that its trials share.
final class KafkaCluster {
    let settings: KafkaSettings
    /// Nil: it is somebody else's.
    let home: KafkaHome?
    private(set) var all: [KafkaServer] = []
    /// Who vouches for them; nil: nobody asks.
    private(set) var authority: Authority?
    private let format: KafkaFormat?
    private let archive: String?

    /// - Parameter archive: what Java knows of Kafka's classes, if that is there.
    init(_ settings: KafkaSettings, home: KafkaHome, archive: String?) {
        (self.settings, self.home, self.archive) = (settings, home, archive)
        format = KafkaFormat(home: home, settings: settings)
    }

    /// Somebody else's, which runs.
    init(_ settings: KafkaSettings, brokers: [(id: Int32, node: ExternalNode)]) {
        self.settings = settings
        (home, format, archive) = (nil, nil, nil)
        all = brokers.map { KafkaServer($0.node, id: $0.id, role: .broker, home: nil, archive: nil) }
    }

    /// As numbered at the start: `broker-1` first.
    var brokers: [KafkaServer] { all.filter(\.role.isBroker) }
    var controllers: [KafkaServer] { all.filter(\.role.isController) }

    func broker(_ id: Int32) -> KafkaServer? { all.first { $0.id == id && $0.role.isBroker } }

    func server(of node: any Node) throws(SystemError) -> KafkaServer {
        guard !all.isEmpty else { throw notStarted }
        guard let server = all.first(where: { $0.node === node }) else {
            throw SystemError(.notApplicable, "\(node.name) is no node of kafka")
        }
        return server
    }

    var notStarted: SystemError { SystemError(.unreachable, "kafka has not been started") }

    // MARK: Starting

    /// Makes the nodes, starts every process at once and waits until all brokers know each other.
    func start(in lab: any Lab, trial: TrialSetting, patience: any Patience) throws(SystemError) {
        authority = try settings.admission.authority(in: lab)
        for number in 0..<settings.brokers {
            let isBoth = settings.combined && number < settings.controllers
            try add("broker-\(number + 1)", id: Int32(number + 1), isBoth ? .both : .broker, in: lab, trial)
        }
        for number in 0..<(settings.combined ? 0 : settings.controllers) {
            try add("controller-\(number + 1)", id: Int32(101 + number), .controller, in: lab, trial)
        }
        try admit()
        let voters = controllers.map { (id: $0.id, address: $0.node.address) }
        for server in all {
            server.properties = KafkaProperties(
                settings, role: server.role, id: server.id, address: server.node.address, voters: voters,
                dataDirectory: server.dataDirectory, admission: server.admission)
        }
        for server in all { try format?.apply(to: server) }
        // A power loss soon after would take the format with it.
        for server in all { try sync(server) }
        for server in all { try server.launch() }
        try awaitAll(patience)
        for server in brokers { try verify(server) }
        try grant(patience)
        for server in all { try sync(server) }
    }

    private func add(
        _ name: String, id: Int32, _ role: KafkaProperties.Role, in lab: any Lab, _ trial: TrialSetting
    ) throws(SystemError) {
        let request = NodeRequest(
            name: name, software: KafkaHome.software, filesystem: trial.ownFilesystems ? settings.filesystem : nil,
            megabytes: role.isBroker ? Self.megabytes(trial.expectedBytes) : Self.megabytes(0),
            logDirectory: trial.logDirectory)
        let node: any Node
        do { node = try lab.makeNode(request) } catch { throw SystemError(.lab, "no node can be made: \(error)") }
        let admission = try authority.map { authority throws(SystemError) in
            try KafkaAdmission(authority, node.name, address: node.address)
        }
        let server = KafkaServer(node, id: id, role: role, home: home, archive: archive, admission: admission)
        server.environment = try trial.environment(of: node)
        all.append(server)
    }

    /// Lets this process at the brokers, and the workers that it has, where they let nobody in without a word.
    func admit() throws(SystemError) {
        try authority?.letIn(to: brokers.map { ($0.node, KafkaProperties.brokerPort) }, of: "kafka")
    }

    /// Gives the auditor the rights that an audit needs.
    private func grant(_ patience: any Patience) throws(SystemError) {
        guard let authority else { return }
        let request = KafkaCreateRightsRequest(auditor: authority.auditor.name)
        var said = "no answer"
        let came = try patience.wait(upTo: SystemLimits.syncSeconds) {
            guard let answer = KafkaServer.ask(request, of: [brokers[0]]).first?.answer else { return false }
            let refused = answer.first { $0.error != 0 }
            said = refused.map { "\(KafkaErrorName.of($0.error)) \($0.message ?? "")" } ?? "\(answer.count) answers"
            return refused == nil && answer.count == request.rights.count
        }
        guard came else {
            throw SystemError(.refused, "the user \(authority.auditor.name) is given no rights: \(said)")
        }
    }

    /// Room for a copy of every event with what Kafka writes around it, as much again for load that goes on during a
    /// long fault, and Kafka's own topics. The file behind it is sparse: what is not written costs nothing.
    static func megabytes(_ expectedBytes: Int) -> Int {
        let (bytes, over) = expectedBytes.multipliedReportingOverflow(by: 4)
        return 512 + (over ? Int.max : bytes) / (1 << 20)
    }

    /// Whether every broker's disk would take one more trial. What earlier ones wrote is removed, and goes a minute later.
    func hasRoom(for expectedBytes: Int) -> Bool {
        let (bytes, over) = expectedBytes.multipliedReportingOverflow(by: 2)
        return !over
            && brokers.allSatisfy { server in
                guard let free = try? Files.space(at: server.dataDirectory).free else { return false }
                return free >= Int64(bytes) + SystemLimits.kafkaSpareBytes
            }
    }

    func sync(_ server: KafkaServer) throws(SystemError) {
        do { try server.node.syncData() } catch { throw SystemError(.lab, "\(server.node.name): \(error)") }
    }

    private func awaitAll(_ patience: any Patience) throws(SystemError) {
        var missing = "nothing was asked"
        let came = try patience.wait(upTo: SystemLimits.startSeconds) {
            if all.contains(where: \.isGone) { return true }
            missing = notReady() ?? ""
            return missing.isEmpty
        }
        if let ended = all.first(where: \.isGone) {
            throw SystemError(
                .refused,
                "\(home?.version.name ?? "Kafka") \(home?.version.version ?? "") refused to start with \(ended.propertiesPath) "
                    + "(\(describe(ended.node.state))); it said:\n\(ended.logTail())")
        }
        guard came else {
            let slow = all.first { missing.hasPrefix($0.node.name) } ?? all[0]
            throw SystemError(
                .deadline,
                "the cluster is not ready \(Int(SystemLimits.startSeconds)) s after its start: \(missing); the log of "
                    + "\(slow.node.name) ends:\n\(slow.logTail())")
        }
    }

    private func describe(_ state: ProcessState) -> String {
        if case .gone(let status?) = state { return "\(status)" }
        return "it is gone"
    }

    /// Who is missing in whose eyes; nil if every broker knows every broker, and the controllers have a leader.
    private func notReady() -> String? {
        let views = KafkaServer.ask(KafkaMetadataRequest(topics: []), of: brokers)
        for server in brokers {
            guard let view = views.first(where: { $0.server === server }) else {
                return "\(server.node.name) does not answer"
            }
            let known = view.answer.brokers.count
            if known < settings.brokers {
                return "\(server.node.name) knows \(known) of \(settings.brokers) brokers"
            }
        }
        return activeController() == nil ? "no controller says that it leads" : nil
    }

    /// Starts the process of a node again, on what is there; where nothing is, as a new node.
    func launchAgain(_ server: KafkaServer) throws(SystemError) {
        try format?.apply(to: server)
        try sync(server)
        try server.launch()
    }

    // MARK: Checking what is in force

    /// Compares every property of the suite, and of Holdfast, with what the broker says it runs with.
    private func verify(_ server: KafkaServer) throws(SystemError) {
        guard let properties = server.properties else { return }
        let answer = try server.call(
            KafkaConfigsRequest(resource: .broker(server.id)), within: SystemLimits.commandSeconds)
        try Self.verify(properties.usual, in: answer, of: server.node.name, toleratingUnknown: true)
        try Self.verify(properties.asked, in: answer, of: server.node.name)
    }

    /// - Parameters:
    ///   - owner: whose properties they are, for messages.
    ///   - toleratingUnknown: of what only makes trials quick, another release may know nothing.
    static func verify(
        _ wanted: [KafkaSettings.Property], in answer: KafkaConfigsRequest.Answer, of owner: String,
        toleratingUnknown: Bool = false, isForeign: Bool = false
    ) throws(SystemError) {
        guard answer.error == 0 else {
            throw SystemError(
                .refused,
                "\(owner) does not show its properties: \(KafkaErrorName.of(answer.error)) \(answer.message ?? "")")
        }
        // Of several lines of one name the last holds.
        for property in wanted where property == wanted.last(where: { $0.name == property.name }) {
            let entry = answer.entries.first { $0.name == property.name }
            guard let entry, !entry.isUnknown else {
                if toleratingUnknown { continue }
                throw SystemError(
                    .setting,
                    "\(owner): `\(property.name)` was set to \(property.value), and this Kafka has no such property: "
                        + "see its list, or leave it out")
            }
            // A secret is never shown.
            if entry.isSensitive { continue }
            guard KafkaProperties.agrees(property.value, entry.value ?? "") else {
                if isForeign {
                    throw SystemError(
                        .setting,
                        "\(owner): `\(property.name)`: the suite says \(property.value), and Kafka says "
                            + "\(entry.value ?? "nothing"); nothing is configured there: change either")
                }
                throw SystemError(
                    .setting,
                    "\(owner): `\(property.name)` was set to \(property.value), and Kafka runs with "
                        + "\(entry.value.map { $0.isEmpty ? "\"\"" : $0 } ?? "nothing")")
            }
        }
    }

    // MARK: Controllers

    /// The controller that leads the others by its own word, of the highest epoch; nil if none does.
    func activeController() -> KafkaServer? { quorum()?.server }

    /// Of somebody else's cluster, where controllers are not ours to ask: who leads them by the brokers' word, if that is
    /// a broker, too.
    func foreignController() throws(SystemError) -> KafkaServer {
        let answers = KafkaServer.ask(KafkaQuorumRequest(), of: brokers).map(\.answer)
        guard let best = answers.filter({ $0.error == 0 && $0.leader >= 0 }).max(by: { $0.epoch < $1.epoch }) else {
            let said = answers.first.map { KafkaErrorName.of($0.error) } ?? "no answer"
            let isForbidden = answers.contains { KafkaErrorName.unauthorized.contains($0.error) }
            throw SystemError(
                isForbidden ? .refused : .unreachable,
                "`controller`: no broker says who leads the controllers at this moment: \(said)"
                    + (isForbidden ? "; the user lacks Describe on the cluster" : ""))
        }
        guard let server = broker(best.leader) else {
            throw SystemError(
                .notApplicable,
                "`controller`: node \(best.leader) leads the controllers, which is no broker and so not named in the "
                    + "cluster's file")
        }
        return server
    }

    func quorum() -> (server: KafkaServer, answer: KafkaQuorumRequest.Answer)? {
        let answers = KafkaServer.ask(
            KafkaQuorumRequest(), of: controllers, port: KafkaProperties.controllerPort)
        let leading = answers.filter { $0.answer.error == 0 && $0.answer.leader == $0.server.id }
        return leading.max { $0.answer.epoch < $1.answer.epoch }
    }

    /// What a broker that was started waits for, where that cannot be there: a majority of the controllers. Until then
    /// it loads nothing and listens nowhere; its log says that it looks for them.
    func whatIsMissing(for server: KafkaServer) -> String? {
        let running = controllers.filter(\.isRunning).count
        guard server.role.isBroker, running * 2 <= controllers.count, server.hasSaid("could not be established") else {
            return nil
        }
        return "controllers, of which \(running) of \(controllers.count) run"
    }
}
