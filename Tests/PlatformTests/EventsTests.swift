import Glibc
import Platform
import Testing

struct EventsTests {
    @Test func aPollerTellsWhichDescriptorAndWhat() throws {
        let poller = try Poller()
        let event = try EventDescriptor()
        let other = try EventDescriptor()
        try poller.add(event.raw, token: 1)
        try poller.add(other.raw, token: .max)
        var events: [PollEvent] = []
        try poller.wait(timeoutNanoseconds: 0, into: &events)
        #expect(events.isEmpty)
        event.signal()
        event.signal()
        try poller.wait(timeoutNanoseconds: 5_000_000_000, into: &events)
        #expect(events.map(\.token) == [1])
        #expect(events.allSatisfy { $0.isReadable && !$0.isWritable && !$0.isHangUp })
        let (count, rest) = (event.take(), event.take())
        #expect(count == 2 && rest == 0)
        other.signal()
        try poller.wait(timeoutNanoseconds: -1, into: &events)
        #expect(events.map(\.token) == [.max])
        let (fired, again) = (other.take(), other.take())
        #expect(fired == 1 && again == 0)
        try poller.remove(event.raw)
        event.signal()
        try poller.wait(timeoutNanoseconds: 0, into: &events)
        #expect(events.isEmpty)
    }

    @Test func theWaitEndsWithItsTime() throws {
        let poller = try Poller()
        var events = [PollEvent]()
        let began = MonotonicClock.now()
        try poller.wait(timeoutNanoseconds: 3_000_000, into: &events)
        #expect(MonotonicClock.now() - began >= 3_000_000)
    }

    @Test func aWrongDescriptorIsAnError() throws {
        let poller = try Poller()
        #expect(throws: KernelFailure.self) { try poller.add(9999, token: 0) }
        #expect(throws: KernelFailure.self) { try poller.remove(0) }
    }

    @Test func signalsComeThroughADescriptor() throws {
        let signals = try SignalDescriptor([SIGUSR2, SIGWINCH])
        let early = signals.next()
        #expect(early == nil)
        // To this thread: other threads of a test program do not block them.
        pthread_kill(pthread_self(), SIGUSR2)
        #expect(try Sockets.waitReadable(signals.raw, upTo: .seconds(5)))
        let (first, second) = (signals.next(), signals.next())
        #expect(first == SIGUSR2 && second == nil)
    }

    @Test func durationsBecomeNanosecondsAndDoNotOverflow() {
        #expect(Duration.milliseconds(1500).nanoseconds == 1_500_000_000)
        #expect(Duration.nanoseconds(7).nanoseconds == 7)
        #expect(Duration.seconds(Int64.max).nanoseconds == .max)
        #expect(Duration.seconds(Int64.min).nanoseconds == .min)
    }

    @Test func sleepingUntilAMomentDoesNotEndBefore() {
        let moment = MonotonicClock.now() + 2_000_000
        MonotonicClock.sleep(until: moment)
        #expect(MonotonicClock.now() >= moment)
    }
}

struct SocketsTests {
    @Test func nobodyListeningIsRefused() throws {
        let error = #expect(throws: KernelFailure.self) { close(try Sockets.connect("127.0.0.1", port: 1)) }
        #expect(error?.number == ECONNREFUSED)
        #expect(error?.description == "connecting to 127.0.0.1 port 1: ECONNREFUSED: Connection refused")
    }

    @Test func onlyNumericAddressesAreTaken() {
        let error = #expect(throws: KernelFailure.self) { close(try Sockets.connect("localhost", port: 1)) }
        #expect(error?.number == EINVAL)
    }

    @Test func aConnectionStandsWithoutDelayAndBlocks() throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(listener) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let port = try withUnsafeMutablePointer(to: &address) { pointer in
            try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw in
                guard bind(listener, raw, length) == 0, listen(listener, 1) == 0,
                    getsockname(listener, raw, &length) == 0
                else { throw KernelFailure(errno, "listening") }
            }
            return UInt16(bigEndian: pointer.pointee.sin_port)
        }
        let connection = try Sockets.connect("127.0.0.1", port: port)
        defer { close(connection) }
        var noDelay: Int32 = 0
        var size = socklen_t(4)
        getsockopt(connection, Int32(IPPROTO_TCP), TCP_NODELAY, &noDelay, &size)
        #expect(noDelay != 0)
        #expect(fcntl(connection, F_GETFL) & O_NONBLOCK == 0)
        #expect(fcntl(connection, F_GETFD) & FD_CLOEXEC != 0)
        let begun = try Sockets.beginConnect("127.0.0.1", port: port)
        defer { close(begun) }
        #expect(try Sockets.waitWritable(begun, upTo: .seconds(5)))
        #expect(Sockets.connectError(begun) == 0)
    }
}
