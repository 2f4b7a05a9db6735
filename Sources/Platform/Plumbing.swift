import CLinux
import Glibc

/// The descriptors between a child and its owner: our ends, and theirs until it has them.
struct Plumbing: ~Copyable {
    private let command: String
    private var theirs: [Int32] = []
    var inputEnd: Descriptor?
    var outputEnd: Descriptor?
    var errorsEnd: Descriptor?
    private var outputForChild: Int32 = -1

    init(command: String) { self.command = command }

    deinit {
        for descriptor in theirs { close(descriptor) }
    }

    mutating func input(_ input: Child.Input) throws(ToolError) -> Int32 {
        guard input == .pipe else { return -1 }
        let pipe = try Spawn.pipe(command: command)
        theirs.append(pipe.read)
        inputEnd = Descriptor(pipe.write)
        return pipe.read
    }

    mutating func output(_ output: Child.Output) throws(ToolError) -> Int32 {
        let (end, ours) = try open(output)
        if ours >= 0 { outputEnd = Descriptor(ours) }
        outputForChild = end
        return end
    }

    mutating func errors(_ errors: Child.Output) throws(ToolError) -> Int32 {
        if errors == .sameAsOutput { return outputForChild }
        let (end, ours) = try open(errors)
        if ours >= 0 { errorsEnd = Descriptor(ours) }
        return end
    }

    private mutating func open(_ output: Child.Output) throws(ToolError) -> (child: Int32, ours: Int32) {
        switch output {
        case .null, .sameAsOutput: return (-1, -1)
        case .descriptor(let descriptor): return (descriptor, -1)
        case .file(let path):
            let file = clinux_open(AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND, 0o644)
            guard file >= 0 else {
                throw ToolError.kernel(-file, doing: "its output file \(path) can't be opened", command: command)
            }
            theirs.append(file)
            return (file, -1)
        case .pipe:
            let pipe = try Spawn.pipe(command: command)
            theirs.append(pipe.write)
            _ = clinux_set_blocking(pipe.read, 0)
            return (pipe.write, pipe.read)
        }
    }
}
