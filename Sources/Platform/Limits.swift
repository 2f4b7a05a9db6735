/// Bounds of everything that Platform waits for or keeps, in one place.
public enum Limits {
    /// How long a tool may run unless its caller says otherwise.
    public static let toolDeadline: Duration = .seconds(30)
    /// From SIGTERM to SIGKILL, for a tool over its deadline and a process that is asked to end.
    public static let graceful: Duration = .milliseconds(300)
    /// How long the kernel may take to end a process after SIGKILL.
    public static let killed: Duration = .seconds(10)
    /// Bytes kept of a tool's standard output and error together.
    public static let toolOutput = 1 << 20
    /// Bytes of a failed tool's standard error that its error message carries.
    public static let errorTail = 2048
    /// Bytes of a file in /proc.
    public static let procFile = 1 << 20
    /// Levels of folders that a removal or a measurement goes down.
    public static let folderDepth = 64
    /// How long a TCP connection to a server of the lab may take unless its caller says otherwise.
    public static let connect: Duration = .seconds(2)
}
