import Platform

extension MachineNode {
    public func runInNetwork(_ tool: String, _ arguments: [String]) throws(LabError) -> ToolResult {
        guard let path = Tool.locate(tool) else {
            throw LabError(.toolMissing, "\(tool) is not there; \(Tool.remedy(for: tool))")
        }
        let network = try networkNamespace()
        do { return try Tool.run("nsenter", ["--net=\(network)", "--", path] + arguments) } catch {
            throw LabError(.toolFailed, "\(name): \(error)")
        }
    }

    public func connect(port: UInt16) throws(LabError) -> Int32 {
        try inNetwork { () throws(KernelFailure) in try Sockets.connect("127.0.0.1", port: port) }
    }

    public func beginConnect(to address: String, port: UInt16) throws(LabError) -> Int32 {
        try inNetwork { () throws(KernelFailure) in try Sockets.beginConnect(address, port: port) }
    }

    private func inNetwork(_ body: () throws(KernelFailure) -> Int32) throws(LabError) -> Int32 {
        let network = try networkNamespace()
        do { return try NetworkNamespace.within(network, body) } catch {
            throw LabError(.kernel, "\(name): \(error)")
        }
    }
}
