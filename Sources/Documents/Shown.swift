/// A text of a document as messages show it: in quotes, on one line, without control characters, shortened.
///
/// Messages end up on terminals and in reports; what stands in somebody's file must not be able to steer either.
public func shown(_ text: String) -> String {
    "\"" + printable(text) + "\""
}

/// As `shown`, without the quotes.
func printable(_ text: String) -> String {
    var result = ""
    var count = 0
    for scalar in text.unicodeScalars {
        if count == DocumentLimits.shownCharacters {
            return result + "…"
        }
        count += 1
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned, .privateUse, .surrogate:
            result += scalar.escaped(asASCII: true)
        default:
            result.unicodeScalars.append(scalar)
        }
    }
    return result
}
