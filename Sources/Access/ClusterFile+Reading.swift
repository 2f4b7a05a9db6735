public import Documents
import Glibc

extension ClusterFile {
    /// Most nodes that a file may name.
    static let mostNodes = 100
    private static let usualPorts: [String: UInt16] = ["kafka": 9092]
    private static let longestCommand: Duration = .seconds(3600)

    /// Reads and checks a file in full. Secrets are not read yet.
    ///
    /// - Parameter verbs: names that verbs have; nil: somebody else has checked them.
    public static func load(_ path: String, verbs: [String]?) throws(Diagnostic) -> ClusterFile {
        let value = try YAML.load(path)
        var fields = try Fields(value, of: "a cluster's file")
        let absolute = path.hasPrefix("/") ? path : workingFolder + "/" + path
        let folder = absolute.lastIndex(of: "/").map { String(absolute[..<$0]) } ?? "/"
        let name = try fields.required("cluster", such: "cluster: orders").name()
        let system = try fields.required("system", such: "system: redis-replicated").word(of: systems)
        var cluster = ClusterFile(path: absolute, name: name, system: system, nodes: [])
        let isKafka = system == "kafka"
        cluster.nodes = try members(
            try fields.required("nodes", such: "nodes: [redis-1.example:6379]"), isKafka ? "broker" : "redis",
            port: usualPorts[system] ?? 6379)
        if system == "redis-standalone", cluster.nodes.count > 1 {
            throw value.diagnostic("redis-standalone is one server", remedy: "name one node, or another system")
        }
        if system == "redis-sentinel" {
            cluster.sentinels = try members(
                try fields.required("sentinels", such: "sentinels: [sentinel-1.example:26379]"), "sentinel", port: 26379
            )
            cluster.primaryName = try fields.required("primary-name", such: "primary-name: mymaster").name()
            if let login = try fields.optional("sentinel-auth") {
                cluster.sentinelLogin = try Login(login, folder: folder)
            }
        }
        if isKafka {
            if let sasl = try fields.optional("sasl") { try cluster.readSASL(sasl, folder: folder) }
        } else if let auth = try fields.optional("auth") {
            cluster.login = try Login(auth, folder: folder)
        }
        if let tls = try fields.optional("tls") { cluster.tls = try TLS(tls, folder: folder) }
        if let most = try fields.optional("most") { cluster.ceiling = try Ceiling(most) }
        for item in try fields.optional("unproven")?.list() ?? [] { cluster.unproven.insert(try item.name()) }
        for (key, commands) in try fields.optional("verbs")?.mapping() ?? [] {
            let verb = try verbs.map { names throws(Diagnostic) in try key.word(of: names) } ?? key.text
            cluster.verbs[verb] = try VerbCommands(commands, verb, longest: longestCommand)
        }
        try fields.finish()
        return cluster
    }

    private static var workingFolder: String {
        guard let path = getcwd(nil, 0) else { return "/" }
        defer { free(path) }
        return String(cString: path)
    }

    private static func members(_ value: Value, _ word: String, port: UInt16) throws(Diagnostic) -> [Member] {
        let items = try value.list()
        guard (1...mostNodes).contains(items.count) else {
            throw value.diagnostic("names \(items.count) nodes", remedy: "from 1 to \(mostNodes)")
        }
        var members: [Member] = []
        for (index, item) in items.enumerated() {
            var text = item
            var called: String?
            if item.isMapping {
                var fields = try Fields(item, of: "a node")
                text = try fields.required("address", such: "address: redis-1.example:6379")
                called = try fields.optional("called")?.name()
                try fields.finish()
            }
            let (host, itsPort) = try place(text, usual: port)
            let member = Member(name: "\(word)-\(index + 1)", called: called ?? host, host: host, port: itsPort)
            guard !members.contains(where: { $0.text == member.text }) else {
                throw text.diagnostic("\(shown(member.text)) is named twice", remedy: "name each node once")
            }
            members.append(member)
        }
        return members
    }

