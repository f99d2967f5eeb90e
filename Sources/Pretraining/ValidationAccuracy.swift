import Microworld
import QwenVL
import Torch
import Training

/// How good a model is on questions of the validation split, while it is trained.
///
/// An answer counts as right if each of its tokens is the likeliest after those before it: one pass, no generation.
struct ValidationAccuracy {
    private let inputs: [(family: Family, seeing: ModelInput, blind: ModelInput)]
    private static let batchSize = 70

    init(_ recipe: PretrainingRecipe, data: PretrainingData, processor: QwenVLProcessor) throws {
        let source = QuestionSource(split: .validation, seed: recipe.seed, hints: .none)
        inputs = try (0..<recipe.evaluationCount).map { index in
            let question = source.question(index)
            let turn = { try processor([$0, .assistant(question.answer)], addsGenerationPrompt: false) }
            return (
                question.family, try turn(.user(question.prompt, images: [data.picture(of: question)])),
                try turn(.user(question.prompt))
            )
        }
    }

    /// Shares of right answers: `accuracy` and by family, and `blind` without the picture.
    func evaluate(_ model: QwenVLModel) throws -> [String: Double] {
        let seeing = try right(model, inputs.map(\.seeing))
        let blind = try right(model, inputs.map(\.blind))
        func share(_ flags: [Bool]) -> Double { Double(flags.count { $0 }) / Double(max(1, flags.count)) }
        var result = ["accuracy": share(seeing), "blind": share(blind)]
        for family in Family.allCases {
            let own = zip(inputs, seeing).filter { $0.0.family == family }.map(\.1)
            if !own.isEmpty { result[family.rawValue] = share(own) }
        }
        return result
    }

    private func right(_ model: QwenVLModel, _ inputs: [ModelInput]) throws -> [Bool] {
        try withoutGradient {
            try stride(from: 0, to: inputs.count, by: Self.batchSize).flatMap { start in
                let batch = Array(inputs[start..<min(inputs.count, start + Self.batchSize)])
                let answers = AnswerRows(batch)
                let hidden = try model.forward(batch: batch, logits: .none).hiddenStates
                let chosen = try model.logits(of: answers.select(hidden)).argmax(-1).values(as: Int64.self)
                let longest = batch.map(\.inputIDs.count).max() ?? 1
                var flags = [Bool](repeating: true, count: batch.count)
                for (place, row) in answers.rows.enumerated() where Int(chosen[place]) != answers.targets[place] {
                    flags[row / longest] = false
                }
                return flags
            }
        }
    }
}
