/// Finds what somebody probably meant.
enum Spelling {
    /// The name that is fewest changes away; nil if none is close.
    static func closest(to text: String, among names: [String]) -> String? {
        let limit = max(2, text.count / 3)
        return names.map { (name: $0, changes: changes(text, $0)) }
            .filter { $0.changes <= limit }
            .min { $0.changes < $1.changes }?.name
    }

    /// Letters to insert, remove or replace to get from one to the other.
    private static func changes(_ a: String, _ b: String) -> Int {
        let (a, b) = (Array(a), Array(b))
        var row = Array(0...b.count)
        for i in a.indices {
            var diagonal = row[0]
            row[0] = i + 1
            for j in b.indices {
                let replaced = diagonal + (a[i] == b[j] ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(replaced, row[j] + 1, diagonal + 1)
            }
        }
        return row[b.count]
    }
}
