public import Documents
public import Labs
public import Workload

/// A kind of system that a suite can name. A new one is one folder beside `Redis` and one line in `Systems.all`.
public protocol SystemKind: Sendable {
    /// As suites say it: `redis-standalone`.
    var name: String { get }
    var about: String { get }
    var settings: [SettingDescription] { get }
    /// What each form of acknowledgement promises there: (`reply`, `one process has applied it in memory`).
    var acknowledgements: [(form: String, promise: String)] { get }
    /// Checks a configuration of a suite without starting anything; refuses what is wrong, by field.
    func configure(_ text: ConfigurationText) throws(Diagnostic) -> any ConfiguredSystem
    /// Fields of a configuration that only this one has; those of every system that mean nothing there are refused by
    /// `configure`.
    var ownFields: [String] { get }
    /// What consumer groups can be told there; nil: it has none.
    var groupForm: GroupForm? { get }
    /// The server that a configuration gets which names none, if the machine does not have it as a program of its own;
    /// throws what is missing and how to get it. Nil: such a program it is.
    func broughtServer() throws(SystemError) -> ServerVersion?
}

extension SystemKind {
    public var ownFields: [String] { [] }
    public var groupForm: GroupForm? { nil }
    public func broughtServer() throws(SystemError) -> ServerVersion? { nil }
}

/// What means something for the consumer groups of a system, in a suite's words.
public struct GroupForm: Sendable {
    public var acks: [GroupSettings.Ack]
    /// Keys beyond those that every system has (`GroupForm.usual`).
    public var keys: [String]
    /// A name that is somebody else's there.
    public var taken: (name: String, owner: String)?

    public static let usual = ["name", "consumers", "processes", "ack", "processing", "batch", "start", "dead-letter"]

    public init(acks: [GroupSettings.Ack], keys: [String]) { (self.acks, self.keys) = (acks, keys) }
}

public struct SettingDescription: Sendable {
    public var name: String
    public var values: String
    public var usual: String
    public var about: String

    public init(name: String, values: String, usual: String, about: String) {
        (self.name, self.values, self.usual, self.about) = (name, values, usual, about)
    }
}

/// What a suite says of one configuration, as far as its system must understand it.
public struct ConfigurationText: Sendable {
    public var name: String
    /// The mapping under `settings`, nil if absent.
    public var settings: Value?
    public var ack: Value?
    public var retries: Value?
    public var transactions: Value?
    /// Of the kind's own fields those that are there.
    public var own: [String: Value] = [:]
    /// Where to point when something is missing: the configuration itself.
    public var place: Value
    public var agents: Int
    public var inFlight: Int
    /// Where it is to run: what its server can do depends on it.
    public var lab: any LabKind

    /// What the suite writes of one of the settings.
    func setting(_ name: String) -> Value? {
        guard let settings, case .mapping(let fields) = settings.content else { return nil }
        return fields.first { $0.key.text == name }?.value
    }

    public init(
        name: String, settings: Value?, ack: Value?, retries: Value?, transactions: Value? = nil, place: Value,
        agents: Int, inFlight: Int, lab: any LabKind = LabKinds.usual
    ) {
        self.lab = lab
        (self.name, self.settings, self.ack, self.retries) = (name, settings, ack, retries)
        self.transactions = transactions
        (self.place, self.agents, self.inFlight) = (place, agents, inFlight)
    }
}
