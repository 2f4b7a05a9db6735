import Labs
import Platform
import Testing

@Suite(.serialized, .timeLimit(.minutes(2)))
struct DoctorTests {
    @Test func everyCapabilityIsProbedAndWhatIsMissingHasARemedy() {
        let probes = Doctor.examine()
        #expect(probes.map(\.name) == Capability.allCases.map(\.rawValue))
        for probe in probes {
            #expect(!probe.detail.isEmpty && !probe.detail.contains("\n"), "\(probe)")
            #expect(probe.ok == (probe.remedy == nil), "\(probe)")
        }
    }

    @Test(.enabled(if: Relaunch.refusal == nil, "needs root or user namespaces"))
    func whatTheLabTestsUseIsFound() {
        for capability in [Capability.rights, .network, .iptables] {
            let probe = Doctor.probe(capability)
            #expect(probe.ok, "\(probe)")
        }
        if Inside.isRoot { #expect(Doctor.probe(.ext4).ok && Doctor.probe(.xfs).ok) }
    }

    @Test(.enabled(if: Inside.isRoot, Inside.rootReason))
    func probesLeaveNoDevice() throws {
        func inUse() throws -> [String] {
            try Tool.require("losetup", ["--list", "--noheadings", "--output", "BACK-FILE"]).output
                .split(separator: "\n").map(String.init).filter { $0.contains("/image") }
        }
        _ = Doctor.probe(.xfs)
        #expect(try inUse() == [])
    }

    @Test func resultsInMemoryAreRefused() throws {
        let memory = Doctor.probe(.disk, directory: "/dev/shm")
        #expect(!memory.ok && memory.detail.contains("tmpfs"))
        #expect(!Doctor.probe(.disk, directory: "/no/such/folder").ok)
    }

    @Test func aServerThatIsNamedAndNotThereIsSaidSo() {
        let probe = Doctor.server("/no/such/redis-server")
        #expect(!probe.ok && probe.detail.contains("/no/such/redis-server"))
        #expect(probe.remedy?.contains("apt-get install redis-server") == true)
    }
}