    /// `HOST`, `HOST:PORT`, `[::1]:PORT`.
    private static func place(_ value: Value, usual: UInt16) throws(Diagnostic) -> (String, UInt16) {
        let text = try value.name()
        let remedy = "write HOST:PORT, such as redis-1.example:6379 or [::1]:6379"
        var host = text
        var port = usual
        if let colon = text.lastIndex(of: ":"), text.hasPrefix("[") == (text[..<colon].last == "]") {
            guard let number = UInt16(text[text.index(after: colon)...]), number > 0 else {
                throw value.diagnostic("\(shown(text)) has no such port", remedy: remedy)
            }
            (host, port) = (String(text[..<colon]), number)
        }
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
        if isBracketed { host = String(host.dropFirst().dropLast()) }
        let isHost = host.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || byte == 0x2D || byte == 0x2E || byte == 0x5F || (isBracketed && byte == 0x3A)
        }
        guard !host.isEmpty, isHost, !host.hasPrefix("-") else {
            throw value.diagnostic("\(shown(text)) is no address", remedy: remedy)
        }
        return (host, port)
    }

    private mutating func readSASL(_ value: Value, folder: String) throws(Diagnostic) {
        var fields = try Fields(value, of: "sasl")
        mechanism = try fields.required("mechanism", such: "mechanism: SCRAM-SHA-512").word(of: Mechanism.self)
        let user = try fields.required("user").name()
        login = Login(user: user, password: try Secret(try fields.required("password"), folder: folder))
        try fields.finish()
    }
}

extension ClusterFile.Login {
    init(_ value: Value, folder: String) throws(Diagnostic) {
        var fields = try Fields(value, of: "auth")
        user = try fields.optional("user")?.name()
        password = try Secret(
            try fields.required("password", such: "password: {file: redis-password}"), folder: folder)
        try fields.finish()
    }
}

extension ClusterFile.TLS {
    init(_ value: Value, folder: String) throws(Diagnostic) {
        var fields = try Fields(value, of: "tls")
        func path(_ name: String) throws(Diagnostic) -> String? {
            guard let value = try fields.optional(name) else { return nil }
            let path = FilePath.absolute(try value.name(), from: folder)
            guard access(path, R_OK) == 0 else {
                throw value.diagnostic(
                    "\(path): \(String(cString: strerror(errno)))", remedy: "name a file of PEM that can be read")
            }
            return path
        }
        authority = try path("ca")
        certificate = try path("certificate")
        key = try path("key")
        if let password = try fields.optional("key-password") { keyPassword = try Secret(password, folder: folder) }
        checksNames = try fields.optional("host-names")?.word(of: ["checked", "unchecked"]) != "unchecked"
        try fields.finish()
        guard (certificate == nil) == (key == nil) else {
            throw value.diagnostic("has one of certificate and key", remedy: "give both, or neither")
        }
    }
}

extension ClusterFile.Ceiling {
    init(_ value: Value) throws(Diagnostic) {
        var fields = try Fields(value, of: "most")
        if let rate = try fields.optional("rate") { self.rate = try rate.number(in: 1...10_000_000) }
        if let duration = try fields.optional("duration") { self.duration = try duration.duration() }
        try fields.finish()
    }
}

extension VerbCommands {
    private static let placeholders = ["node", "address", "host", "port", "from"]

    init(_ value: Value, _ verb: String, longest: Duration) throws(Diagnostic) {
        var fields = try Fields(value, of: "a verb's commands")
        run = try Self.vector(try fields.required("run", such: "run: [kubectl, delete, pod, $node]"))
        proof = try Self.vector(
            try fields.required("proof", such: "proof: [/etc/holdfast/is-gone, $node] (no proof, no valid trial)"))
        let heal = try fields.required("heal", such: "heal: [/etc/holdfast/start, $node], or [] if it undoes itself")
        self.heal = try heal.list().isEmpty ? [] : Self.vector(heal)
        within = try fields.optional("within")?.duration(in: .milliseconds(1)...longest) ?? .seconds(60)
        try fields.finish()
    }

    private static func vector(_ value: Value) throws(Diagnostic) -> [String] {
        var words: [String] = []
        for item in try value.list() {
            let word = try item.string()
            if let problem = problem(in: word) {
                throw item.diagnostic(
                    problem, remedy: "known are $node, $address, $host, $port, $from; $$ is a dollar")
            }
            words.append(word)
        }
        guard let first = words.first, !first.isEmpty, !first.contains("$") else {
            throw value.diagnostic("names no program", remedy: "write a program and its arguments: [kubectl, …]")
        }
        return words
    }

    private static func problem(in word: String) -> String? {
        var isUnknown: String?
        _ = filled(word) { name in
            if !placeholders.contains(name) { isUnknown = name }
            return ""
        }
        return isUnknown.map { "there is no $\($0)" }
    }

    private static func filled(_ word: String, _ value: (String) -> String) -> String {
        Dollars.filled(word, isOfName: isOfPlaceholder) { value(String($0)) }
    }

    private static func isOfPlaceholder(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber)
    }

    /// An argument vector for a node; no argument becomes several.
    public static func filled(_ words: [String], for member: ClusterFile.Member, address: String, from: String)
        -> [String]
    {
        words.map { word in
            filled(word) { name in
                switch name {
                case "node": member.called
                case "address": address
                case "host": member.host
                case "port": "\(member.port)"
                case "from": from
                default: "$" + name
                }
            }
        }
    }
}
