import Foundation
import QwenVL
import SettingsFiles
import Torch
import Training

/// Everything that decides a cold start, as its file of settings says it.
public struct ColdStartRecipe: Sendable {
    /// What a loss is the mean over.
    public enum Mean: String, Sendable, CaseIterable {
        /// All response tokens of a step: a long answer counts for more than a short one.
        case tokens
        /// The samples of a step, of each the mean over its response tokens.
        case samples
    }

    /// In which type the model computes and its weights are kept.
    public enum Precision: String, Sendable, CaseIterable {
        /// Single precision, whatever the checkpoint is stored in.
        case float32
        /// bfloat16, with float32 master weights in the optimizer.
        case bfloat16
        /// bfloat16 where the processor multiplies it fast, else float32.
        case automatic = "auto"

        /// The type on this machine.
        public var dtype: DType {
            switch self {
            case .float32: .float32
            case .bfloat16: .bfloat16
            case .automatic: Runtime.hasBFloat16Products ? .bfloat16 : .float32
            }
        }
    }

    /// In which type the result is written.
    public enum SavedType: String, Sendable, CaseIterable {
        /// That of the checkpoint the training begins with.
        case stored
        /// Single precision, whatever the checkpoint is stored in.
        case float32
        /// bfloat16, half of the space; master weights are rounded to it.
        case bfloat16
    }

    /// The checkpoint to begin with: a folder, or a name on the Hub.
    public var model: String
    /// The folder for states, log, page and result.
    public var output: URL
    /// What decides everything that is drawn by chance.
    public var seed: UInt64
    /// Threads of one operation: part of the recipe, because sums in other pieces round differently.
    public var threads: Int
    /// In which type the model computes.
    public var precision: Precision
    /// In which type the result is written.
    public var savedType: SavedType
    /// The pixels that a picture is brought to, at least and at most; nil for the checkpoint's own.
    public var minimumPixels, maximumPixels: Int?
    /// What is learned from.
    public var sources: [WeightedSource]
    /// What the model is watched by; none for no evaluation.
    public var heldOut: [WeightedSource]
    /// The most held-out samples; nil for all.
    public var heldOutCount: Int?
    /// How samples are taken.
    public var data: DataSettings
    /// Words that become tokens of their own.
    public var newTokens: [String]
    /// How attention is guided.
    public var guidance: GuidanceSettings
    /// Which parts are not trained.
    public var frozen: Set<ParameterPart>
    /// Patterns of names of parameters that are not trained.
    public var frozenPatterns: [String]
    /// Low-rank adapters in place of the weights themselves; nil for full training.
    public var adapters: LowRankSettings?
    /// Which samples each step takes.
    public var plan: BatchPlan.Settings
    /// What a loss is the mean over.
    public var mean: Mean
    /// Whether of every layer only the input is kept.
    public var checkpointing: Bool
    /// The numbers of AdamW but the learning rate.
    public var adam: AdamW.Settings
    /// The rate of the vision tower beside the others'.
    public var visionRate: Double
    /// The largest norm of the gradients.
    public var clipNorm: Double
    /// How the learning rate runs.
    public var schedule: LearningRateSchedule.Shape
    /// The learning rate at its peak, after the warm-up; the paper has 5e-6.
    public var learningRate: Double
    /// Steps until it is reached, as a number or as a share of all.
    public var warmup: LearningRateSchedule.Warmup
    /// The share of the largest rate that it comes down to.
    public var floor: Double
    /// Every so many steps a state is written.
    public var saveEvery: Int
    /// Every so many steps a line is logged.
    public var logEvery: Int
    /// Every so many steps the model is evaluated; 0 for never.
    public var evaluateEvery: Int
    /// How many states are kept, beside the best.
    public var keptStates: Int
    /// By what the best state is chosen.
    public var best: TrainingLoop.Best?
    /// Whether every state has a whole model, or adapter, in it.
    public var savesModels: Bool
    /// What is done when a loss or a gradient is no finite number.
    public var whenNotFinite: TrainingLoop.NotFinitePolicy
    /// Reads a recipe.
    /// - Parameter url: a YAML file; paths in it start from its folder.
    /// - Throws: `SettingsError` about the file, the line and the setting; what opening the data throws.
    public init(contentsOf url: URL) throws {
        let file = try SettingsFile(contentsOf: url)
        try self.init(file.root, folder: url.deletingLastPathComponent())
    }

