/// Values of one figure over several trials.
struct Spread<Value: Comparable & Sendable>: Sendable {
    let lowest: Value
    /// The middle one; of an even number the lower of the two, so that it is a value that was measured.
    let median: Value
    let highest: Value
    let count: Int

    /// Nil without values.
    init?(_ values: [Value]) {
        let sorted = values.sorted()
        guard let first = sorted.first, let last = sorted.last else { return nil }
        (lowest, median, highest, count) = (first, sorted[(sorted.count - 1) / 2], last, sorted.count)
    }
}
