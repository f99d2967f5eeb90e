/// How VLMEvalKit finds the option that an answer means (`vlmeval/utils/matching_util.py`, `can_infer`).
struct LetterRule {
    private let choices: [Exercise.Choice]

    init(_ choices: [Exercise.Choice]) { self.choices = choices }

    /// What `can_infer` calls a refusal.
    static let refusal = "Z"

    private static let failure = "Failed to obtain answer via API"
    private static let refusals = [
        "Sorry, I can't help with images of people yet.", "I can't process this file.",
        "I'm sorry, but without the image provided", "Cannot determine the answer",
    ]
    private static let separators = Set(".()[],:;!*#{}".unicodeScalars)

    /// The letter of the option that is meant, `Z` for a refusal, nil if none is found.
    func letter(in prediction: String) -> String? {
        let text = PythonText(prediction)
        return letter(in: text) ?? letterOfText(text)
    }

    private func letter(in text: PythonText) -> String? {
        if PythonText(Self.failure).isPart(of: text) { return nil }
        if Self.refusals.contains(where: { PythonText($0).isPart(of: text) }) { return Self.refusal }
        let words = PythonText(text.scalars.map { Self.separators.contains($0) ? " " : $0 }).words
        let present = choices.filter { words.contains($0.letter) }
        if present.count == 1, let index = words.firstIndex(of: present[0].letter) {
            if index > words.count - 5 { return present[0].letter }
        } else if present.isEmpty, words.contains(Self.refusal) {
            return Self.refusal
        }
        guard let stated = Self.stated(text.scalars), choices.contains(where: { $0.letter == stated }) else {
            return nil
        }
        return stated
    }

    /// The first match of `(?i)(?:correct\s+)?answer\s+is\s+\**([ABCD])\**`.
    private static func stated(_ text: [Unicode.Scalar]) -> String? {
        let answer = Array("answer".unicodeScalars), verb = Array("is".unicodeScalars)
        for start in text.indices {
            guard let end = match(answer, text, start), let gap = spaces(text, end), let after = match(verb, text, gap),
                var place = spaces(text, after)
            else { continue }
            while place < text.count, text[place] == "*" { place += 1 }
            guard place < text.count else { continue }
            switch text[place] {
            case "A"..."D": return String(text[place])
            case "a"..."d": return String(text[place]).uppercased()
            default: continue
            }
        }
        return nil
    }

    /// Where a word ends that stands at a place in either case.
    private static func match(_ word: [Unicode.Scalar], _ text: [Unicode.Scalar], _ start: Int) -> Int? {
        guard start + word.count <= text.count else { return nil }
        for (offset, letter) in word.enumerated() where simple(text[start + offset]) != letter { return nil }
        return start + word.count
    }

    /// A letter without its case, as Python's `re` compares: a long s is an s, a dotless i an i.
    private static func simple(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        switch scalar.value {
        case 0x41...0x5A: Unicode.Scalar(UInt8(scalar.value) + 32)
        case 0x17F: "s"
        case 0x130, 0x131: "i"
        default: scalar
        }
    }

    /// Where white space ends that there must be at a place.
    private static func spaces(_ text: [Unicode.Scalar], _ start: Int) -> Int? {
        var place = start
        while place < text.count, PythonText.isSpace(text[place]) { place += 1 }
        return place > start ? place : nil
    }

    /// The only option whose text stands in the answer, unless the answer is long.
    private func letterOfText(_ text: PythonText) -> String? {
        let answer = text.lowered
        let texts = choices.map { PythonText($0.text) }
        guard answer.scalars.count <= 2 * texts.reduce(0, { $0 + $1.scalars.count }) else { return nil }
        let found = choices.indices.filter { texts[$0].lowered.isPart(of: answer) }
        return found.count == 1 ? choices[found[0]].letter : nil
    }
}
