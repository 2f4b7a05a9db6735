/// Waits on conditions with deadlines; the harness keeps watching signals, workers and its progress line meanwhile.
public protocol Patience: AnyObject {
    /// True as soon as `condition` is; false if `seconds` passed first. Throws `interrupted` if the run is to end.
    func wait(upTo seconds: Double, until condition: () -> Bool) throws(SystemError) -> Bool
}
