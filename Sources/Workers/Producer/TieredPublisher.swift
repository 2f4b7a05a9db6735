public import History
public import Platform
public import Workload

/// Two publishers as one: events of some kinds go straight to a second log, by a client of its own, all others to the
/// first.
///
/// The second one's descriptors are in a poller of its own, for its tokens may be those of the first.
public final class TieredPublisher<First: Publisher, Second: Publisher>: Publisher {
    private static var token: UInt64 { .max - 1 }
    /// Above it are the second one's reasons.
    private static var reasons: UInt16 { 1 << 15 }

    private let first: First
    private let second: Second
    private let kinds: [EventKind]
    private let poller: Poller
    private var events: [PollEvent] = []
    private var own: [Completion] = []

    /// - Parameter kinds: what goes to the second one.
    public init(_ first: First, _ second: Second, kinds: [EventKind]) throws(WorkerError) {
        (self.first, self.second, self.kinds) = (first, second, kinds)
        do throws(KernelFailure) { poller = try Poller() } catch { throw WorkerError(error.description) }
    }

    public var form: Position.Form { first.form }
    public var isConnected: Bool { first.isConnected && second.isConnected }
    public var nextDeadline: Int64 { min(first.nextDeadline, second.nextDeadline) }

    public func reason(_ number: UInt16) -> String {
        number > Self.reasons ? second.reason(number - Self.reasons) : first.reason(number)
    }

    public func open(_ poller: borrowing Poller, now: Int64) {
        do throws(KernelFailure) { try poller.add(self.poller.descriptor, token: Self.token) } catch {
            preconditionFailure("a poller that cannot be polled: \(error)")
        }
        first.open(poller, now: now)
        second.open(self.poller, now: now)
    }

    public func prepare(_ attempt: Attempt, now: Int64) -> UInt32 {
        kinds.contains(attempt.event.kind)
            ? second.prepare(attempt, now: now) : first.prepare(attempt, now: now)
    }

    public func send(_ poller: borrowing Poller, now: Int64, into completions: inout [Completion]) {
        first.send(poller, now: now, into: &completions)
        second.send(self.poller, now: now, into: &own)
        handOver(into: &completions)
    }

    /// What the second one has completed, its reasons apart from the first one's.
    private func handOver(into completions: inout [Completion]) {
        for var completion in own {
            if completion.reason != 0 { completion.reason += Self.reasons }
            completions.append(completion)
        }
        own.removeAll(keepingCapacity: true)
    }

    public func ready(
        _ event: PollEvent, _ poller: borrowing Poller, now: Int64, into completions: inout [Completion]
    ) {
        guard event.token == Self.token else { return first.ready(event, poller, now: now, into: &completions) }
        do throws(KernelFailure) {
            try self.poller.wait(timeoutNanoseconds: 0, into: &events)
        } catch {
            preconditionFailure("a poller that cannot be asked: \(error)")
        }
        for event in events { second.ready(event, self.poller, now: now, into: &own) }
        handOver(into: &completions)
    }

    public func expire(_ poller: borrowing Poller, now: Int64, into completions: inout [Completion]) {
        if first.nextDeadline <= now { first.expire(poller, now: now, into: &completions) }
        if second.nextDeadline <= now { second.expire(self.poller, now: now, into: &own) }
        handOver(into: &completions)
    }

    /// It is the first one's system that clients are told of.
    public func use(
        addresses: [String], _ poller: borrowing Poller, now: Int64, into completions: inout [Completion]
    ) {
        first.use(addresses: addresses, poller, now: now, into: &completions)
    }

    public func close(_ poller: borrowing Poller, now: Int64, into completions: inout [Completion]) {
        first.close(poller, now: now, into: &completions)
        second.close(self.poller, now: now, into: &own)
        handOver(into: &completions)
    }
}
