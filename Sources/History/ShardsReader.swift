/// Reads the header's `shards`: agents by the shard that their events go to.
enum ShardsReader {
    static func read(_ slot: Slot) throws(LineProblem) -> [History.Shard] {
        guard slot.kind == .object else { throw wrongKind(slot, Field.shards.key, "an object") }
        var shards: [History.Shard] = []
        var names: Set<Name> = []
        var taken: Set<Int64> = []
        var members = MemberList(slot)
        while let (key, value) = try members.next(of: Field.shards.key) {
            let field = "shards.\(key)"
            guard names.insert(Name(key)).inserted else { throw LineProblem(field: field, text: "given twice") }
            guard value.kind == .array else { throw wrongKind(value, field, "an array of agents") }
            var shard = History.Shard(name: Name(key), agents: [])
            var list = ValueList(value)
            while let element = try list.next() {
                let agent = try wholeNumber(element, field, from: .min, to: .max)
                guard taken.insert(agent).inserted else {
                    throw LineProblem(field: field, text: "agent \(agent) is in a shard already")
                }
                shard.agents.append(agent)
            }
            shards.append(shard)
        }
        return shards
    }
}
