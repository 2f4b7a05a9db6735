public import Documents
import Faults
public import Labs

extension Suite {
    /// Reads a suite's file, and the faults that it names.
    /// - Parameter ownFaults: the folders of Holdfast's own faults.
    public static func load(
        _ path: String, ownFaults: [String], lab: any LabKind = LabKinds.usual
    ) throws(Diagnostic) -> Suite {
        try read(try YAML.bytes(of: path), path: path, ownFaults: ownFaults, lab: lab)
    }

    /// Reads a suite's text as the file at `path` would hold it.
    public static func read(
        _ bytes: [UInt8], path: String, ownFaults: [String], lab: any LabKind = LabKinds.usual
    ) throws(Diagnostic) -> Suite {
        let document = try YAML.read(bytes, file: path)
        return try SuiteReader.read(
            document, text: String(decoding: bytes, as: UTF8.self), search: FaultSearch(suite: path, own: ownFaults),
            lab: lab)
    }
}
