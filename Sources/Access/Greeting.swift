/// What a server wants to be told before it takes requests. Pure: bytes in, bytes out.
protocol Greeting {
    mutating func first() -> [UInt8]
    mutating func take(_ bytes: [UInt8]) -> GreetingAnswer
}

enum GreetingAnswer {
    /// The answer is not there in full.
    case waits
    case more([UInt8])
    case welcome
    /// Why it lets nobody in, and what to do.
    case refused(String)
}

/// AUTH, and where there is no password PING: who needs one says so at once.
struct RedisGreeting: Greeting {
    let user: String?
    let password: String?
    /// Where the cluster's file has them.
    let field: String
    private var bytes: [UInt8] = []

    init(user: String?, password: String?, field: String = "auth") {
        (self.user, self.password, self.field) = (user, password, field)
    }

    func first() -> [UInt8] {
        let words = password.map { ["AUTH"] + [user].compactMap { $0 } + [$0] } ?? ["PING"]
        return Array(("*\(words.count)\r\n" + words.map { "$\($0.utf8.count)\r\n\($0)\r\n" }.joined()).utf8)
    }

    mutating func take(_ more: [UInt8]) -> GreetingAnswer {
        bytes += more
        guard bytes.last == 0x0A else { return .waits }
        let line = String(decoding: bytes.dropLast(2), as: UTF8.self)
        if line.hasPrefix("+") { return .welcome }
        let said = String(line.dropFirst())
        // May the user not even ask, it may still do its work.
        if password == nil, said.hasPrefix("NOPERM") { return .welcome }
        switch said.split(separator: " ").first {
        case "NOAUTH":
            return .refused("\(said): it wants a password; name one under `\(field)` in the cluster's file")
        case "WRONGPASS":
            return .refused("\(said): see `\(field)` in the cluster's file: its user, and where its password is kept")
        default: return .refused("it answers \(password == nil ? "PING" : "AUTH"): \(said)")
        }
    }
}
