import History
import Testing
import Workers

@testable import Systems

struct ReplyScannerTests {
    private func scan(_ text: String) -> ReplyScanner.Result {
        Array(text.utf8).withUnsafeBytes { ReplyScanner.scan($0, from: 0) }
    }

    @Test func everyTypeIsReadInPlace() {
        #expect(scan("+OK\r\n") == .reply(.status(1..<3), end: 5))
        #expect(scan("-ERR no\r\n:") == .reply(.error(1..<7), end: 9))
        #expect(scan(":-42\r\n") == .reply(.integer(-42), end: 6))
        #expect(scan("$3\r\n1-0\r\n") == .reply(.bulk(4..<7), end: 9))
        #expect(scan("$0\r\n\r\n") == .reply(.bulk(4..<4), end: 6))
        #expect(scan("$-1\r\n") == .reply(.nothing, end: 5))
        #expect(scan("*2\r\n:1\r\n") == .reply(.array(2), end: 4))
        #expect(scan("*-1\r\n") == .reply(.nothing, end: 5))
        #expect(scan(":-9223372036854775808\r\n") == .reply(.integer(.min), end: 23))
    }

    @Test func aReplyIsIncompleteUntilItsLastByte() {
        for text in ["+OK\r\n", "-ERR x y\r\n", ":12\r\n", "$15\r\n1700000000000-0\r\n", "$-1\r\n", "*2\r\n"] {
            for count in 0..<text.utf8.count {
                let part = String(decoding: Array(text.utf8.prefix(count)), as: UTF8.self)
                #expect(scan(part) == .incomplete, "\(count) of \(text)")
            }
        }
    }

    @Test(arguments: [
        "OK\r\n", ":\r\n", ":1x\r\n", ":9223372036854775808\r\n", "$x\r\n", "$-2\r\n", "$3\r\n1-0xx", "$99999999\r\n",
        "*-2\r\n", "%1\r\n", "\r\n",
    ])
    func whatIsNoReplyIsMalformed(text: String) {
        #expect(scan(text) == .malformed)
    }

    @Test func aLineWithoutEndIsGivenUp() {
        #expect(scan("-" + String(repeating: "x", count: ReplyScanner.longest)) == .malformed)
    }

    @Test func entryIDsAreTwoNumbers() {
        func parse(_ text: String) -> Position? {
            Array(text.utf8).withUnsafeBytes { EntryID.parse($0, 0..<$0.count) }
        }
        #expect(parse("1700000000000-7") == Position(1_700_000_000_000, 7))
        #expect(parse("18446744073709551615-18446744073709551615") == Position(.max, .max))
        for text in ["", "-", "1", "1-", "-1", "1-2-3", "1-x", "18446744073709551616-0"] { #expect(parse(text) == nil) }
    }
}

struct AnswerParserTests {
    private let reasons = ReasonTable()

    /// Completions of all answers in the text, given byte by byte.
    private func answers(_ text: String, _ ack: String) throws -> [Completion]? {
        let parser = AnswerParser(acknowledgement: try #require(Acknowledgement(ack)), reasons: reasons)
        var progress = AnswerParser.Progress()
        var (pending, found): ([UInt8], [Completion]) = ([], [])
        for byte in text.utf8 {
            pending.append(byte)
            var start = 0
            let result = pending.withUnsafeBytes { parser.take($0, from: &start, &progress) }
            pending.removeFirst(start)
            switch result {
            case .incomplete, .partOfAnswer: break
            case .malformed: return nil
            case .answer(let completion, _), .redirect(let completion, _): found.append(completion)
            }
        }
        return found
    }

    @Test func eachReplyIsOneAnswer() throws {
        let found = try #require(try answers("$3\r\n5-1\r\n$-1\r\n-OOM command not allowed\r\n-WHAT now\r\n", "reply"))
        #expect(found.map(\.outcome) == [.acked, .failed, .failed, .unknown])
        #expect(found[0].position == Position(5, 1) && found[1].position == nil)
        #expect(reasons[found[2].reason] == "OOM command not allowed")
    }

    @Test func waitCountsReplicas() throws {
        let found = try #require(
            try answers(
                "$3\r\n5-1\r\n:2\r\n$3\r\n5-2\r\n:1\r\n-OOM x\r\n:0\r\n$3\r\n5-3\r\n-UNBLOCKED y\r\n", "wait 2 100"))
        #expect(found.map(\.outcome) == [.acked, .unknown, .failed, .unknown])
        #expect(reasons[found[1].reason] == "WAIT: 1 of 2 replicas")
        #expect(found[1].position == nil)
    }

