import Glibc
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
        let now = AnonymousMemory.now()
        if now > peak.load(ordering: .relaxed) { peak.store(now, ordering: .relaxed) }
    }

    private static func now() -> Int {
        guard let file = fopen("/proc/self/status", "re") else { return 0 }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        while fgets(&line, Int32(line.count), file) != nil {
            let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            guard text.hasPrefix("RssAnon:") else { continue }
            return (Int(text.filter(\.isNumber)) ?? 0) * 1024
        }
        return 0
    }
}
