import Glibc
import Labs
import Platform

/// A Kafka that users bring: a folder with the release's jars, and the Java that runs it.
struct KafkaHome: Sendable {
    static let variable = "KAFKA_HOME"
    static let software = Software(
        name: "kafka", usualImage: "apache/kafka:4.3.1", imageVariable: "HOLDFAST_KAFKA_IMAGE")
    /// Where images have it, unless the setting `server` says otherwise.
    static let usualFolder = "/opt/kafka"

    /// Its folder, there where it runs.
    let path: String
    let version: ServerVersion
    /// The Java program.
    let java: String
    /// All jars in the order of their names: a class-data archive fits only the class path that it was made with.
    let classPath: String
    var origin: Origin = .machine

    /// Where images keep a class-data archive; Java does without if there is none, or one of another class path.
    var ownArchive: String { path + "/kafka.jsa" }

    /// Finds the Kafka that nodes of such a lab have.
    static func find(_ setting: String?, in lab: any LabKind) throws(SystemError) -> KafkaHome {
        let origin: Origin
        do { origin = try lab.origin(of: software) } catch { throw SystemError(.missing, error.message) }
        guard case .image(let image) = origin else { return try find(setting) }
        let folder = setting ?? usualFolder
        let classPath = folder + "/libs/*"
        let words = [noTraces, "-showversion", "-cp", classPath, "kafka.Kafka", "--version"]
        let result: ToolResult
        do { result = try lab.ask(software, "java", words) } catch {
            throw SystemError(.missing, "Java of the image \(image) cannot be run: \(error)")
        }
        // openjdk version "17.0.15" 2025-04-15, and 4.3.1 (Commit:…)
        let quoted = result.errors.split(separator: "\"", omittingEmptySubsequences: false)
        let release = result.output.split(separator: "\n").last?.split(separator: " ").first ?? ""
        guard result.succeeded, quoted.count > 2, release.first?.isNumber == true else {
            throw SystemError(
                .missing,
                "the image \(image) has no Kafka in \(folder) that says its version (\(result.status)): name its folder by "
                    + "the setting `server`, or another image by \(software.imageVariable); it said: "
                    + (result.errors + result.output).suffix(500))
        }
        let version = ServerVersion(path: image, name: "Kafka", version: "\(release) on Java \(quoted[1])")
        return KafkaHome(
            path: folder, version: version, java: "java", classPath: classPath, origin: origin)
    }

    /// Finds Kafka: where the configuration says, else where the environment does, else what `make kafka` fetched.
    static func find(_ setting: String?) throws(SystemError) -> KafkaHome {
        let environment = self.environment(variable)
        guard let path = setting ?? environment ?? fetched() else {
            throw SystemError(
                .missing,
                "there is no Kafka here: set \(variable) to the folder of a release (4.0 or later), or fetch one by "
                    + "`make kafka`")
        }
        let whose = setting != nil ? "the setting `server`" : environment != nil ? variable : "`make kafka`"
        let jars = names(in: path + "/libs").filter { $0.hasSuffix(".jar") }.sorted {
            $0.utf8.lexicographicallyPrecedes($1.utf8)
        }
        guard let version = jars.lazy.compactMap(version(ofJar:)).first else {
            throw SystemError(
                .missing,
                "\(path) is no folder of a Kafka release (\(whose)): libs/ has no kafka-clients jar; set \(variable) "
                    + "to the folder of one, or fetch one by `make kafka`")
        }
        let java = try findJava()
        return KafkaHome(
            path: path,
            version: ServerVersion(path: path, name: "Kafka", version: "\(version) on Java \(java.version)"),
            java: java.path, classPath: jars.map { "\(path)/libs/\($0)" }.joined(separator: ":"))
    }

    private static func environment(_ name: String) -> String? {
        guard let value = getenv(name).map({ String(cString: $0) }), !value.isEmpty else { return nil }
        return value
    }

    /// Names what is kept in the cache by what it was made of.
    static func hash(_ words: String) -> String {
        let hash = words.utf8.reduce(into: UInt64(0xCBF2_9CE4_8422_2325)) { hash, byte in
            hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
        }
        return String(hash, radix: 16)
    }

    private static func fetched() -> String? {
        guard let cache = UserCache.folder else { return nil }
        let found = names(in: cache).filter { $0.hasPrefix("kafka_") && Files.isFolder("\(cache)/\($0)/libs") }
        return found.max().map { "\(cache)/\($0)" }
    }

