import Mathematics

/// Finds a number, an expression or a few words, and compares them with the right ones.
struct FreeFormResolver {
    /// A right answer, read once.
    private struct Reference {
        let bare: String
        let words: String
        let isWord: Bool
        let formula: MathAnswer?
        /// Of a factorial, whose mark is no exclamation.
        let factorial: MathAnswer?
        /// Of a time of day, which is no ratio.
        let time: ClockTime?

        init(_ text: String, unit: String?) {
            bare = FreeFormResolver.bare(text)
            words = Plain.words(bare)
            time = ClockTime(words)
            let read = MathAnswer(bare)
            formula = read.flatMap { read in unit.flatMap { read.measured(in: $0) } ?? read }
            isWord = bare.count > 2 && FreeFormResolver.isAllLetters(bare) && read?.isNumber != true
            factorial = text.hasSuffix("!") ? MathAnswer(text).flatMap { $0.isNumber ? $0 : nil } : nil
        }
    }

    private let references: [Reference]
    private let wantsNumber: Bool
    private let question: String?
    private let decimals: Int?

    init(_ exercise: Exercise) {
        question = exercise.question
        let unit = exercise.unit ?? QuestionUnit.name(in: exercise.question)
        references = Self.alternatives(exercise.answer).map { Reference($0, unit: unit) }
        decimals = exercise.answerType == .float ? exercise.precision : nil
        wantsNumber =
            switch exercise.answerType {
            case .integer, .float: true
            case .list, .text: false
            case nil: references.contains { $0.formula?.isNumber == true }
            }
    }

    private static func isAllLetters(_ text: String) -> Bool { text.allSatisfy { $0.isLetter || $0.isWhitespace } }

    /// The right answers of a reference that is a list of them: `['a', 'b']`.
    private static func alternatives(_ answer: String) -> [String] {
        let bare = answer.trimmed
        guard bare.hasPrefix("['") || bare.hasPrefix("[\""), bare.hasSuffix("]") else { return [bare] }
        var parts: [String] = []
        var rest = bare.dropFirst().dropLast()
        while let quote = rest.first, quote == "'" || quote == "\"" {
            rest = rest.dropFirst()
            var part = ""
            while let character = rest.first, character != quote {
                rest = rest.dropFirst()
                // A sign behind a backslash stands for itself.
                if character == "\\", let next = rest.first, next == quote || next == "\\" {
                    part.append(next)
                    rest = rest.dropFirst()
                } else {
                    part.append(character)
                }
            }
            parts.append(part.trimmed)
            rest = rest.dropFirst().drop { $0 == "," || $0.isWhitespace }
        }
        return rest.isEmpty && !parts.isEmpty && parts.allSatisfy { !$0.isEmpty } ? parts : [bare]
    }

    /// What is meant as the answer.
    func answer(in final: FinalText) -> String? {
        for (mark, text) in final.candidates {
            if let factorial = Self.factorial(text, isMarked: mark != .statement) { return factorial }
            let bare = Self.bare(mark == .statement ? Contrast.mended(text) ?? text : text)
            guard !bare.isEmpty else { continue }
            if mark == .none, Sentences.split(text).count == 1,
                Statements.isSupposed(Bytes(text)) || Self.doubts.contains(where: Bytes(text).contains)
            {
                continue
            }
            if isRight(bare) { return bare }
            if let start = bare.range(of: " (")?.lowerBound, !bare.contains(" or "), !bare.contains("(or ") {
                let before = Self.bare(String(bare[..<start]))
                if MathAnswer(before)?.isNumber == true { return before }
            }
            if mark == .none {
                // A formula and nothing more is what it is.
                if wantsNumber, !bare.contains("="), MathAnswer(bare)?.isNumber == true {
                    return bare
                }
                guard let said = conclusion(of: text) else {
                    if bare.count <= 60, !bare.contains(where: \.isNewline), isShort(bare) { return bare }
                    // What the whole does not say its last line does not either.
                    return nil
                }
                return said
            }
            if wantsNumber, MathAnswer(bare) == nil, let number = NumberInProse.only(in: bare, isFree: true) {
                return number
            }
            return bare
        }
        return nil
    }

    private func isShort(_ text: String) -> Bool {
        text.split(whereSeparator: \.isWhitespace).count <= 6 && (!wantsNumber || MathAnswer(text) != nil)
    }

    private static let doubts: [Pattern] = ["perhaps", "i doubt", "maybe"]

    /// A number with the mark of a factorial and nothing more, which in prose is an exclamation.
    private static func factorial(_ text: String, isMarked: Bool) -> String? {
        var bare = text.trimmed
        guard isMarked, bare.utf8.count < 20, bare.utf8.contains(UInt8(ascii: "!")) else { return nil }
        for (open, close) in [("$", "$"), ("\\(", "\\)"), ("**", "**"), ("\\boxed{", "}")]
        where bare.hasPrefix(open) && bare.hasSuffix(close) && bare.count > open.count + close.count {
            bare = String(bare.dropFirst(open.count).dropLast(close.count)).trimmed
        }
        guard bare.hasSuffix("!"), bare.dropLast().allSatisfy({ $0.isASCII && $0.isNumber }), bare.count > 1 else {
            return nil
        }
        return bare
    }