    @Test func waitAOFCountsLocalAndReplicas() throws {
        let found = try #require(
            try answers(
                "$3\r\n5-1\r\n*2\r\n:1\r\n:1\r\n$3\r\n5-2\r\n*2\r\n:0\r\n:1\r\n$3\r\n5-3\r\n-ERR no AOF\r\n",
                "waitaof 1 1"))
        #expect(found.map(\.outcome) == [.acked, .unknown, .unknown])
    }

    @Test(arguments: [
        ("+OK\r\n", "reply"), (":1\r\n", "reply"), ("$2\r\nab\r\n", "reply"), ("$3\r\n5-1\r\n+OK\r\n", "wait 1"),
        ("$3\r\n5-1\r\n:1\r\n", "waitaof 0 1"), ("$3\r\n5-1\r\n*3\r\n", "waitaof 0 1"),
    ])
    func whatIsNoAnswerToOurQuestionIsNotTakenForOne(text: String, ack: String) throws {
        #expect(try answers(text, ack) == nil)
    }

    @Test func acknowledgementsAreWrittenAsSuitesSayThem() {
        #expect(Acknowledgement("reply") == .reply)
        #expect(Acknowledgement("wait 1") == .wait(replicas: 1, milliseconds: 1000))
        #expect(Acknowledgement("WAIT 2 50") == .wait(replicas: 2, milliseconds: 50))
        #expect(Acknowledgement("waitaof 1 0") == .waitAOF(local: 1, replicas: 0, milliseconds: 8000))
        for text in ["", "replies", "reply 1", "wait", "wait x", "wait 1 -5", "waitaof 1"] {
            #expect(Acknowledgement(text) == nil)
        }
        #expect(Acknowledgement("wait 1 250")?.command == Array("*3\r\n$4\r\nWAIT\r\n$1\r\n1\r\n$3\r\n250\r\n".utf8))
    }
}

struct PublisherPartsTests {
    @Test func bytesComeOutAsTheyWentIn() {
        var queue = ByteQueue(capacity: 4)
        var (expected, next): ([UInt8], UInt8) = ([], 0)
        for round in 0..<400 {
            let count = round * 7 % 23
            let room = queue.room(count)
            for index in 0..<count {
                room[index] = next
                expected.append(next)
                next &+= 1
            }
            queue.commit(count)
            let taken = min(queue.count, round * 5 % 19)
            let same = queue.bytes.prefix(taken).elementsEqual(expected.prefix(taken))
            #expect(same)
            expected.removeFirst(taken)
            queue.removeFirst(taken)
        }
        let (rest, count) = (queue.bytes.elementsEqual(expected), queue.count)
        #expect(rest && count == expected.count)
    }

    @Test func aRingKeepsItsOrderWhileItGrows() {
        var ring = RingQueue<Int>()
        var (next, expected) = (0, 0)
        for round in 0..<300 {
            for _ in 0..<(round % 5 + 1) {
                ring.append(next)
                next += 1
            }
            for _ in 0..<(round % 4) {
                #expect(ring.first == expected && ring.removeFirst() == expected)
                expected += 1
            }
        }
        while let element = ring.removeFirst() {
            #expect(element == expected)
            expected += 1
        }
        #expect(expected == next && ring.isEmpty)
    }

    @Test func loadGoesToThisMachineAndToLabsOnly() {
        for text in ["127.0.0.1:6379", "127.9.9.9:1", "[::1]:6379", "198.18.0.10:6379", "198.19.255.255:1"] {
            #expect(ServerAddress(text)?.isOurs == true, "\(text)")
        }
        for text in ["10.0.0.1:6379", "198.17.0.1:1", "198.20.0.1:1", "8.8.8.8:53", "[2001:db8::1]:1", "128.0.0.1:1"] {
            #expect(ServerAddress(text)?.isOurs == false, "\(text)")
        }
        for text in ["", "localhost:6379", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:65536", ":1", "127.1:1"] {
            #expect(ServerAddress(text) == nil, "\(text)")
        }
    }

