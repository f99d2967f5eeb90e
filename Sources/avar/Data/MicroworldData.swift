import Crypto
import Foundation
import Microworld
import QwenVL
import Samples

/// Questions of the microworld, made as they are wanted.
struct MicroworldData: SampleData {
    /// The name of all of them.
    static let name = "microworld"
    /// How many questions tell that a later version still makes the same ones.
    private static let fingerprinted = 70

    let questions: QuestionSource
    private let renderer: SceneRenderer

    /// The questions of a split.
    init(_ split: Split, seed: UInt64 = 0) throws {
        questions = QuestionSource(split: split, seed: seed)
        renderer = try SceneRenderer()
    }

    /// What `microworld` or `microworld:SPLIT` names; nil for other names.
    /// - Throws: a sentence for a split that is not there.
    init?(named text: String) throws {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts[0] == Self.name else { return nil }
        guard let split = parts.count == 1 ? .test : Split(rawValue: String(parts[1])) else {
            throw SampleError.content(
                "The microworld has no split '\(parts[1])'; it has "
                    + Split.allCases.map(\.rawValue).joined(separator: ", "))
        }
        try self.init(split)
    }

    var name: String {
        "\(Self.name):\(questions.split.rawValue)" + (questions.seed == 0 ? "" : ", seed \(questions.seed)")
    }
    var defaultLimit: Int? { 200 }

    func entries() -> SampleEntries {
        var number = 0
        return SampleEntries {
            number += 1
            let question = question(number)
            return SampleEntry(number: number, place: "Question \(number) of \(name)") {
                Sample(
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
        // How scenes are drawn counts as well.
        hash.update(data: try renderer.png(question(1).scene))
        return .init(path: name, fingerprint: hash.finalize().map { String(format: "%02x", $0) }.joined())
    }

    func verdict(on text: String, to sample: Sample, number: Int) -> Verdict? {
        Verdict(text, of: question(number))
    }

    /// A question by its number, from 1.
    func question(_ number: Int) -> Question { questions.question(number - 1) }

    /// The picture of a question.
    func picture(_ question: Question) throws -> PictureReference {
        .bytes(try renderer.png(question.scene), name: "the picture of \(question.id)")
    }
}

extension Verdict {
    /// What an answer to a question of the microworld is worth.
    init(_ text: String, of question: Question) {
        self.init(isRight: question.accepts(text), isReadable: question.reading(of: text) != nil)
    }
}
