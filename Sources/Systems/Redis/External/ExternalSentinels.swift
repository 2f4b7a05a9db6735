import Access
import Labs

/// Sentinels of somebody else's, before a run: that they are reached and let us in, and that whomever they send clients to
/// is named.
enum ExternalSentinels {
    static func nodes(in lab: ExternalLab, _ trial: TrialSetting?, at access: Access) throws(SystemError)
        -> [ExternalNode]
    {
        var nodes: [ExternalNode] = []
        for member in access.cluster.sentinels { nodes.append(try ExternalRedis.node(member, in: lab, trial)) }
        return nodes
    }

    static func examine(
        in lab: ExternalLab, _ settings: SentinelSettings, _ servers: [RedisServer], _ primary: RedisServer,
        at access: Access
    ) throws(SystemError) {
        let sentinels = try nodes(in: lab, nil, at: access)
        guard !settings.named.contains("sentinels") || settings.sentinels == sentinels.count else {
            throw SystemError(
                .setting,
                "the suite says sentinels: \(settings.sentinels), and \(access.cluster.path) names \(sentinels.count): "
                    + "change either")
        }
        for node in sentinels { try examine(node, of: sentinels.count, settings, servers, primary, access) }
    }

    private static func examine(
        _ node: ExternalNode, of count: Int, _ settings: SentinelSettings, _ servers: [RedisServer],
        _ primary: RedisServer, _ access: Access
    ) throws(SystemError) {
        let (file, name) = (access.cluster.path, access.cluster.primaryName)
        let control = RedisControl(node, port: node.server.port)
        let questions = [["PING"], ["INFO", "server"]] + SentinelView.questions(of: name)
        let replies = try control.pipeline(questions)
        let denied = zip(questions, replies).compactMap { question, reply in
            ExternalRedis.denial(reply).map { (question.prefix(2).joined(separator: " "), $0) }
        }
        guard denied.isEmpty else { throw ExternalRedis.lacks(denied, of: node, access) }
        guard case .array(let pair) = replies[2], pair.count == 2 else {
            throw SystemError(
                .setting, "\(node.name) watches no primary called \(name): see primary-name in \(file)")
        }
        let followers = RedisGroups.list(replies[4]).map { ($0.text("ip") ?? "", $0.text("port") ?? "") }
        for (host, port) in [(pair[0].text, pair[1].text)] + followers {
            let place = UInt16(port).flatMap { ServerAddress(advertised: host[...], port: $0) }
            guard servers.contains(where: { $0.place == place }) else {
                throw SystemError(
                    .setting,
                    "\(node.name) sends clients to \(host):\(port), or may, and \(file) does not name it: load goes to "
                        + "named nodes alone. Name every server there as sentinels do (replica-announce-ip, "
                        + "sentinel announce-hostnames), or let them forget what is gone (SENTINEL RESET)")
            }
        }
        guard let view = SentinelView(Array(replies[2...])) else {
            throw SystemError(.refused, "\(node.name) does not say what it knows of \(name)")
        }
        let state = RedisGroups.Pairs(replies[3])
        for claim in settings.claims where !access.cluster.unproven.contains(claim.name) {
            let said = state.text(claim.name) ?? "nothing"
            guard said == claim.value else {
                throw SystemError(
                    .setting,
                    "\(node.name): `\(claim.name)`: the suite says \(claim.value), the sentinel says \(said); nothing is "
                        + "configured there: change either")
            }
        }
        guard view.primary == primary.place else {
            throw SystemError(
                .refused, "\(node.name) says that \(view.primary) leads, and \(primary.node.name) says that it does")
        }
        guard view.sentinels == count - 1 else {
            throw SystemError(
                .setting,
                "\(node.name) finds \(view.sentinels) other sentinels well, and \(file) names \(count - 1) others: name "
                    + "all of them")
        }
    }
}
