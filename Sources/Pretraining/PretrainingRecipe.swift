import Foundation
import Microworld
import SettingsFiles
import Torch
import Training

/// What a sample of the pretraining asks for.
public enum PretrainingTask: String, Sendable, CaseIterable, Codable {
    /// Everything in the picture of a scene, in one fixed short form.
    case listing
    /// A description of a scene in sentences.
    case description
    /// The answer to a question about a scene, in a word.
    case direct
    /// A short thought and the answer, in the form that ``ReasoningPrompt`` asks for.
    case reasoning
    /// Colour and shape of a picture of easy-VQA.
    case easyVQAListing = "easy_vqa_listing"
    /// The answer to a question of easy-VQA.
    case easyVQA = "easy_vqa"

    /// Whether it is about easy-VQA's pictures.
    var isOfEasyVQA: Bool { self == .easyVQA || self == .easyVQAListing }
}

/// Everything that decides a pretraining, as its file of settings says it.
public struct PretrainingRecipe: Sendable, Equatable {
    /// A stretch of steps with one mixture.
    public struct Phase: Sendable, Equatable {
        /// How many steps.
        public var steps: Int
        /// How often each task comes, relative to the others.
        public var weights: [PretrainingTask: Double]
        /// What the loss is the mean over.
        public var mean: Mean
    }

    /// What a loss is the mean over.
    public enum Mean: String, Sendable, CaseIterable {
        /// All tokens of all answers: a long answer counts for more than a short one.
        case tokens
        /// The answers, of each the mean over its tokens: a word counts for as much as a description.
        case answers
    }

    /// How the weights are drawn.
    public struct Initialization: Sendable, Equatable {
        /// Standard deviation of the embedding.
        public var embedding: Double
        /// What the matrices that write into the residual stream are scaled by, beside 1 / sqrt(fan-in).
        public var residual: Double
    }

    private static let mostSteps = 100_000_000

    /// What decides everything that is drawn by chance.
    public var seed: UInt64
    /// The folder with config.json and everything else that a checkpoint has beside its weights.
    public var architecture: URL
    /// The folder of easy-VQA, if a phase asks for it.
    public var easyVQA: URL?
    /// How the weights are drawn.
    public var initialization: Initialization
    /// The mixtures, in their order.
    public var phases: [Phase]
    /// How often a question of the microworld carries a hint that is right, where it carries one; nil for chance.
    public var hintRate: Double?
    /// Samples in a step.
    public var batchSize: Int
    /// Into how many pieces at most a step is cut, those of like length together.
    public var microBatches: Int
    /// The numbers of AdamW but the learning rate.
    public var adam: AdamW.Settings
    /// The largest norm of the gradients.
    public var clipNorm: Double
    /// The numbers of the loop.
    public var loop: TrainingLoop.Settings
    /// Questions of the validation split by which the model is watched.
    public var evaluationCount: Int
    /// Threads of one operation: part of the recipe, because sums in other pieces round differently.
    public var threads: Int

    /// Reads a recipe.
    /// - Parameter url: a YAML file; paths in it start from its folder.
    /// - Throws: `SettingsError` about the file, the line and the setting.
    public init(contentsOf url: URL) throws {
        let file = try SettingsFile(contentsOf: url)
        try self.init(file.root, folder: url.deletingLastPathComponent())
        try file.root.finish()
    }

    init(_ root: SettingsSection, folder: URL) throws {
        func place(_ path: String) -> URL { URL(fileURLWithPath: path, relativeTo: folder).standardizedFileURL }
        seed = UInt64(try root.integer("seed", default: 1))
        architecture = place(try root.text("architecture", default: "."))
        let initial = try root.section("initialization")
        initialization = Initialization(
            embedding: try initial.number("embedding", default: 0.02, in: 1e-6...10),
            residual: try initial.number("residual", default: 0.35, in: 1e-6...10))
        let data = try root.section("data")
        easyVQA = try data.has("easy_vqa") ? place(data.text("easy_vqa")) : nil
        hintRate = try data.has("hint_rate") ? data.number("hint_rate", in: 0...1) : nil
        phases = try data.list("phases").map { section in
            let steps = try section.integer("steps", in: 1...Self.mostSteps)
            let weights = try PretrainingTask.allCases.map { ($0, try section.number($0.rawValue, default: 0)) }
            let named = try section.text("mean_over", default: Mean.tokens.rawValue)
            guard let mean = Mean(rawValue: named) else {
                throw section.refuse("mean_over", "is '\(named)'; it is tokens or answers")
            }
            return Phase(
                steps: steps, weights: Dictionary(uniqueKeysWithValues: weights.filter { $0.1 > 0 }), mean: mean)
        }
        guard (1...1000).contains(phases.count), phases.allSatisfy({ !$0.weights.isEmpty }) else {
            throw data.refuse(
                "phases",
                "must have one phase at least and 1000 at most, each with steps and the weight of at least one task")
        }
        let steps = phases.reduce(0) { $0 + $1.steps }
        if easyVQA == nil, phases.contains(where: { $0.weights.keys.contains(where: \.isOfEasyVQA) }) {
            throw data.refuse("easy_vqa", "must name the folder of easy-VQA, which a phase asks for")
        }
        let training = try root.section("training")
        batchSize = try training.integer("batch_size", default: 32, in: 1...65_536)
        microBatches = try training.integer("micro_batches", default: 2, in: 1...batchSize)
        adam = AdamW.Settings(
            beta1: try training.number("beta1", default: 0.9, in: 0...0.9999),
            beta2: try training.number("beta2", default: 0.99, in: 0...0.99999),
            epsilon: try training.number("epsilon", default: 1e-8, in: 1e-15...1),
            weightDecay: try training.number("weight_decay", default: 0.01, in: 0...100))
        clipNorm = try training.number("clip_norm", default: 1, in: 1e-6...1e6)
        let schedule = LearningRateSchedule(
            .cosine, peak: try training.number("learning_rate", default: 1e-3, in: 1e-12...10),
            warmup: .steps(try training.integer("warmup_steps", default: min(100, steps), in: 0...steps)), steps: steps,
            floor: try training.number("floor", default: 0.02, in: 0...1))
        loop = TrainingLoop.Settings(
            steps: steps, schedule: schedule,
            saveEvery: try training.integer("save_every", default: 250, in: 1...Self.mostSteps),
            logEvery: try training.integer("log_every", default: 50, in: 1...Self.mostSteps),
            evaluateEvery: try training.integer("evaluate_every", default: 250, in: 0...Self.mostSteps))
        threads = try training.integer("threads", default: 2, in: 1...1024)
        evaluationCount = try training.integer("evaluation_count", default: 280, in: 1...1_000_000)
    }

    /// The phase of a step.
    func phase(_ step: Int) -> Phase {
        var end = 0
        return phases.first {
            end += $0.steps
            return step < end
        } ?? phases[phases.count - 1]
    }
}
