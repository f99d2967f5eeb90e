/// The pieces of a formula, LaTeX or plain.
enum MathToken: Equatable {
    case number(String)
    /// A letter.
    case letter(Character)
    /// The name of a function, a constant, a command.
    case name(String)
    case mark(Character)
    /// Words of a `\text{...}` or of plain text.
    case word(String)
}

/// Cuts a text into pieces.
struct MathTokens {
    let text: [Unicode.Scalar]
    var place = 0
    var tokens: [MathToken] = []

    /// Longer texts are no answers to be compared as formulas.
    private static let mostCharacters = 2000

    static let functions: Set<String> = [
        "sin", "cos", "tan", "cot", "sec", "csc", "arcsin", "arccos", "arctan", "ln", "log", "lg", "exp", "sqrt", "abs",
    ]
    private static let ignored: Set<String> = [
        "left", "right", "displaystyle", "quad", "qquad", "big", "Big", "bigl", "bigr", "mathstrut", "limits", "!", ",",
        ";", ":", " ",
    ]
    private static let words: Set<String> = [
        "text", "mathrm", "textbf", "mathbf", "textit", "mathit", "operatorname", "mbox", "rm", "textrm",
    ]
    private static let same: [String: MathToken] = [
        "times": .mark("*"), "cdot": .mark("*"), "ast": .mark("*"), "div": .mark("/"), "pi": .name("pi"),
        "infty": .name("infinity"),
        "circ": .mark("°"), "degree": .mark("°"), "%": .mark("%"), "$": .mark("$"), "{": .mark("\u{2774}"),
        "}": .mark("\u{2775}"),
        "lbrace": .mark("\u{2774}"), "rbrace": .mark("\u{2775}"), "le": .mark("≤"), "leq": .mark("≤"), "ge": .mark("≥"),
        "geq": .mark("≥"), "leqslant": .mark("≤"), "geqslant": .mark("≥"), "colon": .mark(":"),
        "lt": .mark("<"), "gt": .mark(">"), "ne": .mark("≠"), "neq": .mark("≠"), "pm": .mark("±"), "cup": .mark("∪"),
        "in": .mark("∈"),
        "vert": .mark("|"), "lvert": .mark("|"), "rvert": .mark("|"), "approx": .mark("≈"), "dfrac": .name("frac"),
        "tfrac": .name("frac"),
        "cfrac": .name("frac"), "frac": .name("frac"), "emptyset": .name("empty"), "varnothing": .name("empty"),
        "lg": .name("log"),
        "to": .mark("→"), "angle": .name("angle"), "triangle": .name("triangle"),
    ]
    private static let plain: [Character: MathToken] = [
        "−": .mark("-"), "–": .mark("-"), "—": .mark("-"), "×": .mark("*"), "·": .mark("*"), "∙": .mark("*"),
        "÷": .mark("/"), "π": .name("pi"),
        "∞": .name("infinity"), "√": .name("sqrt"), "≤": .mark("≤"), "≥": .mark("≥"), "≠": .mark("≠"), "±": .mark("±"),
        "∪": .mark("∪"),
        "∈": .mark("∈"), "≈": .mark("≈"), "°": .mark("°"), "º": .mark("°"), "²": .mark("²"), "³": .mark("³"),
        "½": .mark("½"), "¼": .mark("¼"),
        "¾": .mark("¾"), "∅": .name("empty"), "（": .mark("("), "）": .mark(")"), "，": .mark(","), "∠": .name("angle"),
        "∘": .mark("°"), "→": .mark("→"),
    ]
    /// The ends and the rows of a matrix, as marks that nobody writes.
    static let matrixStart: Character = "⟦", matrixEnd: Character = "⟧", matrixRow: Character = "⏎"
    private static let matrices: Set<String> = [
        "matrix", "pmatrix", "bmatrix", "Bmatrix", "vmatrix", "array", "smallmatrix",
    ]

    /// Cuts a text; nil if something in it is no piece of a formula.
    static func cut(_ text: String) -> [MathToken]? {
        let characters = Array(text.unicodeScalars)
        guard characters.count <= mostCharacters else { return nil }
        var cutter = MathTokens(text: characters)
        while cutter.place < cutter.text.count {
            guard cutter.step() else { return nil }
        }
        return cutter.tokens
    }

    private init(text: [Unicode.Scalar]) { self.text = text }

    /// The characters of a piece.
    func string(_ range: Range<Int>) -> String {
        var result = String.UnicodeScalarView()
        result.append(contentsOf: text[range])
        return String(result)
    }

    private func isLetter(_ index: Int) -> Bool {
        index < text.count && (97...122).contains(text[index].value | 32)
    }

    private func isSpace(_ index: Int) -> Bool { index < text.count && Self.isSpace(text[index]) }

