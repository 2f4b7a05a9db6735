import History

/// Calls `body` with every record of one type, in file order.
@inline(__always)
func forEach(_ type: RecordType, in views: [View], _ body: (UnsafePointer<Record>, View) -> Void) {
    for view in views where view.mayHave(type) {
        let end = view.records + view.count
        var record = view.records
        while record < end {
            if record.pointee.rawType == type.rawValue { body(record, view) }
            record += 1
        }
    }
}
