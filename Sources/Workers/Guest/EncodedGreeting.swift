import Foundation

/// The first line of a guest's input, as JSON has it: a property is a field, and one that is nil is not there.
protocol EncodedGreeting: Encodable {}

extension EncodedGreeting {
    func write(into bytes: inout [UInt8]) throws(WorkerError) {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            bytes.append(contentsOf: try encoder.encode(self))
        } catch {
            throw WorkerError("orders that JSON cannot say: \(error)")
        }
        bytes.append(0x0A)
    }
}