    private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII ? scalar.value == 32 || (9...13).contains(scalar.value) : scalar.properties.isWhitespace
    }

    /// Whether ASCII characters stand at a place.
    func stands(_ mark: StaticString, at index: Int) -> Bool {
        mark.withUTF8Buffer { bytes in
            index + bytes.count <= text.count
                && bytes.indices.allSatisfy { text[index + $0].value == UInt32(bytes[$0]) }
        }
    }

    func isDigit(_ index: Int) -> Bool { index < text.count && index >= 0 && ("0"..."9").contains(text[index]) }

    private mutating func step() -> Bool {
        let character = text[place]
        if isSpace(place) || character == "~" || character == "$" && !isDigit(place + 1) {
            place += 1
            return true
        }
        if isDigit(place) || (character == "." && isDigit(place + 1)) {
            number()
            return true
        }
        if character == "\\" { return command() }
        if let token = pair() {
            tokens.append(.mark(token))
            place += 2
            return true
        }
        if character == "∛" {
            tokens += [.name("sqrt"), .mark("∛")]
            place += 1
            return true
        }
        if superscript() || foreignUnit() { return true }
        if !character.isASCII, let token = Self.plain[Character(character)] {
            tokens.append(token)
            place += 1
            return true
        }
        if isLetter(place) {
            letters()
            return true
        }
        guard "+-*/^_()[]{}=<>,;:|!%$€£.'&".unicodeScalars.contains(character) else { return false }
        if character == ".", place + 1 == text.count {
            // The end of a sentence.
            place += 1
            return true
        }
        tokens.append(.mark(Character(character)))
        place += 1
        return true
    }

    /// A mark that is written as two.
    private func pair() -> Character? {
        guard place + 1 < text.count else { return nil }
        switch (text[place], text[place + 1]) {
        case ("<", "="): return "≤"
        case (">", "="): return "≥"
        case ("*", "*"): return "^"
        default: return nil
        }
    }

    private mutating func command() -> Bool {
        var end = place + 1
        while isLetter(end) { end += 1 }
        if end == place + 1 { end = min(end + 1, text.count) }
        let name = string((place + 1)..<end)
        place = end
        if Self.ignored.contains(name) { return true }
        if name == "\\" {
            tokens.append(.mark(Self.matrixRow))
            return true
        }
        if name == "begin" || name == "end" { return environment(isStart: name == "begin") }
        if Self.words.contains(name) {
            while isSpace(place) { place += 1 }
            guard place < text.count, text[place] == "{", let close = text[place...].firstIndex(of: "}") else {
                return false
            }
            let inside = string((place + 1)..<close).trimmed.replacing("\\Omega", with: "Ω")
            place = close + 1
            if Unit(inside) != nil, inside != "A" || isNumberLast {
                tokens.append(.word(inside))
            } else if case .number? = tokens.last, inside.contains("/"), let inner = Self.cut("1 " + inside) {
                // Units as they stand behind a number.
                tokens += inner.dropFirst()
            } else if let inner = Self.cut(inside),
                inner.count == 1 || inside.contains(where: { !$0.isLetter && !$0.isWhitespace })
            {
                tokens += inner
            } else if !inside.isEmpty {
                tokens.append(.word(inside.lowercased()))
            }
            return true
        }
        if name == "Omega", ohms() { return true }
        if let token = Self.same[name] {
            tokens.append(token)
        } else if Self.functions.contains(name) {
            tokens.append(.name(name))
        } else if name.allSatisfy(\.isLetter) {
            // A Greek letter, or something that is only equal to itself.
            tokens.append(.name("\\" + name))
        } else {
            return false
        }
        return true
    }

    /// Whether a number stands before: then `A` are amperes and no point.
    private var isNumberLast: Bool { if case .number? = tokens.last { true } else { false } }

    /// The beginning or the end of a matrix.
    private mutating func environment(isStart: Bool) -> Bool {
        guard place < text.count, text[place] == "{", let close = text[place...].firstIndex(of: "}"),
            Self.matrices.contains(string((place + 1)..<close))
        else { return false }
        place = close + 1
        tokens.append(.mark(isStart ? Self.matrixStart : Self.matrixEnd))
        return true
    }

    /// A run of letters: the name of a function, a word, or a product of letters.
    private mutating func letters() {
        var end = place
        while isLetter(end) { end += 1 }
        let run = string(place..<end)
        let lower = run.lowercased()
        place = end
        if end < text.count, Self.isOhm(text[end]), Unit(run + "Ω") != nil {
            tokens.append(.word(run + "Ω"))
            place += 1
        } else if Self.functions.contains(lower) {
            tokens.append(.name(lower))
        } else if lower == "pi" {
            tokens.append(.name("pi"))
        } else if ["inf", "infinity", "oo"].contains(lower) {
            tokens.append(.name("infinity"))
        } else if lower == "per" {
            tokens.append(.mark("/"))
        } else if lower == "sq" {
            tokens.append(.word(run))
            if place < text.count, text[place] == "." { place += 1 }
        } else if run.count > 1, run.count > 3 || Unit.isKnown(run) || ["or", "and"].contains(lower) {
            tokens.append(.word(run))
        } else if run.count == 1, isUnitHere(end - 1), Unit(run) != nil {
            tokens.append(.word(run))
        } else {
            tokens += run.map { .letter($0) }
        }
    }
}

extension MathTokens {
    /// Whether a single letter stands where a unit does: behind a number and a space, or under another unit, and last.
    private func isUnitHere(_ index: Int) -> Bool {
        let after = index + 1 < text.count ? text[index + 1] : nil
        guard after.map({ $0.properties.isWhitespace || "^²³/.".unicodeScalars.contains($0) }) ?? true, index > 0 else {
            return false
        }
        if case .mark("/")? = tokens.last, tokens.count > 1, case .word = tokens[tokens.count - 2] { return true }
        // Behind a fraction only metres are likelier than a variable.
        let isBehindFraction = (tokens.last == .mark("}") || tokens.last == .mark("½")) && text[index] == "m"
        guard isSpace(index - 1) else { return false }
        if case .number? = tokens.last { return true }
        return isBehindFraction
    }
}
