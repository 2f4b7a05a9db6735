import Documents

/// As many trials of a cell as it takes to know the share of those that lose events.
public struct Until: Hashable, Sendable {
    /// Half the width of that share's interval (95 %) that is narrow enough.
    public var halfWidth: Double
    public var atMost: Int

    /// `{half-width: 0.1, at-most: 30}`
    init(_ value: Value) throws(Diagnostic) {
        var fields = try Fields(value, of: "until")
        halfWidth = try fields.required("half-width", such: "half-width: 0.1").number(in: 0.001...0.5)
        atMost = try fields.required("at-most", such: "at-most: 30").wholeNumber(in: SuiteReader.trials)
        try fields.finish()
    }
}
