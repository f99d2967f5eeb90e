import Microworld
import Serving
import Synchronization

/// Finds the question that a request is about: by its picture, or by a text that the oracle itself has written.
final class QuestionFinder: Sendable {
    /// What a request is about.
    struct Found {
        var question: Question
        /// The number of the oracle's text that the request holds.
        var variant: UInt64?
        var scene: Scene { question.scene }
    }

    /// What the oracle can have written about a question.
    private struct Texts {
        var descriptions: [String]
        var reflections: [String]
    }

    private let catalogue: OracleCatalogue
    let oracle: Oracle
    private let variants: Int
    /// What was written about a question, by its number, so as to be known again.
    private let written = Mutex<[Int: Texts]>([:])

    init(_ catalogue: OracleCatalogue, oracle: Oracle, variants: Int) {
        (self.catalogue, self.oracle, self.variants) = (catalogue, oracle, variants)
    }

    /// Finds the question.
    /// - Throws: ``Refusal`` (400) if it is none of the microworld's.
    func find(_ asked: Asked) throws -> Found {
        let text = OracleCatalogue.plain(asked.text)
        guard let picture = asked.picture else { return try find(asked, text) }
        let numbers = catalogue.numbers(about: picture)
        guard let first = numbers.first else {
            throw Refusal.invalid(
                "messages", "The oracle answers only about pictures of the microworld that it was started with.",
                code: "unknown_picture")
        }
        guard let number = catalogue.asked(numbers, in: text).first else {
            // A description is of the picture, whatever is asked.
            if asked.stage == .description { return Found(question: catalogue.questions[first]) }
            throw Refusal.invalid(
                "messages", "The text asks none of the questions that the oracle knows about this picture.",
                code: "unknown_question")
        }
        let variant = asked.stage == .anchors ? texts(number).reflections.firstIndex(in: text) : nil
        return Found(question: catalogue.questions[number], variant: variant)
    }

    /// Finds the question without a picture.
    private func find(_ asked: Asked, _ text: String) throws -> Found {
        guard asked.stage == .reasoning || asked.stage == .anchors else {
            throw Refusal.invalid("messages", "The oracle needs the picture: send it as a data URL.")
        }
        let candidates = catalogue.numbers(askedIn: text)
        guard !candidates.isEmpty else {
            throw Refusal.invalid(
                "messages", "The text asks none of the questions that the oracle knows.", code: "unknown_question")
        }
        // A text of the oracle's is most often a line of its own: equal lines are found sooner than parts of a text.
        let lines = Set(asked.text.split(whereSeparator: \.isNewline).map { OracleCatalogue.plain($0) })
        for isWhole in [true, false] {
            for number in candidates {
                let texts = texts(number)
                let reflection =
                    isWhole ? texts.reflections.firstIndex(among: lines) : texts.reflections.firstIndex(in: text)
                let description =
                    isWhole ? texts.descriptions.firstIndex(among: lines) : texts.descriptions.firstIndex(in: text)
                guard reflection != nil || description != nil else { continue }
                return Found(
                    question: catalogue.questions[number], variant: asked.stage == .anchors ? reflection : nil)
            }
        }
        throw Refusal.invalid(
            "messages", "The text holds no description, whole and unchanged, that the oracle wrote of such a picture.",
            code: "unknown_description")
    }

    private func texts(_ number: Int) -> Texts {
        if let texts = written.withLock({ $0[number] }) { return texts }
        let question = catalogue.questions[number]
        let variants = 0..<UInt64(variants)
        let texts = Texts(
            descriptions: variants.map {
                OracleCatalogue.plain(oracle.description(of: question.scene, variant: $0))
            },
            reflections: variants.map { OracleCatalogue.plain(oracle.reflection(for: question, variant: $0)) })
        written.withLock { $0[number] = texts }
        return texts
    }
}

extension [String] {
    /// The number of the first that is part of a text.
    fileprivate func firstIndex(in text: String) -> UInt64? {
        firstIndex { Bytes.contains(text, $0) }.map(UInt64.init)
    }

    /// The number of the first that is one of some lines.
    fileprivate func firstIndex(among lines: Set<String>) -> UInt64? {
        firstIndex { lines.contains($0) }.map(UInt64.init)
    }
}
