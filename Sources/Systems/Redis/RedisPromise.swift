extension RedisSettings {
    /// What the node that answers has done with an event when it says that it has it.
    var localPromise: String {
        if ack.hasPrefix("waitaof 1") { return "the server says that it is on its disk" }
        guard value(of: "appendonly") == "yes" else {
            return value(of: "save")?.isEmpty == false
                ? "in the memory of one process, until the next snapshot" : "in the memory of one process"
        }
        switch value(of: "appendfsync") ?? "everysec" {
        case "always": return "on the disk of one node"
        case "no": return "in the kernel's memory of one node, until it writes back"
        default: return "in the kernel's memory of one node, on its disk within about a second"
        }
    }

    /// The same of a primary with replicas.
    var replicatedPromise: String {
        switch Acknowledgement(ack) {
        case .wait(let count, _):
            let which = count == replicas ? "every replica" : "\(count) of \(replicas) replicas"
            return "\(localPromise), and in the memory of \(which)"
        case .waitAOF(_, let count, _) where count > 0:
            return "\(localPromise), and fsynced by \(count) of \(replicas) replicas, as they say"
        default:
            return "\(localPromise); replicas get it later"
        }
    }

    /// What the suite says of a directive; nil if it leaves it to the server.
    private func value(of directive: String) -> String? {
        directives.last { $0.name.lowercased() == directive }?.value.lowercased()
    }
}
