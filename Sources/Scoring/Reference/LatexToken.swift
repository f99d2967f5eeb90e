/// A piece of LaTeX that a number is written with, as latex2sympy2-extended divides it.
enum LatexToken: Equatable {
    /// Digits with at most one point.
    case number(String)
    /// A command without its backslash.
    case command(String)
    /// A sign of its own; those that mean the same are one.
    case mark(Unicode.Scalar)
    /// A letter, which has a value where the kit evaluates what it has printed only if it is `a` or `b`.
    case letter(Unicode.Scalar)
    /// What stands in `\\text{...}`, without spaces and parentheses.
    case text(String)

    /// Whether it is a name alone.
    var isSymbol: Bool {
        switch self {
        case .letter(let letter): letter != "e"
        case .text: true
        case .number, .command, .mark: false
        }
    }

    private static let mostDigits = 400
    private static let signs: [Unicode.Scalar: Unicode.Scalar] = [
        "\u{2212}": "-", "\u{2238}": "-", "\u{2214}": "+", "\u{2295}": "+", "\u{229E}": "+", "\u{D7}": "*",
        "\u{22C5}": "*",
        "\u{22C4}": "*", "\u{22A1}": "*", "\u{2217}": "*", "\u{22C6}": "*", "\u{2218}": "*", "\u{2219}": "*",
        "\u{2297}": "*",
        "\u{22A0}": "*", "\u{F7}": "/", "\u{2215}": "/",
    ]
    private static let plain = Set("-+*/:^_()[]{}%,".unicodeScalars)
    /// Commands that mean a sign.
    private static let signCommands: [String: Unicode.Scalar] = [
        "%": "%", "lbrack": "[", "rbrack": "]", "lbrace": "(", "rbrace": ")", "lgroup": "(", "rgroup": ")",
        "times": "*",
        "cdot": "*", "div": "/", "over": "/",
    ]
    private static let spaces: Set<String> = [
        ",", ":", ";", " ", "quad", "qquad", "thinspace", "medspace", "thickspace", "negthinspace", "negmedspace",
        "negthickspace",
    ]

    /// The pieces of a text; nil if it has others.
    static func tokens(_ text: [Unicode.Scalar]) -> [LatexToken]? {
        var result: [LatexToken] = []
        var place = 0
        func isDigit(_ index: Int) -> Bool { index < text.count && ("0"..."9").contains(text[index]) }
        while place < text.count {
            let scalar = text[place]
            if scalar == " " || scalar == "\r" {
                place += 1
            } else if isDigit(place) || (scalar == "." && isDigit(place + 1)) {
                guard let end = end(ofNumber: text, place), end - place <= mostDigits else { return nil }
                result.append(.number(PythonText(Array(text[place..<end])).string))
                place = end
            } else if scalar == "\\" {
                var end = place + 1
                while end < text.count, ("a"..."z").contains(text[end]) { end += 1 }
                if end == place + 1 { end = min(end + 1, text.count) }
                let name = PythonText(Array(text[(place + 1)..<end])).string
                place = end
                if name == "text" {
                    guard let (content, end) = content(text, place) else { return nil }
                    result.append(.text(content))
                    place = end
                } else if !spaces.contains(name) {
                    result.append(signCommands[name].map { .mark($0) } ?? .command(name))
                }
            } else {
                if let sign = signs[scalar] ?? (plain.contains(scalar) ? scalar : nil) {
                    result.append(.mark(sign))
                } else if ("a"..."z").contains(scalar) {
                    result.append(.letter(scalar))
                } else if scalar == "\u{2248}" {
                    result.append(.command("approx"))
                } else {
                    return nil
                }
                place += 1
            }
        }
        return result
    }

    /// Where a number ends: digits, or a point with digits behind it.
    private static func end(ofNumber text: [Unicode.Scalar], _ start: Int) -> Int? {
        var place = start
        func isDigit(_ index: Int) -> Bool { index < text.count && ("0"..."9").contains(text[index]) }
        while isDigit(place) { place += 1 }
        guard place < text.count, text[place] == "." else { return place }
        guard isDigit(place + 1) else { return nil }
        place += 1
        while isDigit(place) { place += 1 }
        return place
    }

    /// What stands in the braces at a place, up to the first that closes, and where it ends.
    private static func content(_ text: [Unicode.Scalar], _ start: Int) -> (String, Int)? {
        var place = start
        if place < text.count, text[place] == " " { place += 1 }
        guard place < text.count, text[place] == "{", let end = text[place...].firstIndex(of: "}") else { return nil }
        let kept = text[(place + 1)..<end].filter { $0 != " " && $0 != "(" && $0 != ")" }
        return (PythonText(Array(kept)).string, end + 1)
    }

    /// Whether the first piece opens what only the last one closes.
    static func isWhole(_ tokens: [LatexToken]) -> Bool {
        var open: [LatexToken] = []
        for (index, token) in tokens.enumerated() {
            switch token {
            case .mark("("): open.append(.mark(")"))
            case .mark("["): open.append(.mark("]"))
            case .mark("{"): open.append(.mark("}"))
            case .command("("): open.append(.command(")"))
            case .command("{"): open.append(.command("}"))
            case .mark(")"), .mark("]"), .mark("}"), .command(")"), .command("}"):
                guard open.popLast() == token else { return false }
                if open.isEmpty { return index == tokens.count - 1 }
            default: break
            }
            if open.isEmpty { return false }
        }
        return false
    }
}
