import Platform
import Synchronization

/// Command lines between the thread that ran them and the one that tells them.
final class CommandQueue: Sendable {
    private let records = Mutex<[CommandRecord]>([])

    func add(_ record: CommandRecord) { records.withLock { $0.append(record) } }

    func take() -> [CommandRecord] {
        records.withLock { records in
            defer { records = [] }
            return records
        }
    }
}
