import History

/// A worker's shard, whose failures are the worker's: what could not be written down never happened.
extension ShardWriter {
    static func open(of worker: String, at path: String) throws(WorkerError) -> ShardWriter {
        do throws(ShardError) {
            return try ShardWriter(path: path, worker: worker)
        } catch {
            throw WorkerError("\(error)")
        }
    }

    /// All that was appended so far is in the kernel's hands.
    mutating func handOver() throws(WorkerError) {
        do throws(ShardError) { try flush() } catch { throw WorkerError("\(error)") }
    }

    mutating func finish() throws(WorkerError) {
        do throws(ShardError) { try close() } catch { throw WorkerError("\(error)") }
    }
}