    @Test func requestsAreWhatTheServerReads() {
        let request = XADDRequest(stream: "s:1", behind: Array("+".utf8))
        for length in [0, 9, 10, 99, 100, 12_345] {
            var buffer = [UInt8](repeating: 0, count: request.length(value: length))
            let taken = buffer.withUnsafeMutableBytes { raw in
                request.write(7, value: length, into: raw) { value in
                    #expect(value.count == length)
                    for index in value.indices { value[index] = 0x78 }
                }
            }
            let words = "*5\r\n$4\r\nXADD\r\n$3\r\ns:1\r\n$1\r\n*\r\n$1\r\ne\r\n$\(length)\r\n"
            #expect(
                String(decoding: buffer.prefix(taken), as: UTF8.self) == words + String(repeating: "x", count: length)
                    + "\r\n+")
        }
    }

    @Test func anEntryMayBearItsEventsNumber() throws {
        let length = RedisSettings.MaxLength("20 acked")
        let request = XADDRequest(stream: "s", maxlen: length, isNumbered: true, behind: [])
        for (seq, id) in [(Int64(0), "1-0"), (8, "9-0"), (9, "10-0"), (Int64(1) << 40, "\((1 << 40) + 1)-0")] {
            var buffer = [UInt8](repeating: 0, count: request.length(value: 1))
            let taken = buffer.withUnsafeMutableBytes { raw in
                request.write(seq, value: 1, into: raw) { $0[0] = 0x78 }
            }
            let head = "*9\r\n$4\r\nXADD\r\n$1\r\ns\r\n$6\r\nMAXLEN\r\n$1\r\n=\r\n$2\r\n20\r\n$5\r\nACKED\r\n"
            let tail = "$\(id.utf8.count)\r\n\(id)\r\n$1\r\ne\r\n$1\r\nx\r\n"
            #expect(String(decoding: buffer.prefix(taken), as: UTF8.self) == head + tail)
        }
    }

    /// A first try that is refused met another's entry; a repeated one met its own.
    @Test func onlyARepeatedTrysRefusalIsAnAcknowledgement() throws {
        let client = ClientOrders(
            client: "redis", addresses: [], streams: ["s"], ack: "reply", settings: ["ids": "event"])
        var numbered = try #require(NumberedEntries(client, slots: 4))
        let reasons = ReasonTable()
        let refusal = reasons.number(
            "ERR The ID specified in XADD is equal or smaller than the target stream top item")
        let other = reasons.number("MISCONF no room")
        numbered.note(slot: 0, number: 1, seq: 4)
        numbered.note(slot: 1, number: 2, seq: 7)
        numbered.note(slot: 2, number: 2, seq: 8)
        numbered.note(slot: 3, number: 2, seq: 9)
        var done = [
            Completion(slot: 0, outcome: .failed, reason: refusal),
            Completion(slot: 1, outcome: .failed, reason: refusal),
            Completion(slot: 2, outcome: .failed, reason: other),
            Completion(slot: 3, outcome: .unknown, reason: refusal),
        ]
        numbered.settle(&done, from: 0, reasons)
        #expect(done.map(\.outcome) == [.failed, .acked, .failed, .unknown])
        #expect(done[1].position == Position(8, 0) && done[1].reason == 0)
        #expect(
            NumberedEntries(ClientOrders(client: "redis", addresses: [], streams: [], ack: "reply"), slots: 1) == nil)
    }

    @Test func reasonsAreNumberedOnceAndNeverWithoutBound() {
        let reasons = ReasonTable()
        #expect(reasons.number("a b") == reasons.number("a b") && reasons[reasons.number("a b")] == "a b")
        for index in 0..<5_000 { _ = reasons.number("MOVED \(index) 198.18.0.10:6379") }
        #expect(reasons[reasons.number("MOVED 99999 x")] == "MOVED")
    }
}
