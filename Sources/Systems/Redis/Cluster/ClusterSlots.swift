/// Which of the 16384 slots of a cluster a key lies in, and names that lie where they are to.
enum ClusterSlots {
    static let count = 16384

    /// Of the key's hash tag, if it has one: what stands between the first `{` and the next `}`.
    static func slot(of key: String) -> Int {
        let bytes = Array(key.utf8)
        var hashed = bytes[...]
        if let open = bytes.firstIndex(of: 0x7B),
            let close = bytes[(open + 1)...].firstIndex(of: 0x7D), close > open + 1
        {
            hashed = bytes[(open + 1)..<close]
        }
        return Int(crc16(hashed)) % count
    }

    /// The slots that a shard has at the start: as even as it goes.
    static func range(ofShard shard: Int, of shards: Int) -> ClosedRange<Int> {
        (shard * count / shards)...((shard + 1) * count / shards - 1)
    }

    /// The first number, from `first` on, that lies in one of these slots when it is a hash tag.
    static func tag(from first: Int = 0, in isOne: (Int) -> Bool) -> Int {
        var tag = first
        while !isOne(Int(crc16(Array(String(tag).utf8)[...])) % count) { tag += 1 }
        return tag
    }

    /// Hash tags for so many streams, one shard after the other: each shard has as many as the others, or one more.
    static func tags(_ streams: Int, shards: Int) -> [Int] {
        tags(streams, among: (0..<shards).map { [range(ofShard: $0, of: shards)] })
    }

    /// - Parameter shards: the slots of each.
    static func tags(_ streams: Int, among shards: [[ClosedRange<Int>]]) -> [Int] {
        var next = [Int](repeating: 0, count: shards.count)
        return (0..<streams).map { stream in
            let shard = stream % shards.count
            let tag = tag(from: next[shard]) { slot in shards[shard].contains { $0.contains(slot) } }
            next[shard] = tag + 1
            return tag
        }
    }

    /// CRC-16 as XMODEM has it: polynomial 0x1021, from 0.
    static func crc16(_ bytes: ArraySlice<UInt8>) -> UInt16 {
        var crc: UInt16 = 0
        for byte in bytes { crc = (crc << 8) ^ table[Int(UInt8(crc >> 8) ^ byte)] }
        return crc
    }

    private static let table: [UInt16] = (0..<256).map { index in
        var crc = UInt16(index) << 8
        for _ in 0..<8 { crc = crc & 0x8000 != 0 ? (crc << 1) ^ 0x1021 : crc << 1 }
        return crc
    }
}
