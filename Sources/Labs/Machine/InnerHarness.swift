import Glibc
import Platform

/// The harness that was started again where a lab can be made, as the one that the user started sees it.
enum InnerHarness {
    /// Starts a copy of the harness, hands signals on to it, and returns its exit status.
    ///
    /// - Parameters:
    ///   - afterEnd: what is done once it is gone.
    ///   - afterKill: what is done if it could not put things in order itself.
    static func accompany(
        _ start: () throws(LabError) -> Child, afterEnd: () -> Void = {}, afterKill: () -> Void = {}
    ) throws(LabError) -> Int32 {
        let signals = try mapped { () throws(KernelFailure) in try SignalDescriptor(forwarded()) }
        let inner = try start()
        let (status, wasKilled) = try mapped { () throws(KernelFailure) in try wait(for: inner, signals) }
        afterEnd()
        if case .signaled = status { afterKill() } else if wasKilled { afterKill() }
        switch status {
        case .exited(let code): return code
        case .signaled(let signal):
            let cause = signal == SIGKILL ? " (by the kernel if memory ran out: see dmesg)" : ""
            throw LabError(
                .process, "the harness inside the lab was ended by signal \(signal)\(cause); its namespaces are gone")
        }
    }

    /// This process's environment.
    static var environment: [String: String] {
        var found: [String: String] = [:]
        var entry = environ
        while let word = entry.pointee {
            let parts = String(cString: word).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { found[String(parts[0])] = String(parts[1]) }
            entry += 1
        }
        return found
    }

    /// - Returns: how it ended, and whether that was because the user lost patience.
    private static func wait(for inner: Child, _ signals: borrowing SignalDescriptor) throws(KernelFailure)
        -> (ExitStatus, wasKilled: Bool)
    {
        let poller = try Poller()
        try poller.add(inner.pidDescriptor, token: 0)
        try poller.add(signals.raw, token: 1)
        var events: [PollEvent] = []
        var asked: Int32 = 0
        while true {
            try poller.wait(timeoutNanoseconds: -1, into: &events)
            while let signal = signals.next() {
                asked += 1
                inner.send(asked >= Limits.patienceWithUser ? SIGKILL : signal == SIGHUP ? SIGTERM : signal)
                guard asked >= Limits.patienceWithUser else { continue }
                _ = inner.wait(upTo: Platform.Limits.killed)
                return (.exited(128 + signal), true)
            }
            if let status = inner.status { return (status, false) }
        }
    }

    /// Those of the signals that end a program which are not ignored already (`nohup`).
    private static func forwarded() -> [Int32] {
        [SIGINT, SIGTERM, SIGHUP].filter { signal in
            var action = sigaction()
            sigaction(signal, nil, &action)
            let handler = unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
            return handler != unsafeBitCast(SIG_IGN, to: Int.self)
        }
    }

    private static func mapped<Result: ~Copyable>(_ body: () throws(KernelFailure) -> Result) throws(LabError)
        -> Result
    {
        do { return try body() } catch { throw LabError(.kernel, "\(error)") }
    }
}
