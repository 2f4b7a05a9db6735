import CLinux
import Glibc

/// A file as a block device.
public struct LoopDevice: ~Copyable {
    public let number: Int32
    private let descriptor: Descriptor

    /// `/dev/loopN`
    public var path: String { "/dev/loop\(number)" }

    /// Attaches an open file to a free device.
    ///
    /// - Parameters:
    ///   - mark: kept with the device, at most 63 bytes, to know it again.
    ///   - clearsItself: the last to close or unmount it lets go of the file, even by being killed; otherwise only
    ///     `detach` does.
    public init(file: Int32, mark: String, clearsItself: Bool = true) throws(KernelFailure) {
        var number: Int32 = -1
        let result = clinux_loop_attach(file, mark, clearsItself ? 1 : 0, &number)
        descriptor = Descriptor(try KernelFailure.check(result, "attaching a loop device"))
        self.number = number
    }

    /// The device is what is mounted there.
    public func isMounted(at path: String) -> Bool {
        let loopMajor: Int64 = 7
        return clinux_device_of(path) == loopMajor << 32 | Int64(number)
    }

    /// Numbers and marks of every device in use on this machine that is marked.
    public static func marked() -> [(number: Int32, mark: String)] {
        let names = (try? Files.names(in: "/sys/block")) ?? []
        return names.compactMap { name -> (number: Int32, mark: String)? in
            guard name.hasPrefix("loop"), let number = Int32(name.dropFirst(4)), let mark = mark(of: number) else {
                return nil
            }
            return (number, mark)
        }
    }

    /// Whether the device lets go of its file with its last user: then it is in use by someone who lives.
    public static func clearsItself(_ number: Int32) -> Bool {
        Files.read("/sys/block/loop\(number)/loop/autoclear", limit: 64)?.hasPrefix("1") ?? false
    }

    /// Lets go of the file; while someone uses the device, only once that one is done.
    public static func detach(_ number: Int32) throws(KernelFailure) {
        let raw = clinux_open(AT_FDCWD, "/dev/loop\(number)", O_RDONLY, 0)
        let device = Descriptor(try KernelFailure.check(raw, "opening /dev/loop\(number)"))
        _ = try KernelFailure.check(clinux_loop_detach(device.raw), "detaching /dev/loop\(number)")
    }

    private static func mark(of number: Int32) -> String? {
        let raw = clinux_open(AT_FDCWD, "/dev/loop\(number)", O_RDONLY, 0)
        guard raw >= 0 else { return nil }
        let device = Descriptor(raw)
        var bytes = [CChar](repeating: 0, count: 64)
        guard clinux_loop_mark(device.raw, &bytes) == 0 else { return nil }
        return String(decoding: bytes.prefix(while: { $0 != 0 }).map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
