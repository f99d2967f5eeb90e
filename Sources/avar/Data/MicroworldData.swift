import Crypto
import Foundation
import Microworld
import QwenVL
import Samples
import Synchronization

/// Questions of the microworld, made as they are wanted.
struct MicroworldData: SampleData {
    /// The name of all of them.
    static let name = "microworld"
    /// How many questions tell that a later version still makes the same ones.
    private static let fingerprinted = 70

    let questions: QuestionSource
    private let renderer: SceneRenderer
    private let made = MadeQuestions()

    /// The questions of a split.
    init(_ split: Split, seed: UInt64 = 0) throws {
        questions = QuestionSource(split: split, seed: seed)
        renderer = try SceneRenderer()
    }

    /// Whether a name is one of the microworld, of a split that is there or not.
    static func isNamed(_ text: String) -> Bool { text == name || text.hasPrefix(name + ":") }

    /// What `microworld`, `microworld:SPLIT` or `microworld:SPLIT:SEED` names; nil for other names.
    /// - Throws: a sentence for a split that is not there, and for a seed that is no number.
    init?(named text: String) throws {
        guard Self.isNamed(text) else { return nil }
        let parts = text.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
        guard let split = parts.count == 1 ? .test : Split(rawValue: String(parts[1])) else {
            throw SampleError.content(
                "The microworld has no split '\(parts[1])'; it has "
                    + Split.allCases.map(\.rawValue).joined(separator: ", "))
        }
        guard let seed = parts.count < 3 ? 0 : UInt64(parts[2]) else {
            throw SampleError.content("The seed '\(parts[2])' of the microworld is no whole number")
        }
        try self.init(split, seed: seed)
    }

    var name: String {
        "\(Self.name):\(questions.split.rawValue)" + (questions.seed == 0 ? "" : ", seed \(questions.seed)")
    }
    var defaultLimit: Int? { 200 }
    var rule: String { Self.rule }

    /// When an answer to a question of the microworld is right.
    static let rule =
        "An answer is right if its words are, numbers as numbers; of options the letter or the text counts."

    func entries() -> SampleEntries {
        var number = 0
        return SampleEntries {
            number += 1
            return SampleEntry(number: number, place: "Question \(number) of \(name)") { [number] in
                let question = question(number)
                return Sample(
                    id: question.id,
                    turns: [
                        .init(role: .user, content: [.picture(try picture(question)), .text(question.prompt)]),
                        .init(role: .assistant, content: [.text(question.answer)]),
                    ])
            }
        }
    }

    func settings() throws -> MeasurementSettings.Source {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        var hash = SHA256()
        for number in 1...Self.fingerprinted { hash.update(data: try encoder.encode(question(number))) }
        // How scenes are drawn counts as well; the families take turns.
        for number in 1...questions.families.count { hash.update(data: try renderer.png(question(number).scene)) }
        return .init(path: name, fingerprint: hash.finalize().map { String(format: "%02x", $0) }.joined())
    }

    func verdict(on text: String, to sample: Sample, number: Int) -> Verdict? {
        Verdict(text, of: question(number))
    }

    /// A question by its number, from 1.
    func question(_ number: Int) -> Question { made.question(number) { questions.question(number - 1) } }

    /// The picture of a question.
    func picture(_ question: Question) throws -> PictureReference {
        .bytes(try renderer.png(question.scene), name: "the picture of \(question.id)")
    }
}

/// The questions that were made last: each is wanted several times, for its words, its picture and its answer.
private final class MadeQuestions: Sendable {
    /// How many are kept at most.
    private static let most = 2048

    private let questions = Mutex<[Int: Question]>([:])

    /// A question that is there, or is made now.
    func question(_ number: Int, make: () -> Question) -> Question {
        questions.withLock { questions in
            if let question = questions[number] { return question }
            if questions.count >= Self.most { questions.removeAll(keepingCapacity: true) }
            let question = make()
            questions[number] = question
            return question
        }
    }
}

extension Verdict {
    /// What an answer to a question of the microworld is worth.
    init(_ text: String, of question: Question) {
        self.init(isRight: question.accepts(text), isReadable: question.reading(of: text) != nil)
    }
}
