/// Names of configurations and faults as names of folders.
public enum FileName {
    static let longest = 120

    /// Letters, digits and `._-+=` stay; every run of anything else becomes one `-`; a leading dot or dash goes. Commas and
    /// colons would end a path where servers and tools take lists of them.
    public static func safe(_ name: String) -> String {
        var result = ""
        for scalar in name.unicodeScalars {
            let stays =
                scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
                || "._-+=".unicodeScalars.contains(scalar)
            if stays {
                result.unicodeScalars.append(scalar)
            } else if result.last != "-" {
                result += "-"
            }
        }
        while let first = result.first, first == "." || first == "-" { result.removeFirst() }
        while result.last == "-" { result.removeLast() }
        while result.utf8.count > longest { result.removeLast() }
        return result.isEmpty ? "_" : result
    }
}
