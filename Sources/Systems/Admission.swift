import Access
import Documents
import Labs

/// How a system's servers let anybody in.
enum Admission: String, CaseIterable, Sendable {
    /// Whoever reaches them: a lab's network is closed to everyone else.
    case open
    /// By TLS with a certificate on both sides, and a user's password: clients, peers, and Holdfast itself.
    case secured

    static let setting = "access"

    static let description = SettingDescription(
        name: setting, values: "open, secured", usual: "open",
        about:
            "secured: nobody is let in but by TLS with certificates on both sides and by a user's password, servers among "
            + "themselves included; authority, keys and users are made for the trial and go with it. In the lab namespaces, "
            + "and compared with the cluster's file in the lab external")

    /// - Parameter lab: where the servers are to run.
    static func read(_ value: Value, in lab: any LabKind) throws(Diagnostic) -> Admission {
        let wanted = try value.word(of: Admission.self)
        if let cluster = lab.access?.cluster {
            let there = cluster.tls != nil && cluster.login != nil ? Admission.secured : .open
            guard wanted == there else {
                throw value.diagnostic(
                    "the suite says `\(wanted.rawValue)`, and \(cluster.path) has "
                        + (there == .secured ? "TLS and a password" : "no TLS with a password"),
                    remedy: "leave it out, or change either")
            }
        } else if wanted == .secured, !lab.hasVault {
            throw value.diagnostic(
                "the lab \(lab.name) has no place for passwords that nobody may keep",
                remedy: "`--lab namespaces`, or `\(setting): open`")
        }
        return wanted
    }

    /// Refuses it where a process is let at servers of several systems.
    func refuse(in settings: Value?, or place: Value) throws(Diagnostic) {
        guard self == .secured else { return }
        var said = place
        for (key, value) in try settings?.mapping() ?? [] {
            if case .scalar(Self.setting, _) = key.content { said = value }
        }
        throw said.diagnostic(
            "a hybrid's tiers let everybody in: Holdfast comes to one secured system at a time",
            remedy: "`\(Self.setting): open`, or try each tier by itself")
    }

    /// Who vouches for the servers that are about to be started in a lab; nil: nobody asks.
    func authority(in lab: any Lab) throws(SystemError) -> Authority? {
        guard self == .secured else { return nil }
        guard let vault = lab.vault else {
            throw SystemError(.lab, "the lab \(lab.kind.name) has no place for passwords: `\(Self.setting): open`")
        }
        do { return try Authority(in: vault) } catch { throw SystemError(.lab, error.message) }
    }
}

extension Authority {
    /// A certificate for a node's server.
    func vouch(for name: String, at address: String) throws(SystemError) -> Certificate {
        do { return try issue(name, address: address) } catch { throw SystemError(.lab, "\(name): \(error.message)") }
    }

    /// Lets this process, and the workers that it has, at the servers of these nodes.
    func letIn(
        to nodes: [(node: any Node, port: UInt16)], sentinels: [(node: any Node, port: UInt16)] = [],
        primaryName: String = "", of system: String
    ) throws(SystemError) {
        func known(_ all: [(node: any Node, port: UInt16)]) -> [Server] {
            all.map { Server(name: $0.node.name, address: $0.node.address, port: $0.port) }
        }
        do throws(AccessError) {
            try admit(to: known(nodes), sentinels: known(sentinels), primaryName: primaryName, of: system)
        } catch {
            throw SystemError(.lab, error.message)
        }
    }
}
