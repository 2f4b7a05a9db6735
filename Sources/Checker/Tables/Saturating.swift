extension Int64 {
    /// The difference, held within what 64 bits can say.
    func minus(_ other: Int64) -> Int64 {
        let (difference, overflow) = subtractingReportingOverflow(other)
        return !overflow ? difference : self < 0 ? .min : .max
    }
}
