import Platform

/// What is tried for real, in namespaces that end with the attempt.
extension Doctor {
    private struct Attempt {
        var tools: [String]
        /// Constant text for a shell, so that one process holds the namespaces; ends at the first thing that fails.
        var script: String
        var works: String
        var remedy: String
    }

    static func attempt(_ capability: Capability) -> Probe {
        guard let attempt = attempts[capability] else { preconditionFailure("no attempt for \(capability)") }
        let name = capability.rawValue
        for tool in ["unshare", "mount"] + attempt.tools where Tool.locate(tool) == nil {
            return Probe(name: name, ok: false, detail: "\(tool) is missing", remedy: Tool.remedy(for: tool))
        }
        var arguments = ["--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
        if !Privileges.isFullRoot { arguments = ["--user", "--map-root-user"] + arguments }
        arguments += ["sh", "-e", "-c", "mount -t tmpfs tmpfs /run; " + attempt.script]
        do {
            let result = try Tool.run("unshare", arguments)
            if result.succeeded { return Probe(name: name, ok: true, detail: attempt.works) }
            let said = result.errors.split(separator: "\n").last.map(String.init) ?? result.status.description
            return Probe(name: name, ok: false, detail: said, remedy: attempt.remedy)
        } catch {
            return Probe(name: name, ok: false, detail: "\(error)", remedy: attempt.remedy)
        }
    }

    static func powerLoss(_ capability: Capability) -> Probe {
        if let refusal = NamespacesLab.filesystemRefusal {
            return Probe(
                name: capability.rawValue, ok: false, detail: "power loss needs root of the machine",
                remedy: refusal.message)
        }
        return attempt(capability)
    }

    private static let attempts: [Capability: Attempt] = [
        .network: Attempt(
            tools: ["ip", "nsenter"],
            script: """
                ip link add br0 type bridge
                ip addr add 198.18.0.1/24 dev br0
                ip link set br0 up
                ip netns add probe
                ip link add v1 type veth peer name eth0 netns probe
                ip link set v1 master br0 up
                ip -n probe addr add 198.18.0.11/24 dev eth0
                ip -n probe link set eth0 up
                nsenter --net=/run/netns/probe -- true
                """,
            works: "a bridge and a network namespace for each node",
            remedy: "see `rights`; else load the modules bridge and veth (modprobe bridge veth)"),
        .iptables: Attempt(
            tools: ["iptables"],
            script: """
                iptables -w -A INPUT -p tcp --dport 9 -m comment --comment probe -j DROP
                iptables -w -C INPUT -p tcp --dport 9 -m comment --comment probe -j DROP
                iptables -w -A OUTPUT -m statistic --mode random --probability 0.1 -j DROP
                """,
            works: "rules that drop, all or a share",
            remedy: "load the kernel's nf_tables and xt_ modules (modprobe nf_tables xt_statistic xt_comment)"),
        .tc: Attempt(
            tools: ["ip", "tc"],
            script: """
                ip link set lo up
                tc qdisc replace dev lo root handle 1: htb default 1
                tc class replace dev lo parent 1: classid 1:1 htb rate 200kbit
                """,
            works: "queues with a rate (htb)",
            remedy: "load the kernel's queues (modprobe sch_htb)"),
        .netem: Attempt(
            tools: ["ip", "tc"],
            script: """
                ip link set lo up
                tc qdisc replace dev lo root netem delay 10ms
                """,
            works: "delayed packets",
            remedy: "load it (modprobe sch_netem) or use a kernel that has it; faults that delay packets are skipped"),
        .ext4: powerLossAttempt("ext4", make: "mkfs.ext4 -q -F"),
        .xfs: powerLossAttempt("xfs", make: "mkfs.xfs -q"),
    ]

    /// On a file in the attempt's own memory filesystem: device and file go with it, even if it is killed.
    private static func powerLossAttempt(_ kind: String, make: String) -> Attempt {
        Attempt(
            tools: ["mkfs.\(kind)", "xfs_io", "umount", "truncate"],
            script: """
                cd /run
                truncate -s 320M image
                mkdir data
                \(make) image
                mount -t \(kind) -o loop image data
                xfs_io -x -c shutdown data
                if (: > data/probe) 2>/dev/null; then echo "it takes writes after its shutdown" >&2; exit 1; fi
                umount data
                """,
            works: "power loss on \(kind), on a loop device",
            remedy: "load the modules loop and \(kind) (modprobe loop \(kind)); "
                + "in a container, start it with --privileged and pass in /dev/loop-control")
    }
}
