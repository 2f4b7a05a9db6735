/// The deliveries that a shard has shown so far, by their numbers: what spans speak of.
struct ShardDeliveries {
    /// The number of the record, doubled; one more for the second of a pair.
    private var places: [UInt64] = []

    var count: Int { places.count }

    mutating func add(record: Int, second: Bool = false) { places.append(UInt64(record) << 1 | (second ? 1 : 0)) }

    /// A delivery that was added before.
    func delivery(_ number: Int, in records: UnsafeBufferPointer<Record>) -> Record? {
        let place = places[number]
        let index = Int(place >> 1)
        if records[index].rawType != ShardFormat.pairType { return records[index] }
        let pair = DeliveryPair.at(index, in: records)
        return place & 1 == 0 ? pair.first : pair.second
    }
}

extension DeliveryPair {
    static func at(_ index: Int, in records: UnsafeBufferPointer<Record>) -> DeliveryPair {
        withUnsafeBytes(of: records[index]) { $0.load(as: DeliveryPair.self) }
    }
}

extension DeliverySpan {
    static func at(_ index: Int, in records: UnsafeBufferPointer<Record>) -> DeliverySpan {
        withUnsafeBytes(of: records[index]) { $0.load(as: DeliverySpan.self) }
    }
}
