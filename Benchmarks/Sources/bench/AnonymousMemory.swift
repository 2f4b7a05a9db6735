import Glibc
import Platform
import Synchronization

/// Watches how much anonymous memory this process has (RssAnon: what it allocated, and not the files that it has
/// mapped), on a thread of its own.
final class AnonymousMemory: Sendable {
    private let peak = Atomic<Int>(0)
    private let stop = Atomic<Bool>(false)
    private let stopped = Atomic<Bool>(false)

    /// The most bytes that were seen at one moment while `body` ran.
    static func peak(during body: () throws -> Void) rethrows -> Int {
        let watch = AnonymousMemory()
        watch.start()
        defer {
            watch.stop.store(true, ordering: .releasing)
            while !watch.stopped.load(ordering: .acquiring) { usleep(1000) }
        }
        try body()
        watch.look()
        return watch.peak.load(ordering: .relaxed)
    }

    private func start() {
        var thread = pthread_t()
        let context = Unmanaged.passRetained(self).toOpaque()
        let result = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                let watch = Unmanaged<AnonymousMemory>.fromOpaque(context).takeRetainedValue()
                while !watch.stop.load(ordering: .acquiring) {
                    watch.look()
                    usleep(5000)
                }
                watch.stopped.store(true, ordering: .releasing)
                return nil
            }, context)
        precondition(result == 0, "no thread to watch the memory with")
        pthread_detach(thread)
    }

    private func look() {
        let now = Int(Memory.anonymousBytes() ?? 0)
        if now > peak.load(ordering: .relaxed) { peak.store(now, ordering: .relaxed) }
    }
}
