import Foundation
import Microworld
import Samples

/// Questions of the microworld as a benchmark, made as they are wanted.
public struct MicroworldBenchmark: BenchmarkSource {
    /// Where the questions come from: a split of the microworld.
    public let source: QuestionSource
    /// How many of them, from the first on.
    public let count: Int
    /// How questions are put where they are read as samples.
    public var sampleStyle: PromptStyle

    private let renderer: SceneRenderer

    /// Questions of the microworld.
    /// - Parameters:
    ///   - source: the questions.
    ///   - count: how many of them, from the first on.
    ///   - sampleStyle: how questions are put where they are read as samples.
    /// - Throws: `MicroworldError.noFont`.
    public init(_ source: QuestionSource, count: Int, sampleStyle: PromptStyle = .kit) throws {
        (self.source, self.count, self.sampleStyle) = (source, count, sampleStyle)
        renderer = try SceneRenderer()
    }

    /// Always the microworld.
    public var set: BenchmarkSet { .microworld }
    /// `microworld:test`, with the seed if it is another than 0.
    public var name: String {
        "microworld:\(source.split.rawValue)" + (source.seed == 0 ? "" : ", seed \(source.seed)")
    }

    /// The questions from the first on.
    /// - Returns: a sequence that makes them as it goes.
    public func questions() -> BenchmarkQuestions {
        var number = 0
        return BenchmarkQuestions { _ in
            guard number < count else { return nil }
            number += 1
            return BenchmarkEntry(number: number, place: "Question \(number) of \(name)") { [number] in
                try question(number)
            }
        }
    }

    private func question(_ number: Int) throws -> BenchmarkQuestion {
        let question = source.question(number - 1)
        let picture = PictureReference.bytes(
            try renderer.png(question.scene), name: "the picture of \(question.id)")
        var metadata = ["category": question.family.rawValue, "split": question.split.rawValue]
        if let hint = question.hint { metadata["hint_is_right"] = hint.isRight ? "yes" : "no" }
        let exercise = QuestionParts.microworld(question.text, options: question.options, answer: question.answer)
        return BenchmarkQuestion(
            set: .microworld, index: question.id, number: number, place: "Question \(number) of \(name)",
            exercise: exercise, pictures: [picture], question: question.text, options: exercise.choices,
            hint: question.hint?.text, metadata: metadata,
            clusterKey: PictureCells.key([picture]))
    }
}
