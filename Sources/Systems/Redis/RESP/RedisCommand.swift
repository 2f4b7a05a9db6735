import CHiredis

/// A command as it goes to the server.
enum RedisCommand {
    static func encode(_ words: [String]) -> [UInt8] { encode(words.map { Array($0.utf8) }) }

    static func encode(_ words: [[UInt8]]) -> [UInt8] {
        precondition(!words.isEmpty, "a command has a name")
        var joined: [CChar] = []
        var lengths: [Int] = []
        for word in words {
            joined.append(contentsOf: word.map(CChar.init(bitPattern:)))
            lengths.append(word.count)
        }
        // An address even where every word is empty.
        joined.append(0)
        return joined.withUnsafeBufferPointer { bytes in
            var offset = 0
            var arguments: [UnsafePointer<CChar>?] = []
            for length in lengths {
                arguments.append(bytes.baseAddress.map { $0 + offset })
                offset += length
            }
            var target: UnsafeMutablePointer<CChar>?
            let length = redisFormatCommandArgv(&target, Int32(words.count), &arguments, lengths)
            guard length > 0, let target else { preconditionFailure("no memory for a command") }
            defer { redisFreeCommand(target) }
            return Array(UnsafeRawBufferPointer(start: target, count: Int(length)))
        }
    }
}
