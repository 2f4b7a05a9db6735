/// Bounds on what a document written by a person may be. They are far above any real suite, and keep a hostile or
/// mistaken file (a log given by accident, say) from taking memory and time before it is refused.
public enum DocumentLimits {
    public static let bytes = 1 << 20
    public static let depth = 32
    public static let nodes = 50_000
    /// How much of a text that is wrong a message repeats.
    static let shownCharacters = 60
}
