import Glibc
import Labs
import Platform
import Testing

/// From outside: the way in, and the way that each end of it ends.
@Suite(.serialized, .enabled(if: !Relaunch.isInside), .timeLimit(.minutes(3)))
struct RelaunchTests {
    @Test(.enabled(if: Relaunch.refusal == nil, "needs root or user namespaces"))
    func theLabWorksInside() throws {
        let folder = try TemporaryFolder()
        let notes = folder.path + "/notes"
        #expect(try Inside.run("LabInside", notes: notes) == 0)
        #expect(Set(lines(notes)).isSuperset(of: ["plainLab", "verbs", "cut"]))
        if Inside.isRoot { #expect(Set(lines(notes)).isSuperset(of: ["powerLoss ext4", "powerLoss xfs"])) }
    }

    @Test(.enabled(if: Inside.isRoot, Inside.rootReason))
    func nothingIsLeftBehind() throws {
        let folder = try TemporaryFolder()
        #expect(try Inside.run("LeaksInside", notes: folder.path + "/notes") == 0)
        #expect(lines(folder.path + "/notes") == ["leak", "leak"])
    }

    @Test(.enabled(if: Inside.isForOthers, "becomes another user, who must be able to read this program"))
    func theLabWorksWithoutRoot() throws {
        let folder = try TemporaryFolder()
        chmod(folder.path, 0o777)
        let notes = folder.path + "/notes"
        let result = try Tool.run(
            "setpriv",
            ["--reuid=65534", "--regid=65534", "--clear-groups", "--"] + Inside.arguments(filter: "DoorWithoutRoot"),
            deadline: .seconds(120), environment: [Inside.evidence: notes, "HOLDFAST_TEST_DOOR": "1"])
        #expect(result.succeeded, "\(result.output)\(result.errors)")
        #expect(Set(lines(notes)).isSuperset(of: ["plainLab", "verbs", "cut", "refused filesystem"]))
    }

    @Test func whatLiesInRunIsRefused() throws {
        let error = #expect(throws: LabError.self) {
            try Relaunch.enter(arguments: ["x"], protecting: ["/run/user/results/of/a/run"])
        }
        #expect(error?.code == .unsafe)
        #expect(error?.message.contains("/run/user/results") == true)
    }
}

/// Run by `theLabWorksWithoutRoot` as another user.
@Suite(.serialized, .enabled(if: getenv("HOLDFAST_TEST_DOOR") != nil && !Relaunch.isInside), .timeLimit(.minutes(2)))
struct DoorWithoutRoot {
    @Test func leadsIn() throws {
        #expect(!Privileges.isFullRoot)
        #expect(try Relaunch.enter(arguments: Inside.arguments(filter: "LabInside"), protecting: []) == 0)
    }
}
