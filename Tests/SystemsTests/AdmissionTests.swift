import Documents
import Labs
import Testing

@testable import Systems

struct AdmissionTests {
    private func read(_ text: String, in lab: any LabKind) throws -> Admission {
        var fields = try Fields(YAML.read("access: \(text)\n", file: "suite.yml"), of: "a configuration")
        return try Admission.read(try fields.required("access", such: "access: open"), in: lab)
    }

    @Test func serversAreSecuredWhereALabKeepsWhatNobodyMayKeep() throws {
        #expect(try read("secured", in: NamespacesKind()) == .secured)
        #expect(try read("open", in: NamespacesKind()) == .open && read("open", in: DockerKind()) == .open)
        let error = #expect(throws: Diagnostic.self) { try read("secured", in: DockerKind()) }
        #expect(error?.problem.contains("the lab docker has no place for passwords") == true)
        #expect(throws: Diagnostic.self) { try read("tls", in: NamespacesKind()) }
    }
}
