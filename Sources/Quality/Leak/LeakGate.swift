/// No leak of the description: the text is to read as direct perception, so nothing in it may betray that words about
/// the picture were read ("the description says", "according to the caption", "as described", "I cannot see the
/// image"), unless the question itself speaks of such words or they stand in the picture.
public struct LeakGate: QualityGate {
    /// ``GateKind/leak``, the name under which it is set and counted.
    public var kind: GateKind { .leak }

    /// A gate without settings: what betrays a description is the same in every data set.
    public init() {}

    /// Looks at a sample.
    /// - Parameter sample: what the stages have made.
    /// - Returns: whether it passes, and why not.
    public func verdict(on sample: SynthesizedSample) -> GateVerdict {
        guard let leak = Self.leak(in: sample.text, question: sample.asked) else { return .pass(kind) }
        return .rejection(kind, "The text betrays that words about the picture were read: “\(leak)”.", evidence: leak)
    }

    /// The first leak in a text.
    /// - Parameters:
    ///   - text: any text.
    ///   - question: what was asked, with its options: what it speaks of is no leak.
    /// - Returns: the words at fault with the rest of their sentence; nil if there are none.
    public static func leak(in text: String, question: String = "") -> String? {
        let words = TextWords(text)
        let asked = AskedWords(question)
        for sentence in words.sentences {
            let clause = LeakSentence(words.tokens[sentence], asked: asked)
            guard let found = clause.leak else { continue }
            let place = sentence.lowerBound + found
            // What leads to the place, and what follows it.
            let start = max(sentence.lowerBound, place - 8)
            return words.excerpt(start..<min(sentence.upperBound, place + 16))
        }
        return nil
    }
}

/// The words of a question.
struct AskedWords: Sendable {
    let words: Set<String>

    init(_ question: String) { words = Set(TextWords(question).words) }

    /// Whether the question speaks of a kind of words itself.
    func speaks(of family: Set<String>) -> Bool { !words.isDisjoint(with: family) }
}
