/// Texts in which `$NAME` stands for something else; `$$` is a dollar.
public enum Dollars {
    /// - Parameters:
    ///   - isOfName: whether a name goes on with a character.
    ///   - value: what stands for a name, which is empty where a dollar is followed by none.
    public static func filled<Problem: Error>(
        _ text: String, isOfName: (Character) -> Bool, _ value: (Substring) throws(Problem) -> String
    ) throws(Problem) -> String {
        var result = ""
        var rest = text[...]
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            rest = rest[rest.index(after: dollar)...]
            if rest.first == "$" {
                result += "$"
                rest = rest.dropFirst()
                continue
            }
            let name = rest.prefix(while: isOfName)
            result += try value(name)
            rest = rest[name.endIndex...]
        }
        return result + rest
    }
}
