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

    private let catalogue: OracleCatalogue
    let oracle: Oracle
    private let variants: Int
    /// What was written about a scene or for a question, so as to be known again.
    private let written = Mutex<[Written: [String]]>([:])

    private enum Written: Hashable {
        case description(Scene)
        case reflection(Question)
    }

    init(_ catalogue: OracleCatalogue, oracle: Oracle, variants: Int) {
        (self.catalogue, self.oracle, self.variants) = (catalogue, oracle, variants)
    }

    /// Finds the question.
    /// - Throws: ``Refusal`` (400) if it is none of the microworld's.
    func find(_ asked: Asked) throws -> Found {
        guard let picture = asked.picture else { return try findByTexts(asked) }
        let questions = catalogue.questions(about: picture)
        guard let first = questions.first else {
            throw Refusal.invalid(
                "messages", "The oracle answers only about pictures of the microworld that it was started with.",
                code: "unknown_picture")
        }
        guard let question = OracleCatalogue.asked(questions, in: asked.text).first else {
            // A description is of the picture, whatever is asked.
            if asked.stage == .description { return Found(question: first) }
            throw Refusal.invalid(
                "messages", "The text asks none of the questions that the oracle knows about this picture.",
                code: "unknown_question")
        }
        return Found(question: question, variant: asked.stage == .anchors ? reflection(for: question, asked) : nil)
    }

    private func findByTexts(_ asked: Asked) throws -> Found {
        guard asked.stage == .reasoning || asked.stage == .anchors else {
            throw Refusal.invalid("messages", "The oracle needs the picture: send it as a data URL.")
        }
        let candidates = catalogue.questions(askedIn: asked.text)
        guard !candidates.isEmpty else {
            throw Refusal.invalid(
                "messages", "The text asks none of the questions that the oracle knows.", code: "unknown_question")
        }
        let text = OracleCatalogue.plain(asked.text)
        for question in candidates {
            let isDescribed = descriptions(of: question).contains { Bytes.contains(text, $0) }
            let reflection = reflection(for: question, asked)
            if isDescribed || reflection != nil {
                return Found(question: question, variant: asked.stage == .anchors ? reflection : nil)
            }
        }
        throw Refusal.invalid(
            "messages",
            "The text holds no description that the oracle has written of a picture with this question, whole and unchanged.",
            code: "unknown_description")
    }

    private func descriptions(of question: Question) -> [String] {
        texts(.description(question.scene)) { oracle.description(of: question.scene, variant: $0) }
    }

    /// The number of the reasoning for a question that a text holds.
    private func reflection(for question: Question, _ asked: Asked) -> UInt64? {
        let text = OracleCatalogue.plain(asked.text)
        return texts(.reflection(question)) { oracle.reflection(for: question, variant: $0) }
            .firstIndex { Bytes.contains(text, $0) }.map(UInt64.init)
    }

    private func texts(_ name: Written, _ write: (UInt64) -> String) -> [String] {
        if let texts = written.withLock({ $0[name] }) { return texts }
        let texts = (0..<UInt64(variants)).map { OracleCatalogue.plain(write($0)) }
        written.withLock { $0[name] = texts }
        return texts
    }
}
