import Foundation
import Glibc

/// Times as this machine's clocks show them, by the pattern of strftime. `DateFormatter` says the same, and would bring
/// the languages of the world into a program that has all its libraries in it.
struct LocalTimeFormat {
    let pattern: String

    init(_ pattern: String) { self.pattern = pattern }

    func string(from date: Date) -> String {
        var seconds = time_t(date.timeIntervalSince1970)
        var parts = tm()
        localtime_r(&seconds, &parts)
        return String(unsafeUninitializedCapacity: 64) { buffer in
            buffer.withMemoryRebound(to: CChar.self) { strftime($0.baseAddress!, $0.count, pattern, &parts) }
        }
    }
}
