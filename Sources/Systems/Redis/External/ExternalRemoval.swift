import Glibc
import Labs
import Platform

/// Removes what a journal says is there, and nothing whose name has another prefix.
///
/// Who has a key may change meanwhile: a fail-over, or slots that move. So it is asked for again until somebody who has it
/// has removed it, or time is up.
struct ExternalRemoval {
    let journal: Journal
    /// All servers that the cluster's file names.
    let servers: [RedisServer]
    /// Who has a key at this moment; all of those who say so.
    let owners: (String) -> [RedisServer]

    private static let askEvery: UInt32 = 100_000
    /// Answers of one who has the key no more, or cannot remove it yet.
    private static let passing = [
        "MOVED ", "TRYAGAIN ", "CLUSTERDOWN ", "READONLY ", "LOADING ", "MASTERDOWN ", "NOREPLICAS ",
    ]

    /// Returns what could not be removed; that stays in the journal.
    func run() -> [String] {
        var left: [String] = []
        let deadline = MonotonicClock.now() + SystemLimits.removalNanoseconds
        for case .key(let name) in journal.things {
            guard name.hasPrefix("holdfast:") else {
                left.append("\(name) is not Holdfast's, and stays")
                continue
            }
            var problem = remove(name)
            while let passing = problem, passing.mayPass, MonotonicClock.now() < deadline {
                usleep(Self.askEvery)
                problem = remove(name)
            }
            if let problem { left.append("\(name): \(problem.text)") } else { journal.end(.key(name)) }
        }
        return left
    }

    private func remove(_ name: String) -> (text: String, mayPass: Bool)? {
        let owners = owners(name)
        if owners.isEmpty {
            return ("none of \(servers.map(\.node.name).joined(separator: ", ")) says that it has it", true)
        }
        for owner in owners {
            guard let reply = owner.ask([["DEL", name]])?[0] else {
                return ("\(owner.node.name) does not answer", true)
            }
            if !reply.isError { continue }
            if reply.text.hasPrefix("ASK "), isRemoved(name, where: reply.text) { continue }
            let mayPass = (Self.passing + ["ASK "]).contains { reply.text.hasPrefix($0) }
            return ("\(owner.node.name) answers DEL: \(reply.text)", mayPass)
        }
        return nil
    }

    /// Its slot is on its way, and the key is where that goes by now.
    private func isRemoved(_ name: String, where text: String) -> Bool {
        let place = text.split(separator: " ").last.flatMap { ServerAddress(advertised: $0) }
        guard let server = servers.first(where: { $0.place == place }),
            let reply = server.ask([["ASKING"], ["DEL", name]])?.last
        else { return false }
        return !reply.isError
    }
}