    init(_ root: SettingsSection, folder: URL) throws {
        func place(_ path: String) -> URL { URL(fileURLWithPath: path, relativeTo: folder).standardizedFileURL }
        let named = try root.text("model")
        let local = place(named)
        model = FileManager.default.fileExists(atPath: local.path) ? local.path : named
        output = place(try root.text("output"))
        seed = UInt64(try root.integer("seed", default: 1))
        threads = try root.integer("threads", default: ProcessInfo.processInfo.activeProcessorCount, in: 1...1024)
        precision = try root.choice("precision", default: .automatic)
        savedType = try root.choice("save_as", default: .stored)
        newTokens = try root.words("new_special_tokens")

        let data = try root.section("data")
        self.data = try DataSettings(data, maximumTokens: 4096)
        minimumPixels = try data.optionalInteger("minimum_pixels", in: 1...1_000_000_000)
        maximumPixels = try data.optionalInteger("maximum_pixels", in: 1...1_000_000_000)
        let (train, held) = (try data.list("train"), try data.list("evaluation"))
        heldOutCount = try data.optionalInteger("evaluation_count", in: 1...10_000_000)

        guidance = try GuidanceSettings(try root.section("guidance"))

        let selection = try TrainedModel.Selection(try root.section("trained"))
        (frozen, frozenPatterns, adapters) = (selection.frozen, selection.frozenPatterns, selection.adapters)

        let training = try root.section("training")
        guard !(training.has("steps") && training.has("epochs")) else {
            throw training.refuse("epochs", "and training.steps both say when to end; give one of them")
        }
        let epochs = try training.number("epochs", default: 1, in: 1e-6...1e6)
        let steps = try training.optionalInteger("steps", in: 1...100_000_000)
        let window = try training.integer("length_window", default: 1, in: 0...100_000)
        plan = BatchPlan.Settings(
            batchSize: try training.integer("batch_size", default: 16, in: 1...1_000_000),
            duration: steps.map { .steps($0) } ?? .epochs(epochs),
            layout: try training.choice("layout", default: .packed),
            grouping: window == 0 ? .none : window == 1 ? .step : .megabatch(steps: window),
            microBatchTokens: try training.integer("micro_batch_tokens", default: 8192, in: 1...100_000_000),
            maximumMicroBatchSize: try training.optionalInteger("micro_batch_size", in: 1...1_000_000), seed: seed)
        mean = try training.choice("mean_over", default: .tokens)
        checkpointing = try training.flag("checkpointing", default: false)
        learningRate = try training.number("learning_rate", default: adapters == nil ? 5e-6 : 1e-4, in: 0...10)
        schedule = try training.choice("schedule", default: .cosine)
        if training.has("warmup_steps") {
            warmup = .steps(try training.integer("warmup_steps", in: 0...100_000_000))
        } else {
            warmup = .ratio(try training.number("warmup_ratio", default: 0.03, in: 0...1))
        }
        floor = try training.number("floor", default: 0, in: 0...1)
        visionRate = try training.number("vision_rate", default: 1, in: 0...1000)
        adam = try AdamW.Settings(training, weightDecay: 0)
        clipNorm = try training.number("clip_norm", default: 1, in: 1e-6...1e9)
        let skips = try training.integer("skip_not_finite", default: 0, in: 0...1_000_000)
        whenNotFinite = skips == 0 ? .stop : .skip(atMost: skips)

        let keeping = try root.section("keeping")
        saveEvery = try keeping.integer("save_every", default: 200, in: 1...100_000_000)
        logEvery = try keeping.integer("log_every", default: 10, in: 1...100_000_000)
        evaluateEvery = try keeping.integer("evaluate_every", default: held.isEmpty ? 0 : 200, in: 0...100_000_000)
        keptStates = try keeping.integer("keep", default: 2, in: 1...10_000)
        savesModels = try keeping.flag("models", default: true)
        let chosen = try keeping.text("best", default: held.isEmpty ? "none" : "loss")
        switch chosen {
        case "none": best = nil
        case "loss": best = .init("loss", isLargest: false)
        case "vas_pooled": best = .init("vas_pooled", isLargest: true)
        default: throw keeping.refuse("best", "is '\(chosen)'; it is loss, vas_pooled or none")
        }
        if held.isEmpty, evaluateEvery > 0 {
            throw keeping.refuse("evaluate_every", "needs data.evaluation, which names no held-out samples")
        }
        guard !train.isEmpty else { throw data.refuse("train", "must name one file of samples at least") }
        sources = try WeightedSource.list(train, relativeTo: folder)
        heldOut = try WeightedSource.list(held, relativeTo: folder)
        try root.finish()
    }
}

extension TrainedModel.Selection {
    /// Reads the section `trained`: `frozen`, `frozen_patterns`, `lora`.
    package init(_ trained: SettingsSection) throws {
        self.init(
            frozen: Set(
                try trained.words("frozen").map { word in
                    guard let part = ParameterPart(rawValue: word) else {
                        let known = ParameterPart.allCases.map(\.rawValue).joined(separator: ", ")
                        throw trained.refuse("frozen", "names '\(word)'; the parts are \(known)")
                    }
                    return part
                }), frozenPatterns: try trained.words("frozen_patterns"),
            adapters: try trained.has("lora") ? Self.adapters(try trained.section("lora")) : nil)
    }

    private static func adapters(_ section: SettingsSection) throws -> LowRankSettings {
        let rank = try section.integer("rank", default: 16, in: 1...65_536)
        let targets = try section.words("targets")
        return LowRankSettings(
            rank: rank, alpha: try section.number("alpha", default: Double(2 * rank), in: 1e-6...1e6),
            dropout: try section.number("dropout", default: 0, in: 0...0.99),
            targets: targets.isEmpty ? ["all-linear"] : targets, excluded: try section.words("excluded"),
            parts: try section.flag("vision_tower", default: false)
                ? [.languageModel, .visionTower, .merger] : [.languageModel],
            isRankStabilized: try section.flag("rank_stabilized", default: false))
    }
}
