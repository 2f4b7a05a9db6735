public import Foundation
import Glibc

/// Times as this machine's clocks show them, by the pattern of strftime. Foundation knows where the machine is only with
/// all languages and time zones of the world, which the archive leaves out.
public struct LocalTimeFormat: Sendable {
    private let pattern: String

    public init(_ pattern: String) { self.pattern = pattern }

    public func string(from date: Date) -> String {
        var seconds = time_t(date.timeIntervalSince1970.rounded(.down))
        var parts = tm()
        localtime_r(&seconds, &parts)
        return String(unsafeUninitializedCapacity: 64) { buffer in
            buffer.withMemoryRebound(to: CChar.self) { strftime($0.baseAddress!, $0.count, pattern, &parts) }
        }
    }
}
