import Mathematics

/// What of an answer is meant to be the answer: what stands in `<answer>`, in a box, behind "the answer is", or all of it.
struct FinalText {
    /// How the answer is marked.
    enum Mark {
        /// `<answer>...</answer>`.
        case tag
        /// `\boxed{...}`.
        case box
        /// "The answer is ...", "Answer: ...".
        case statement
        /// A letter that a sentence leads to without calling it the answer: "That leaves C."
        case hint
        /// Nothing: it is the whole text, or its last line.
        case none
    }

    /// The pieces that may hold the answer, the likeliest first.
    let candidates: [(mark: Mark, text: String)]
    /// What was written outside of thoughts.
    let spoken: String

    /// Longer answers are read from their end.
    private static let mostCharacters = 20_000

    /// - Parameters:
    ///   - prediction: the whole answer.
    ///   - hasLetters: whether options have letters, so that a sentence may lead to one.
    init(_ prediction: String, hasLetters: Bool = false) {
        let text = Plain.narrowed(String(prediction.suffix(Self.mostCharacters)))
        spoken = Self.withoutThoughts(text)
        if let tagged = Self.lastTag(spoken) {
            // What is marked as the answer is the answer, whatever else is said.
            candidates = Self.inside(tagged).map { (.tag, $0) }
            return
        }
        if let value = ObjectAnswer.value(in: spoken) {
            candidates = [(.tag, value)]
            return
        }
        var found: [(Mark, String)] = []
        switch Self.boxes(spoken, isWhole: true) {
        case .none: break
        case .some(let box):
            candidates = box.map { [(.box, $0)] } ?? []
            return
        }
        if spoken.range(of: "<answer>", caseInsensitive: true) != nil {
            // The tag was opened and never closed: the answer was cut.
            candidates = []
            return
        }
        switch Statements.last(in: spoken) {
        case .answer(let text): found.append((.statement, text))
        case .contradiction:
            candidates = []
            return
        case .nothing:
            if hasLetters, let letter = LetterHints.last(in: spoken) { found.append((.hint, letter)) }
        }
        if found.isEmpty {
            found.append((.none, spoken.trimmed))
            let lines = spoken.split(whereSeparator: \.isNewline).map { String($0).trimmed }.filter { !$0.isEmpty }
            if lines.count > 1, let last = lines.last { found.append((.none, last)) }
        }
        candidates = found
    }

    /// What follows the last closed thought; nothing of one that is not closed.
    private static func withoutThoughts(_ text: String) -> String {
        if let end = text.range(of: "</think>", caseInsensitive: true, last: true) {
            return String(text[end.upperBound...])
        }
        guard let start = text.range(of: "<think>", caseInsensitive: true) else { return text }
        return String(text[..<start.lowerBound])
    }

    /// What stands in the last closed pair of tags, unless the pairs before say something else at the same breath.
    private static func lastTag(_ text: String) -> String? {
        guard let end = text.range(of: "</answer>", caseInsensitive: true, last: true) else { return nil }
        let before = text[..<end.lowerBound]
        guard let start = before.range(of: "<answer>", caseInsensitive: true, last: true) else { return nil }
        let last = String(before[start.upperBound...]).trimmed
        let earlier = text[..<start.lowerBound]
        guard let close = earlier.range(of: "</answer>", caseInsensitive: true, last: true),
            earlier[close.upperBound...].utf8.count < closeBy,
            let open = earlier[..<close.lowerBound].range(of: "<answer>", caseInsensitive: true, last: true)
        else { return last }
        // Two side by side do not decide, unless they say the same.
        return String(earlier[open.upperBound..<close.lowerBound]).trimmed == last ? last : ""
    }

    /// So many bytes between two answers, and they stand side by side.
    private static let closeBy = 12

    /// The answer within a tag may be in a box or behind "the answer is" again.
    private static func inside(_ text: String) -> [String] {
        if case .some(let box) = boxes(text) { return box.map { [$0] } ?? [] }
        switch Statements.last(in: text) {
        case .answer(let stated): return [text, stated]
        case .contradiction: return []
        case .nothing: return [text]
        }
    }

    /// What stands in the last box; nil within if several stand side by side and differ; nil if there is none.
    private static func boxes(_ text: String, isWhole: Bool = false, mark name: String = "\\boxed{") -> String?? {
        var found: [(text: String, range: Range<String.Index>)] = []
        var hasBox = false
        var rest = text.startIndex
        while let mark = text.range(of: name, from: rest) {
            guard let close = closingBrace(text, mark.upperBound) else { break }
            let range = mark.lowerBound..<text.index(after: close)
            hasBox = true
            if !Attribution.isOthers(range, in: text) {
                found.append((String(text[mark.upperBound..<close]).trimmed, range))
            }
            rest = text.index(after: close)
        }
        guard let last = found.last else {
            if hasBox { return .some(nil) }
            return name == "\\boxed{" ? boxes(text, isWhole: isWhole, mark: "\\fbox{") : .none
        }
        if isWhole, Contrast.takesBack(String(text[last.range.upperBound...])) { return .some(nil) }
        if found.count > 1 {
            let previous = found[found.count - 2]
            let between = text[previous.range.upperBound..<last.range.lowerBound]
            // "\boxed{A} or \boxed{B}" does not decide.
            if previous.text != last.text, between.utf8.count < closeBy { return .some(nil) }
        }
        return .some(last.text)
    }

    private static func closingBrace(_ text: String, _ start: String.Index) -> String.Index? {
        var open = 1
        var place = start
        while place < text.endIndex {
            if text[place] == "{" { open += 1 }
            if text[place] == "}" { open -= 1 }
            if open == 0 { return place }
            place = text.index(after: place)
        }
        return nil
    }
}

extension StringProtocol {
    /// Where another text stands in this one, the first time or the last.
    func range(
        of part: String, caseInsensitive: Bool = false, last: Bool = false, from start: Index? = nil
    ) -> Range<Index>? {
        let wanted = Array(part.utf8)
        let bytes = utf8
        func same(_ a: UInt8, _ b: UInt8) -> Bool {
            a == b || (caseInsensitive && a | 32 == b | 32 && (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(a | 32))
        }
        func end(_ place: Index) -> Index? {
            var place = place
            for byte in wanted {
                guard place < bytes.endIndex, same(bytes[place], byte) else { return nil }
                place = bytes.index(after: place)
            }
            return place
        }
        guard let first = wanted.first else { return nil }
        var found: Range<Index>?
        var place = start ?? startIndex
        while place < bytes.endIndex {
            if same(bytes[place], first), let end = end(place) {
                found = place..<end
                if !last { return found }
            }
            place = bytes.index(after: place)
        }
        return found
    }
}
