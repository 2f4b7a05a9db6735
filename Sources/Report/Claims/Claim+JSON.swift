extension Claim: Codable {
    enum CodingKeys: String, CodingKey {
        case id, says, source, claimed, finding, figure, of, against, times, holds
        case onlyIf = "only_if"
        case untestable
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        var figure: Figure?
        if let name = try container.decodeIfPresent(String.self, forKey: .finding) {
            figure = try Figure.parse(finding: name)
        } else if let name = try container.decodeIfPresent(String.self, forKey: .figure) {
            figure = try Figure.parse(figure: name)
        }
        let measure = try figure.map {
            Measure(
                figure: $0, of: try container.decode(CellPattern.self, forKey: .of),
                against: try container.decodeIfPresent(CellPattern.self, forKey: .against),
                times: try container.decodeIfPresent(Int.self, forKey: .times) ?? 1,
                holds: try container.decode(ClaimBounds.self, forKey: .holds))
        }
        try self.init(
            id: try container.decode(String.self, forKey: .id), says: try container.decode(String.self, forKey: .says),
            source: try container.decode(String.self, forKey: .source),
            claimed: try container.decodeIfPresent(String.self, forKey: .claimed), measure: measure,
            onlyIf: try container.decodeIfPresent(Condition.self, forKey: .onlyIf),
            untestable: try container.decodeIfPresent(String.self, forKey: .untestable))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id, forKey: .id)
        try container.encode(says, forKey: .says)
        try container.encode(source, forKey: .source)
        try container.encodeIfPresent(claimed, forKey: .claimed)
        if let measure {
            try container.encode(measure.figure.name, forKey: measure.figure.isFinding ? .finding : .figure)
            try container.encode(measure.of, forKey: .of)
            try container.encodeIfPresent(measure.against, forKey: .against)
            if measure.times > 1 { try container.encode(measure.times, forKey: .times) }
            try container.encode(measure.holds, forKey: .holds)
        }
        try container.encodeIfPresent(onlyIf, forKey: .onlyIf)
        try container.encodeIfPresent(untestable, forKey: .untestable)
    }
}

extension CellPattern: Codable {
    enum CodingKeys: String, CodingKey {
        case configuration, fault
        case row = "description"
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            configuration: Glob(try container.decode(String.self, forKey: .configuration)),
            fault: Glob(try container.decode(String.self, forKey: .fault)),
            row: try container.decodeIfPresent(String.self, forKey: .row).map { Glob($0) })
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(configuration.pattern, forKey: .configuration)
        try container.encode(fault.pattern, forKey: .fault)
        try container.encodeIfPresent(row?.pattern, forKey: .row)
    }
}
