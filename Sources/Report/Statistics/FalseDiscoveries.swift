/// Which of many tests found something, when among those that are said to have at most a given share may be chance
/// (Benjamini and Hochberg): a report makes hundreds of comparisons, and one in twenty would otherwise cry wolf.
enum FalseDiscoveries {
    /// The largest probability that still counts, nil if none does.
    static func threshold(_ probabilities: [Double], share: Double) -> Double? {
        let sorted = probabilities.sorted()
        return sorted.enumerated().last { index, probability in
            probability <= share * Double(index + 1) / Double(sorted.count)
        }?.element
    }
}
