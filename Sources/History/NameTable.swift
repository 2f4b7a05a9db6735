import Glibc

/// Numbers for byte strings, in order of first sight: what keeps a million lines that say "agent-stream-7" at four
/// bytes each.
///
/// Strings are never made on look-up. The hash is seeded per process, so that nobody can write a file whose names all
/// fall into one place; no result depends on it.
struct NameTable: ~Copyable {
    private struct Entry {
        var offset: Int
        var length: Int
        var hash: UInt64
    }

    private var entries: [Entry] = []
    /// Numbers of entries plus 1; 0 is free.
    private var places: [UInt32]
    private var arena: UnsafeMutableRawPointer
    private var capacity: Int
    private var used = 0
    private let seed: UInt64

    init() {
        places = Array(repeating: 0, count: 64)
        capacity = 1 << 12
        arena = .allocate(byteCount: capacity, alignment: 8)
        var hasher = Hasher()
        hasher.combine(1)
        seed = UInt64(truncatingIfNeeded: hasher.finalize())
    }

    deinit { arena.deallocate() }

    var count: Int { entries.count }

    func name(_ number: Int) -> Name {
        let entry = entries[number]
        let bytes = UnsafeRawBufferPointer(start: arena + entry.offset, count: entry.length)
        return Name(String(decoding: bytes, as: UTF8.self))
    }

    @inline(__always)
    func has(_ bytes: UnsafeBufferPointer<UInt8>, at number: Int) -> Bool {
        let entry = entries[number]
        guard entry.length == bytes.count else { return false }
        guard let base = bytes.baseAddress else { return true }
        return memcmp(arena + entry.offset, base, entry.length) == 0
    }

    func find(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        let found = places[place(of: bytes, hash(bytes))]
        return found == 0 ? nil : Int(found) - 1
    }

    /// The number of these bytes, which they get now if they are new.
    mutating func intern(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
        let hash = hash(bytes)
        let index = place(of: bytes, hash)
        if places[index] != 0 { return Int(places[index]) - 1 }
        precondition(entries.count < Int(UInt32.max) - 1, "more than 2^32 names")
        if capacity - used < bytes.count { growArena(bytes.count) }
        if let base = bytes.baseAddress { memcpy(arena + used, base, bytes.count) }
        entries.append(Entry(offset: used, length: bytes.count, hash: hash))
        used += bytes.count
        places[index] = UInt32(entries.count)
        if entries.count * 2 > places.count { growPlaces() }
        return entries.count - 1
    }

    mutating func intern(_ name: Name) -> Int {
        var text = name.text
        // The closure sees self, which the text's own buffer is no part of.
        let copy = text.withUTF8 { Array($0) }
        return copy.withUnsafeBufferPointer { intern($0) }
    }

    private func place(of bytes: UnsafeBufferPointer<UInt8>, _ hash: UInt64) -> Int {
        let mask = places.count - 1
        var index = Int(truncatingIfNeeded: hash) & mask
        while places[index] != 0 {
            let number = Int(places[index]) - 1
            if entries[number].hash == hash, has(bytes, at: number) { return index }
            index = (index + 1) & mask
        }
        return index
    }

    private mutating func growArena(_ count: Int) {
        var larger = capacity
        while larger - used < count { larger *= 2 }
        let next = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 8)
        next.copyMemory(from: arena, byteCount: used)
        arena.deallocate()
        (arena, capacity) = (next, larger)
    }

    private mutating func growPlaces() {
        let mask = places.count * 2 - 1
        var next = [UInt32](repeating: 0, count: mask + 1)
        for (number, entry) in entries.enumerated() {
            var index = Int(truncatingIfNeeded: entry.hash) & mask
            while next[index] != 0 { index = (index + 1) & mask }
            next[index] = UInt32(number + 1)
        }
        places = next
    }

    private func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
        var state = mixed(seed ^ UInt64(bytes.count), 0xA076_1D64_78BD_642F)
        guard let base = bytes.baseAddress else { return state }
        let raw = UnsafeRawPointer(base)
        var offset = 0
        while bytes.count - offset >= 8 {
            state = mixed(state ^ raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self), 0xE703_7ED1_A0B4_28DB)
            offset += 8
        }
        var last: UInt64 = 0
        while offset < bytes.count {
            last = last << 8 | UInt64(base[offset])
            offset += 1
        }
        return mixed(state ^ last ^ seed, 0x8EBC_6AF0_9C88_C6E3)
    }
}

/// Both halves of a product, folded: every bit of the result depends on every bit of `a`.
@inline(__always)
private func mixed(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let product = a.multipliedFullWidth(by: b)
    return product.high ^ product.low
}