    private static func names(in folder: String) -> [String] {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            names.append(
                withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) })
        }
        return names
    }

    /// `kafka-clients-4.3.1.jar`
    static func version(ofJar name: String) -> String? {
        guard name.hasPrefix("kafka-clients-"), name.hasSuffix(".jar") else { return nil }
        let version = name.dropFirst("kafka-clients-".count).dropLast(".jar".count)
        return version.allSatisfy({ $0.isNumber || $0 == "." }) && !version.isEmpty ? String(version) : nil
    }

    private static func findJava() throws(SystemError) -> (path: String, version: String) {
        let own = environment("JAVA_HOME").map { $0 + "/bin/java" }
        guard let path = own.flatMap({ Tool.locate($0) }) ?? Tool.locate("java") else {
            throw SystemError(
                .missing, "Kafka runs on Java 17 or later, and there is none here; \(Tool.remedy(for: "java"))")
        }
        let result: ToolResult
        do { result = try Tool.run(path, [noTraces, "-version"], deadline: .seconds(20)) } catch {
            throw SystemError(.missing, "\(path) cannot be run: \(error)")
        }
        // openjdk version "17.0.15" 2025-04-15
        let quoted = (result.errors + result.output).split(separator: "\"", omittingEmptySubsequences: false)
        guard quoted.count > 2, let major = Int(quoted[1].prefix { $0.isNumber }) else {
            throw SystemError(.missing, "\(path) -version says nothing like `version \"17.0.15\"`")
        }
        guard major >= 17 else {
            throw SystemError(
                .missing, "Kafka runs on Java 17 or later, and \(path) is \(quoted[1]); \(Tool.remedy(for: "java"))")
        }
        return (path, String(quoted[1]))
    }

    // MARK: Running

    /// 16 bytes in Kafka's own notation; a cluster that nobody else can reach needs no name of its own.
    static let anyClusterID = "AAAAAAAAAAAAAAAAAAAAAQ"

    /// How every Java of a lab is run: many share a small machine, and none lives long enough for the last optimiser.
    static let virtualMachine = ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto", noTraces]

    /// No folder of counters in /tmp, which one that is killed would leave.
    private static let noTraces = "-XX:-UsePerfData"

    /// A node of a cluster; java is the process itself, so that signals reach the server.
    ///
    /// - Parameters:
    ///   - properties: the node's own file.
    ///   - log: where it writes its log; standard output and error go to `outputFile`.
    ///   - archive: what `KafkaArchive` made, if there is one.
    func program(
        heapMegabytes: Int, properties: String, log: String, outputFile: String, archive: String?,
        options: [String] = []
    ) throws(SystemError) -> Program {
        // By the end of its name Log4j knows what language it is in.
        let logging = "\(log.prefix(upTo: log.lastIndex(of: "/") ?? log.startIndex))/log4j2.properties"
        do { try Files.write(Self.logging, to: logging) } catch { throw SystemError(.lab, "\(error)") }
        var arguments = ["-Xms\(heapMegabytes)m", "-Xmx\(heapMegabytes)m"] + Self.virtualMachine
        if let archive { arguments.append("-XX:SharedArchiveFile=\(archive)") }
        arguments += options
        arguments += ["-Dlog4j2.configurationFile=\(logging)", "-Dkafka.log=\(log)", "-cp", classPath]
        arguments += ["kafka.Kafka", properties]
        return Program(executable: java, arguments: arguments, outputFile: outputFile)
    }

    /// Makes a new node's data directory, as the release's own tool does.
    ///
    /// - Parameter node: whose it is; it has the tool if this machine has not.
    func format(
        clusterID: String, properties: String, features: [(name: String, level: Int)], beside node: (any Node)? = nil
    ) throws(SystemError) {
        var arguments = Self.virtualMachine + ["-Xmx128m", "-cp", classPath, "kafka.tools.StorageTool", "format"]
        arguments += ["-t", clusterID, "-c", properties]
        for feature in features { arguments += ["--feature", "\(feature.name)=\(feature.level)"] }
        do {
            if case .image = origin, let node {
                let result = try node.runBeside(
                    Program(executable: java, arguments: arguments), deadline: .seconds(SystemLimits.formatSeconds),
                    input: nil)
                if !result.succeeded { throw Tool.failure(of: [java] + arguments, result) }
            } else {
                try Tool.require(java, arguments, deadline: .seconds(SystemLimits.formatSeconds))
            }
        } catch {
            throw SystemError(.refused, "Kafka cannot format a data directory with \(properties): \(error)")
        }
    }

    /// One file for each node, whatever the release's own configuration would do.
    private static let logging = """
        # Java's properties for Log4j: one log file for each node.
        status = error
        appender.file.type = File
        appender.file.name = out
        appender.file.fileName = ${sys:kafka.log}
        appender.file.layout.type = PatternLayout
        appender.file.layout.pattern = [%d] %p %m (%c)%n
        rootLogger.level = info
        rootLogger.appenderRef.out.ref = out

        """
}
