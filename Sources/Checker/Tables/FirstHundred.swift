/// The first hundred of what is offered, in order, each once: the examples of a finding.
struct FirstHundred<Key: Comparable> {
    static var limit: Int { 100 }

    private(set) var keys: [Key] = []

    /// Costs one comparison where keys come in ascending order.
    mutating func offer(_ key: Key) {
        guard let last = keys.last else {
            keys.append(key)
            return
        }
        if last < key {
            if keys.count < Self.limit { keys.append(key) }
            return
        }
        var (low, high) = (0, keys.count)
        while low < high {
            let middle = (low + high) / 2
            if keys[middle] < key { low = middle + 1 } else { high = middle }
        }
        if keys[low] == key { return }
        keys.insert(key, at: low)
        if keys.count > Self.limit { keys.removeLast() }
    }
}
