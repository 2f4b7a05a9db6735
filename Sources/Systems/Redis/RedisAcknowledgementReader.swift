import Documents
import Labs

/// Reads what counts as acknowledged, and refuses what a Redis system of this form can never confirm.
struct RedisAcknowledgementReader {
    let form: RedisForm
    let settings: RedisSettings
    let lab: any LabKind

    func read(_ value: Value) throws(Diagnostic) -> String {
        let text = try value.string()
        switch Acknowledgement(text) {
        case .reply: return "reply"
        case .wait(let replicas, let milliseconds):
            try check(wait: replicas, milliseconds, value)
            return "wait \(replicas) \(milliseconds)"
        case .waitAOF(let local, let replicas, let milliseconds):
            try check(waitAOF: local, replicas, milliseconds, value)
            return "waitaof \(local) \(replicas) \(milliseconds)"
        case nil:
            throw value.diagnostic(
                "\(shown(text)) is not an acknowledgement",
                remedy: form.hasReplicas
                    ? "`reply` (the primary's own answer to XADD), `wait N [MS]` (N replicas have it in memory) or "
                        + "`waitaof L R [MS]` (it is fsynced by the primary and R replicas)"
                    : "`reply` (the server's own answer to XADD) or `waitaof 1 0 [MS]` (its fsync)")
        }
    }

    private func check(wait replicas: Int, _ milliseconds: Int, _ value: Value) throws(Diagnostic) {
        guard form.hasReplicas else {
            throw value.diagnostic(
                "`wait` counts replicas, and `\(form.name)` has none", remedy: "`reply`: the server's own answer")
        }
        try checkCount("wait", replicas, value)
        guard replicas > 0 else {
            throw value.diagnostic("`wait 0` waits for nothing", remedy: "`reply`: the primary's own answer")
        }
        try checkEnd(milliseconds, value, such: "wait \(replicas) 1000")
    }

    private func check(waitAOF local: Int, _ replicas: Int, _ milliseconds: Int, _ value: Value) throws(Diagnostic) {
        if form.hasReplicas {
            try checkCount("waitaof", replicas, value)
            guard local == 1 || (local == 0 && replicas > 0) else {
                throw value.diagnostic(
                    "\(shown(value.text)) waits for nothing that there is",
                    remedy: "`waitaof 1 \(settings.replicas) 8000`: L is 0 or 1, R the number of replicas")
            }
            try checkEnd(milliseconds, value, such: "waitaof \(local) \(replicas) 8000")
        } else {
            guard replicas == 0 else {
                throw value.diagnostic(
                    "`waitaof` is to count \(replicas) replicas, and `\(form.name)` has none",
                    remedy: "`waitaof 1 0`: the server's own fsync")
            }
            guard local == 1, milliseconds > 0 else {
                throw value.diagnostic(
                    "\(shown(value.text)) waits \(local == 1 ? "without end" : "for nothing that there is")",
                    remedy: "`waitaof 1 0 8000`: the server's own fsync, for at most 8000 ms")
            }
        }
        try checkServer(value)
    }

    private func checkCount(_ word: String, _ replicas: Int, _ value: Value) throws(Diagnostic) {
        guard replicas > settings.replicas else { return }
        throw value.diagnostic(
            "`\(word)` is to count \(replicas) replicas, and there are \(settings.replicas): nothing would ever be "
                + "acknowledged",
            remedy: "at most \(settings.replicas), or more `replicas`")
    }

    private func checkEnd(_ milliseconds: Int, _ value: Value, such text: String) throws(Diagnostic) {
        guard milliseconds == 0 else { return }
        throw value.diagnostic("\(shown(value.text)) waits without end", remedy: "a time in ms, such as `\(text)`")
    }

    private func checkServer(_ value: Value) throws(Diagnostic) {
        guard settings.given("appendonly") == "yes" else {
            throw value.diagnostic("`waitaof` needs an append-only file", remedy: "`settings: {appendonly: yes}`")
        }
        // A server that is not there is what the machine lacks, not what is wrong with the suite.
        guard let binary = try? RedisBinary.find(settings.server, in: lab), !binary.has(.waitAOF) else { return }
        throw value.diagnostic(
            "`waitaof` needs Redis 7.2 or Valkey, and \(binary.version.path) is \(binary.version.name) "
                + binary.version.version,
            remedy: "name another server by the setting `server`, or confirm by `reply` with `appendfsync: always`")
    }
}
