import Testing

@testable import Systems

struct RESPTests {
    private func parse(_ text: String, by size: Int = .max) throws -> [RedisValue] {
        var reader = RedisReader()
        var values: [RedisValue] = []
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let part = rest.prefix(size)
            rest = rest.dropFirst(part.count)
            try part.withUnsafeBytes { try reader.feed($0) }
            while let reply = try reader.next() { values.append(reply.value) }
        }
        return values
    }

    private static let text = "+OK\r\n-ERR no\r\n:-7\r\n$3\r\na\r\n\r\n$-1\r\n*-1\r\n*2\r\n$0\r\n\r\n*1\r\n:1\r\n"
    private static let values: [RedisValue] = [
        .status("OK"), .error("ERR no"), .integer(-7), .bytes(Array("a\r\n".utf8)), .nothing, .nothing,
        .array([.bytes([]), .array([.integer(1)])]),
    ]

    @Test func repliesComeWholeHoweverTheirBytesCome() throws {
        for size in 1...Self.text.utf8.count { #expect(try parse(Self.text, by: size) == Self.values) }
    }

    @Test(arguments: ["hello\r\n", "%1\r\n+a\r\n+b\r\n", String(repeating: "*1\r\n", count: 9) + ":1\r\n"])
    func whatIsNoReplyIsSaid(_ text: String) {
        #expect(throws: RedisReader.Malformed.self) { try parse(text) }
    }

    @Test func commandsCarryAnyBytes() {
        #expect(RedisCommand.encode(["PING"]) == Array("*1\r\n$4\r\nPING\r\n".utf8))
        #expect(
            RedisCommand.encode([Array("SET".utf8), [], [0, 255]])
                == Array("*3\r\n$3\r\nSET\r\n$0\r\n\r\n$2\r\n".utf8) + [0, 255, 13, 10])
    }

    @Test func fieldsOfInfoAreFoundByTheirWholeName() {
        let info = RedisValue.bytes(Array("# Persistence\r\nloading:0\r\nasync_loading:1\r\n".utf8))
        #expect(info.info("loading") == "0")
        #expect(info.info("async_loading") == "1")
        #expect(info.info("load") == nil)
        #expect(info.info("nothing") == nil)
    }
}
