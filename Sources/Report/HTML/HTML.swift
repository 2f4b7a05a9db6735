/// A piece of HTML or SVG. What goes in as text comes out as text: names of elements and attributes are literals of
/// the source, everything else is escaped on writing, and there is no way around that.
///
/// The output is well-formed XML as well, so that any XML parser can check it.
indirect enum HTML: Sendable {
    case text(String)
    case element(StaticString, [(StaticString, String)], [HTML])
    case fragment([HTML])
    /// The style sheet: a literal, since text inside `<style>` is not escaped.
    case style(StaticString, media: String = "all")

    static func element(
        _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String> = [:], _ children: HTML...
    ) -> HTML {
        .element(name, attributes.map { ($0.key, $0.value) }, children)
    }

    static func element(
        _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String> = [:], all children: [HTML]
    ) -> HTML {
        .element(name, attributes.map { ($0.key, $0.value) }, children)
    }

    static let nothing = HTML.fragment([])

    /// A whole document.
    static func document(_ root: HTML) -> String {
        var text = "<!DOCTYPE html>\n"
        root.write(to: &text)
        return text + "\n"
    }

    private static let void: Set<String> = ["meta", "br", "col", "hr", "line", "path", "rect", "circle", "polyline"]
    private static let block: Set<String> = [
        "head", "body", "main", "header", "footer", "section", "table", "thead", "tbody", "tr", "ul", "ol", "div",
        "details", "svg", "g", "dl",
    ]

    private func write(to text: inout String) {
        switch self {
        case .text(let content): Markup.escape(content, to: &text)
        case .fragment(let children): for child in children { child.write(to: &text) }
        case .style(let sheet, let media):
            text += "<style media=\""
            Markup.escape(media, to: &text)
            text += "\">\n\(sheet)</style>\n"
        case .element(let name, let attributes, let children):
            text += "<\(name)"
            for (key, value) in attributes {
                text += " \(key)=\""
                Markup.escape(value, to: &text)
                text += "\""
            }
            let name = "\(name)"
            if children.isEmpty, Self.void.contains(name) {
                text += "/>"
                return
            }
            text += Self.block.contains(name) ? ">\n" : ">"
            for child in children { child.write(to: &text) }
            text += "</\(name)>"
            if Self.block.contains(name) || ["td", "th", "p", "li", "h1", "h2", "h3", "dd"].contains(name) {
                text += "\n"
            }
        }
    }
}

extension HTML: ExpressibleByStringInterpolation {
    init(stringLiteral value: String) { self = .text(value) }
}

/// Escaping for HTML and XML.
enum Markup {
    /// Characters that XML does not allow, not even escaped, become U+FFFD.
    static func escape(_ content: String, to text: inout String) {
        for scalar in content.unicodeScalars {
            switch scalar {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            case "\"": text += "&quot;"
            case "'": text += "&#39;"
            case "\t", "\n": text.unicodeScalars.append(scalar)
            default: text.unicodeScalars.append(isAllowed(scalar) ? scalar : "\u{FFFD}")
            }
        }
    }

    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20...0x7E, 0xA0...0xD7FF, 0xE000...0xFFFD, 0x10000...0x10FFFF: true
        default: false
        }
    }
}
