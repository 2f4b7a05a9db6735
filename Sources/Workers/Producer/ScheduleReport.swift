import Foundation
import Platform

/// How exactly the generator itself kept its schedule: `history/NAME.schedule.json`. All times in nanoseconds.
///
/// The error of an event is the time at which its first attempt had left, less the time at which it could have been
/// begun: when it was due, or when its agent became free to send if that was later. What the broker delays is not in
/// it; what this process, its history or this machine delays is.
public struct ScheduleReport: Codable, Sendable, Equatable {
    public var worker: String
    public var events: UInt64
    public var p50: Int64
    public var p90: Int64
    public var p99: Int64
    public var p999: Int64
    public var max: Int64
    /// Events begun more than `ScheduleReport.limit` late although their agent was free.
    public var behind: Int64
    public var errors: TimeHistogram

    /// Above it a trial says nothing of the broker.
    public static let limit: Int64 = 1_000_000_000

    public init(worker: String, errors: TimeHistogram, behind: Int64) {
        (self.worker, self.errors, self.behind) = (worker, errors, behind)
        events = errors.count
        (p50, p90, p99) = (errors.percentile(0.5), errors.percentile(0.9), errors.percentile(0.99))
        (p999, max) = (errors.percentile(0.999), errors.max)
    }

    /// Replaces the file as a whole.
    func write(to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try Files.write(Array(encoder.encode(self)) + [0x0A], to: path)
    }
}
