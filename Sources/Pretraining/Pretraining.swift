import Foundation
import Microworld
import QwenVL
import Torch
import Training

/// A small Qwen2.5-VL, trained from nothing on the microworld and on easy-VQA.
public struct Pretraining {
    /// The settings, as its file says them; they do not change while it runs.
    public let recipe: PretrainingRecipe
    /// The model, whose parameters change while it runs.
    public let model: QwenVLModel
    /// Where states and log are kept.
    public let folder: TrainingFolder
    private let processor: QwenVLProcessor
    private let data: PretrainingData
    private let optimizer: Optimizer

    /// A pretraining at its beginning, or where an earlier process left it.
    /// - Parameters:
    ///   - recipe: what to do.
    ///   - settings: the text of the recipe; a folder of another is refused.
    ///   - folder: where states and log are kept.
    ///   - resumes: false if there must be no earlier training in the folder.
    /// - Throws: `TrainingError`, `QwenVLError`, `SampleError`.
    public init(_ recipe: PretrainingRecipe, settings: String, folder: URL, resumes: Bool) throws {
        self.recipe = recipe
        try Runtime.setThreadCount(recipe.threads)
        Runtime.keepFreedMemory()
        let configuration = try ModelConfiguration(folder: recipe.architecture)
        processor = try QwenVLProcessor(folder: recipe.architecture, configuration: configuration)
        data = try PretrainingData(recipe)
        model = try QwenVLModel(
            configuration: configuration,
            parameters: RandomParameters.draw(configuration, recipe.initialization, seed: recipe.seed))
        optimizer = try Optimizer(
            ParameterSet(model.parameters), settings: recipe.adam, clipNorm: recipe.clipNorm)
        self.folder = try TrainingFolder(folder, settings: settings, resumes: resumes)
    }

    /// Makes all steps that are left, and writes the checkpoint.
    /// - Parameters:
    ///   - report: sees every line of the log.
    ///   - shouldStop: asked after every step; true ends the work, which can be gone on with.
    /// - Returns: the folder of the checkpoint, in bfloat16; nil if it was stopped.
    /// - Throws: as the steps do.
    public func run(report: (TrainingLoop.LogEntry) throws -> Void, shouldStop: () -> Bool) throws -> URL? {
        // Made of pictures and tokens: not for a training that never asks for it.
        let validation =
            try recipe.loop.evaluateEvery > 0
            ? ValidationAccuracy(recipe, data: data, processor: processor) : nil
        let isDone = try TrainingLoop(recipe.loop, folder: folder, optimizer: optimizer).run(
            gradients: { try addGradients(step: $0) }, evaluate: { _ in try validation?.evaluate(model) ?? [:] },
            report: report, shouldStop: shouldStop)
        return isDone ? try save() : nil
    }

    /// Adds the gradients of a step: of the mean over the tokens of all answers, or over the answers.
    ///
    /// The batch is sorted by length and cut into pieces, so that little of it is padding.
    func addGradients(step: Int) throws -> TrainingLoop.StepLoss {
        let inputs = try data.batch(step: step)
            .map { try processor($0, addsGenerationPrompt: false) }
            .enumerated()
            .sorted { ($0.element.inputIDs.count, $0.offset) < ($1.element.inputIDs.count, $1.offset) }
            .map(\.element)
        let size = (inputs.count + recipe.microBatches - 1) / recipe.microBatches
        let pieces = stride(from: 0, to: inputs.count, by: size).map {
            Array(inputs[$0..<min(inputs.count, $0 + size)])
        }
        let answers = pieces.map { AnswerRows($0) }
        let tokens = answers.reduce(0) { $0 + $1.targets.count }
        let mean = recipe.phase(step).mean
        let count = Double(mean == .tokens ? tokens : inputs.count)
        var total = 0.0
        for (piece, rows) in zip(pieces, answers) {
            let hidden = try model.forward(batch: piece, logits: .none).hiddenStates
            let targets = try Tensor(rows.targets.map(Int64.init))
            let logits = try model.logits(of: rows.select(hidden))
            let loss: Tensor
            switch mean {
            case .tokens: loss = try logits.crossEntropy(targets, reduction: .sum)
            case .answers:
                // Of each answer the mean: each of its rows counts one over their number.
                let weights = try Tensor(rows.counts.flatMap { [Float](repeating: Float(1 / Double($0)), count: $0) })
                loss = try -(logits.logSoftmax().gather(1, targets.unsqueeze(1)).squeeze(1) * weights).sum()
            }
            try (loss / count).backward()
            total += try loss.item()
        }
        return TrainingLoop.StepLoss(loss: total / count, tokens: tokens)
    }

    private func save() throws -> URL {
        let saved = try model.converted(to: .bfloat16)
        return try folder.publish("checkpoint") {
            try CheckpointWriter.save(saved, companionsFrom: recipe.architecture, to: $0)
        }
    }
}
