/// Lines of the interchange form that are said once: the same words whether a trial writes them as it goes or an
/// export does afterwards.
extension TextBuffer {
    mutating func line(header: History.Header) {
        append("{\"type\":\"history\",\"version\":1,\"run\":")
        append(quoted: header.run.text)
        append(",\"system\":")
        append(quoted: header.system)
        append(",\"configuration\":")
        append(quoted: header.configuration)
        append(",\"fault\":")
        append(quotedOrNull: header.fault)
        append(",\"seed\":")
        append(header.seed)
        append(",\"retries\":")
        append(quoted: header.retries)
        append(header.retention ? ",\"retention\":{}" : ",\"retention\":null")
        if !header.logs.isEmpty {
            append(",\"logs\":{")
            for (index, log) in header.logs.enumerated() {
                if index > 0 { append(",") }
                append(log)
            }
            append("}")
        }
        if !header.shards.isEmpty {
            append(",\"shards\":{")
            for (index, shard) in header.shards.enumerated() {
                if index > 0 { append(",") }
                append(quoted: shard.name.text)
                append(":[")
                for (place, agent) in shard.agents.enumerated() {
                    if place > 0 { append(",") }
                    append(agent)
                }
                append("]")
            }
            append("}")
        }
        append("}\n")
    }

    private mutating func append(_ log: History.Log) {
        append(quoted: log.name.text)
        append(":{\"streams\":")
        append(log.streams)
        if let kinds = log.kinds {
            append(",\"kinds\":")
            append(kinds)
        }
        if log.ofRecord { append(",\"of_record\":true") }
        if log.own { append(",\"own\":true") }
        append(log.retention ? ",\"retention\":{}}" : ",\"retention\":null}")
    }

    private mutating func append(_ names: [Name]) {
        append("[")
        for (index, name) in names.enumerated() {
            if index > 0 { append(",") }
            append(quoted: name.text)
        }
        append("]")
    }

    mutating func line(group: History.Group) {
        append("{\"type\":\"group\",\"group\":")
        append(quoted: group.name.text)
        if group.readCommitted { append(",\"isolation\":\"read_committed\"") }
        if let log = group.log {
            append(",\"log\":")
            append(quoted: log.text)
        }
        if let dead = group.dead {
            append(",\"dead\":")
            append(quoted: dead.text)
        }
        if group.processing { append(",\"processing\":true") }
        append("}\n")
    }

    mutating func line(groupEnd end: History.GroupEnd, form: Position.Form) {
        append("{\"type\":\"group_end\",\"group\":")
        append(quoted: end.group.text)
        append(",\"stream\":")
        append(quoted: end.stream.text)
        append(",\"passed\":")
        if let passed = end.passed { append(passed, form) } else { append("null") }
        append(",\"pending\":[")
        for (index, position) in end.pending.enumerated() {
            if index > 0 { append(",") }
            append(position, form)
        }
        append("]}\n")
    }

    mutating func line(fault: History.FaultRecord) {
        append("{\"type\":\"fault\",\"t\":")
        append(fault.t)
        append(",\"id\":")
        append(fault.id)
        append(",\"action\":")
        append(quoted: fault.action)
        append(",\"node\":")
        append(quotedOrNull: fault.node)
        append(",\"phase\":")
        append(quoted: fault.phase.rawValue)
        append(",\"detail\":")
        append(quotedOrNull: fault.detail)
        append("}\n")
    }

    mutating func line(gapAt t: Int64, worker: String, reason: String) {
        append("{\"type\":\"gap\",\"t\":")
        append(t)
        append(",\"worker\":")
        append(quoted: worker)
        append(",\"reason\":")
        append(quoted: reason)
        append("}\n")
    }

    mutating func line(endAt t: Int64) {
        append("{\"type\":\"end\",\"t\":")
        append(t)
        append("}\n")
    }
}
