import Platform

extension MachineNode {
    public func eraseData() throws(LabError) {
        if let livingPid {
            throw LabError(.process, "\(name): its data is in use by process \(livingPid); end it before erasing")
        }
        do { try Files.removeContents(of: dataDirectory) } catch { throw LabError(.kernel, "\(name): \(error)") }
    }

    public func syncData() throws(LabError) {
        // A plain folder can't lose power, and its filesystem is everyone's.
        guard filesystem != nil else { return }
        do { try Files.syncFilesystem(of: dataDirectory) } catch { throw LabError(.kernel, "\(name): \(error)") }
    }

    public var canLosePower: Bool { filesystem != nil }

    public func shutDownFilesystem() throws(LabError) { try ownFilesystem().shutDown() }

    public func probeWrite() -> String? { LoopFilesystem.probeWrite(in: dataDirectory, durable: false) }

    public func remountFilesystem() throws(LabError) {
        let filesystem = try ownFilesystem()
        if let livingPid {
            throw LabError(.process, "\(name): process \(livingPid) still uses its filesystem; kill it first")
        }
        try filesystem.remount()
    }

    public func fillDisk(leaving bytes: Int64) throws(LabError) { try ownFilesystem().fill(leaving: bytes) }

    public func freeDisk() throws(LabError) { try ownFilesystem().free() }

    private func ownFilesystem() throws(LabError) -> LoopFilesystem {
        if let filesystem { return filesystem }
        throw LabError(.notPermitted, "\(name) has no filesystem of its own that could lose power or be filled")
    }
}
