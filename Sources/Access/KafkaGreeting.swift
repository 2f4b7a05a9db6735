import COpenSSL

/// SASL as Kafka speaks it: the mechanism by SaslHandshake, then its messages by SaslAuthenticate.
struct KafkaGreeting: Greeting {
    private enum Stage { case handshake, plain, scramFirst, scramFinal }

    let mechanism: ClusterFile.Mechanism
    let user: String
    let password: String
    private var stage = Stage.handshake
    private var bytes: [UInt8] = []
    private var correlation: Int32 = 0
    private var scram: Scram?

    init(mechanism: ClusterFile.Mechanism, user: String, password: String) {
        (self.mechanism, self.user, self.password) = (mechanism, user, password)
    }

    private static let handshakeKey: Int16 = 17
    private static let authenticateKey: Int16 = 36

    mutating func first() -> [UInt8] {
        request(Self.handshakeKey, version: 1, Self.string(mechanism.rawValue))
    }

    mutating func take(_ more: [UInt8]) -> GreetingAnswer {
        bytes += more
        guard bytes.count >= 4 else { return .waits }
        let length = Int(Self.number(bytes, at: 0, 4))
        guard length <= 1 << 16 else { return .refused("it does not answer as Kafka does; is it a port with TLS?") }
        guard bytes.count >= 4 + length else { return .waits }
        let body = Array(bytes[8..<(4 + max(4, length))])
        bytes.removeFirst(4 + length)
        guard body.count >= 2 else { return .refused("it answers too little") }
        let error = Int16(truncatingIfNeeded: Self.number(body, at: 0, 2))
        switch stage {
        case .handshake: return shakenHands(error)
        case .plain, .scramFirst, .scramFinal:
            guard let answer = Answer(body), error == 0 else {
                let said = Answer(body)?.message ?? "error \(error)"
                return .refused(
                    "\(said): see `sasl` in the cluster's file: its mechanism and user, and where its password is kept")
            }
            return proceed(answer.bytes)
        }
    }

    private mutating func shakenHands(_ error: Int16) -> GreetingAnswer {
        guard error == 0 else {
            return .refused("its brokers do not offer SASL \(mechanism.rawValue): see `sasl` in the cluster's file")
        }
        if mechanism == .plain {
            stage = .plain
            return .more(authenticate(Array("\0\(user)\0\(password)".utf8)))
        }
        guard let scram = Scram(mechanism, user: user, password: password) else {
            return .refused("this machine has no random numbers for SCRAM")
        }
        (self.scram, stage) = (scram, .scramFirst)
        return .more(authenticate(scram.first))
    }

    private mutating func proceed(_ answer: [UInt8]) -> GreetingAnswer {
        switch stage {
        case .handshake, .plain: return .welcome
        case .scramFirst:
            guard let final = scram?.final(after: answer) else { return .refused("its part of SCRAM cannot be read") }
            stage = .scramFinal
            return .more(authenticate(final))
        case .scramFinal:
            guard scram?.isProven(by: answer) == true else {
                return .refused("it does not prove that it knows the password: it may be somebody else")
            }
            return .welcome
        }
    }

    // MARK: Bytes

    private struct Answer {
        var message: String?
        var bytes: [UInt8]

        /// Error, message, bytes, session (version 1).
        init?(_ body: [UInt8]) {
            var place = 2
            guard body.count >= place + 2 else { return nil }
            let length = Int(Int16(truncatingIfNeeded: KafkaGreeting.number(body, at: place, 2)))
            place += 2
            if length >= 0 {
                guard body.count >= place + length else { return nil }
                message = String(decoding: body[place..<place + length], as: UTF8.self)
                place += length
            }
            guard body.count >= place + 4 else { return nil }
            let count = Int(KafkaGreeting.number(body, at: place, 4))
            place += 4
            guard count >= 0, body.count >= place + count else { return nil }
            bytes = Array(body[place..<place + count])
        }
    }

    private mutating func authenticate(_ message: [UInt8]) -> [UInt8] {
        request(Self.authenticateKey, version: 1, Self.bigEndian(Int32(message.count)) + message)
    }

    private mutating func request(_ key: Int16, version: Int16, _ body: [UInt8]) -> [UInt8] {
        correlation += 1
        let whole =
            Self.bigEndian(key) + Self.bigEndian(version) + Self.bigEndian(correlation) + Self.string("holdfast") + body
        return Self.bigEndian(Int32(whole.count)) + whole
    }

    private static func string(_ text: String) -> [UInt8] { bigEndian(Int16(text.utf8.count)) + Array(text.utf8) }

    private static func bigEndian<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
        withUnsafeBytes(of: number.bigEndian) { Array($0) }
    }

    private static func number(_ bytes: [UInt8], at place: Int, _ count: Int) -> Int32 {
        bytes[place..<place + count].reduce(0) { $0 << 8 | Int32($1) }
    }
}
