import Glibc
import Labs
import Platform
import Testing

@testable import Systems

/// Whether these tests have a Kafka: with KAFKA_HOME set, one that does not work fails them.
let kafkaIsThere = getenv("KAFKA_HOME") != nil
let kafkaIsMissing: Comment = "KAFKA_HOME is not set: make kafka, or set it to the folder of a release"

struct KafkaHomeTests {
    @Test func versionsComeFromTheJarOfTheClients() {
        #expect(KafkaHome.version(ofJar: "kafka-clients-4.3.1.jar") == "4.3.1")
        #expect(KafkaHome.version(ofJar: "kafka-clients-4.3.1-test.jar") == nil)
        #expect(KafkaHome.version(ofJar: "kafka-server-4.3.1.jar") == nil)
    }

    @Test func aFolderWithoutAReleaseIsRefusedWithWhatToDo() {
        let error = #expect(throws: SystemError.self) { try KafkaHome.find("/tmp") }
        #expect(error?.code == .missing)
        #expect(error?.message.contains("/tmp is no folder of a Kafka release (the setting `server`)") == true)
        #expect(error?.message.contains("make kafka") == true)
    }

    /// Made where it is not there yet: the first use of a release on a machine.
    @Test(.enabled(if: kafkaIsThere, kafkaIsMissing), .timeLimit(.minutes(3)))
    func anArchiveIsMadeOnceAndKept() throws {
        let home = try KafkaHome.find(nil)
        let path = try #require(try KafkaArchive(home: home).path(patience: TestPatience()))
        var made = stat()
        #expect(stat(path, &made) == 0 && made.st_size > 1 << 20)
        #expect(try KafkaArchive(home: home).path(patience: TestPatience()) == path)
        var again = stat()
        #expect(stat(path, &again) == 0 && again.st_ino == made.st_ino)
    }
}
