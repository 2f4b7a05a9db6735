import Documents

/// Consumer groups: their form is checked, and a suite that has any is refused until they are built. To run it without
/// them would say something of a system that was not tested so.
enum GroupReader {
    static func check(_ value: Value?) throws(Diagnostic) {
        guard let value else { return }
        for item in try value.list() {
            var fields = try Fields(item, of: "a group")
            _ = try fields.required("name", such: "{name: memory-updater, consumers: 3}").name()
        }
        guard try value.list().isEmpty else {
            throw value.diagnostic(
                "consumer groups are not built yet",
                remedy: "leave groups out: what is produced is audited without them")
        }
    }
}
