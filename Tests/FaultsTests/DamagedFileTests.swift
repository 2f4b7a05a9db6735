import Documents
import Glibc
import Platform
import Testing

@testable import Faults

/// Which file is damaged, and how.
final class DamagedFileTests {
    private let folder: String

    init() throws {
        var template = Array("/tmp/holdfast-damage-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        folder = String(decoding: template.dropLast().map(UInt8.init), as: UTF8.self)
        try Files.makeFolders(folder + "/deep/er")
    }

    deinit { try? Files.removeTree(folder) }

    /// - Parameter age: seconds since it was written.
    private func file(_ name: String, _ bytes: [UInt8], age: Int) throws {
        try Files.write(bytes, to: "\(folder)/\(name)")
        let time = timespec(tv_sec: 1_000_000 - age, tv_nsec: 0)
        try #require(utimensat(AT_FDCWD, "\(folder)/\(name)", [time, time], 0) == 0)
    }

    private func bytes(_ name: String) -> [UInt8] {
        Array((Files.read("\(folder)/\(name)", limit: 1 << 16) ?? "").utf8)
    }

    private func message(_ pattern: String, _ change: Damage.Change = .cut(bytes: 1)) -> String? {
        do {
            _ = try DamagedFile(matching: pattern, in: folder).apply(change)
            return nil
        } catch {
            return error.message
        }
    }

    @Test func theOneThatWasWrittenLastIsMeant() throws {
        try file("deep/er/log.1.aof", Array("first".utf8), age: 20)
        try file("deep/log.2.aof", Array("second".utf8), age: 10)
        try file("log.3.rdb", Array("third".utf8), age: 0)
        let said = try DamagedFile(matching: "*.aof", in: folder).apply(.cut(bytes: 2))
        #expect(said.hasPrefix("deep/log.2.aof (written last of 2 that match): 2 bytes cut off its end; CRC-32C "))
        #expect(said.hasSuffix(" of 4 bytes"))
        #expect(bytes("deep/log.2.aof") == Array("seco".utf8) && bytes("deep/er/log.1.aof") == Array("first".utf8))
        // A way to it means just that.
        _ = try DamagedFile(matching: "deep/er/*", in: folder).apply(.cut(bytes: 4))
        #expect(bytes("deep/er/log.1.aof") == Array("f".utf8) && bytes("log.3.rdb") == Array("third".utf8))
    }

    @Test func bytesAreInvertedAtAShareOfTheLengthAndNeverBeyondIt() throws {
        try file("a", [0x40, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47], age: 0)
        let said = try DamagedFile(matching: "a", in: folder).apply(.flip(bytes: 2, place: .percent(50)))
        #expect(said.contains("2 bytes inverted at 4"))
        // Twice is as never.
        _ = try DamagedFile(matching: "a", in: folder).apply(.flip(bytes: 2, place: .percent(50)))
        #expect(bytes("a") == Array("@ABCDEFG".utf8))
        #expect(
            try DamagedFile(matching: "a", in: folder).apply(.flip(bytes: 3, place: .percent(100))).contains(
                "3 bytes inverted at 5"))
    }

    @Test func whatIsNoOneFileIsRefused() throws {
        try file("one.aof", [1], age: 5)
        try file("two.aof", [2], age: 5)
        symlink("/etc/hostname", folder + "/link.log")
        #expect(message("*.log") == "damage: no file in the node's data matches *.log")
        #expect(message("*.aof")?.contains("means two.aof and one.aof, written at the same moment") == true)
        #expect(message("one.aof", .cut(bytes: 2))?.contains("has 1 bytes, fewer than the 2 that are meant") == true)
        #expect(message("one.aof", .flip(bytes: 2, place: .percent(0)))?.contains("fewer than the 2") == true)
        #expect(message("one.aof") == nil)
    }
}