    /// Whether it is right.
    func isRight(_ text: String) -> Bool {
        if let factorial = Self.factorial(text, isMarked: true) {
            return references.contains { reference in
                guard let right = reference.factorial ?? reference.formula else { return false }
                return MathAnswer(factorial)?.isEquivalent(to: right, decimals: decimals) ?? false
            }
        }
        let said = Self.bare(text)
        let words = Plain.words(said)
        if references.contains(where: { $0.factorial == nil && $0.words == words }) { return true }
        if let time = ClockTime(words), references.contains(where: { $0.time == time }) { return true }
        if let ratio = Self.ratio(words), references.contains(where: { $0.bare.contains(":") }) {
            return isRight(ratio)
        }
        let side = Self.sideLeads.first(where: words.hasPrefix).map { String(words.dropFirst($0.count)) }
        if let side, Self.sides.contains(side), references.contains(where: { $0.words == side }) { return true }
        let isAllLetters = Self.isAllLetters(said)
        var formula: MathAnswer??
        return references.contains { reference in
            if let factorial = reference.factorial {
                return MathAnswer(text)?.isEquivalent(to: factorial, decimals: decimals) ?? false
            }
            if reference.time != nil { return false }
            // Words are no products of their letters.
            guard let right = reference.formula, !(reference.isWord && isAllLetters) else { return false }
            let read = formula ?? MathAnswer(said)
            formula = .some(read)
            return read?.isEquivalent(to: right, decimals: decimals) ?? false
        }
    }

    /// What prose that marks no answer comes to.
    private func conclusion(of text: String) -> String? {
        if wantsNumber, let first = firstLine(of: text) { return first }
        let prose = Prose(text, question: question)
        return prose.conclusion {
            said(in: $0)
        } isSame: { one, other in
            if one == other { return true }
            guard let a = MathAnswer(one), let b = MathAnswer(other) else { return false }
            return a.isEquivalent(to: b)
        }
    }

    private func said(in clause: Prose.Clause) -> String? {
        if wantsNumber {
            if let subject = NumberInProse.subject(of: clause.text),
                Prose.isAbout(subject.rest, question: question) || Prose.sharesMeasure(subject.rest, question: question)
            {
                return clause.isOfOtherMeasure ? nil : subject.number
            }
            let number = NumberInProse.said(in: clause.text, isRight: isRight)
            let isOther = UnaskedCount.isOne(number, in: clause.text, question: question) || clause.isOfOtherMeasure
            return clause.concludes || !isOther ? number : nil
        }
        let sentence = Contrast.removed(from: Contrast.turned(clause.text))
        let bytes = Bytes(sentence)
        guard !bytes.hasPrefix("not "), !Statements.isSupposed(bytes),
            !NumberInProse.doubts.contains(where: bytes.contains)
        else { return nil }
        for verb in Self.verbs {
            guard let range = bytes.range(of: verb, last: true) else { continue }
            let said = Self.bare(bytes.text(from: range.upperBound))
            if !said.isEmpty, isRight(said) || said.split(separator: " ").count <= 5 { return said }
        }
        return nil
    }

    private static let verbs: [Pattern] = [
        " is called ", " are called ", " called ", " known as ", " points to ", " is approximately ", " is about ",
        " is ", " are ", " was ", " equals ", " = ", "=", " be ", ": ", " get ", " gives ", " has ", " have ",
        " there ",
        "称为", "叫做", "是", "为",
    ]

    /// The number that the first line is and nothing more, if prose explains it and comes to nothing else.
    private func firstLine(of text: String) -> String? {
        let lines = text.split(whereSeparator: \.isNewline).map { String($0).trimmed }.filter { !$0.isEmpty }
        guard lines.count > 1, let first = lines.first.map(Self.bare), first.utf8.count <= 24,
            first.contains(where: \.isNumber) || NumberInProse.isNumberWord(first), MathAnswer(first)?.isNumber == true,
            !lines[1].hasPrefix("="), lines.dropFirst().allSatisfy({ $0.contains(where: \.isLetter) })
        else { return nil }
        let rest = Prose(lines.dropFirst().joined(separator: "\n"), question: question)
        let differs = rest.clauses.contains { clause in
            guard clause.concludes, let said = said(in: clause), let a = MathAnswer(said), let b = MathAnswer(first)
            else {
                return false
            }
            return !a.isEquivalent(to: b)
        }
        return differs || Contrast.takesBack(lines.dropFirst().joined(separator: "\n")) ? nil : first
    }

    /// `3:2` of "3 to 2".
    private static func ratio(_ words: String) -> String? {
        let parts = words.split(separator: " ")
        guard parts.count == 3, parts[1] == "to", [parts[0], parts[2]].allSatisfy({ $0.allSatisfy(\.isNumber) }) else {
            return nil
        }
        return "\(parts[0]):\(parts[2])"
    }

    private static let sideLeads = ["on the ", "to the ", "at the ", "in the "]
    private static let sides: Set<String> = ["left", "right", "top", "bottom", "middle", "center", "centre"]

    /// Without what stands around it and says how exact it is.
    static func bare(_ text: String) -> String {
        var result = Plain.bare(text)
        for opening in openings where Bytes.hasPrefix(result, opening) {
            result = Plain.bare(String(result.dropFirst(opening.count)))
        }
        return result
    }

    private static let openings = [
        "approximately ", "about ", "roughly ", "around ", "exactly ", "≈", "~", "\\approx", "equal to ", "it is ",
        "it's ",
    ]
}
