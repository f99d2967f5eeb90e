import ColdStart
import Foundation
import QwenVL
import Samples
import SettingsFiles
import Torch
import Training

/// Everything that decides a reinforcement, as its file of settings says it.
public struct ReinforcementRecipe: Sendable {
    /// Problems of a file, or questions that are made.
    public struct Source: Sendable {
        /// Where problems come from: conversations that end in a known answer.
        public var samples: any SampleSource
        /// The path it was found under.
        public var path: String
        /// Which data set of the file, where it describes several.
        public var name: String?
        /// The first problems only; nil for all.
        public var count: Int?

        /// Problems of one data file, folder or made set.
        public init(_ samples: any SampleSource, path: String, name: String? = nil, count: Int? = nil) {
            (self.samples, self.path, self.name, self.count) = (samples, path, name, count)
        }
    }

    /// How a user's own reward is asked.
    public struct OwnReward: Sendable {
        /// A shell command, or an address.
        public enum Place: Sendable, Equatable {
            /// A shell command, run once for each batch (``CommandReward``).
            case command(String)
            /// An address that is asked by `POST`.
            case endpoint(String)
        }

        /// Where it comes from.
        public var place: Place
        /// By which its values are multiplied.
        public var weight: Double
        /// The folder that a command runs in.
        public var folder: URL
        /// How long a batch may take, in seconds.
        public var timeout: Double
        /// How often it is asked again when it fails; nil for as often as ``EndpointReward`` or ``CommandReward`` do.
        public var retries: Int?
        /// What values are allowed; nil for all numbers.
        public var range: ClosedRange<Double>?
        /// What becomes of a batch that it fails on.
        public var onFailure: RewardFailureRule
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
    public var precision: ColdStartRecipe.Precision
    /// In which type the result is written.
    public var savedType: ColdStartRecipe.SavedType
    /// What is learned from.
    public var sources: [Source]
    /// What the policy is tested on; none for no validation.
    public var validation: [Source]
    /// What stands round each problem.
    public var template: PromptTemplate
    /// The file that it is from; nil for one of ours.
    public var templatePath: String?
    /// Which system turn a prompt begins with.
    public var system: DataSettings.System
    /// The longest prompt in tokens; longer ones are left out and counted.
    public var maximumPromptTokens: Int
    /// The pixels that a picture is brought to, at least and at most; nil for the checkpoint's own.
    public var minimumPixels, maximumPixels: Int?
    /// How answers are drawn.
    public var rollouts: RolloutEngine.Settings
    /// Problems that are answered between two updates of the policy, each by a group.
    public var problemsPerIteration: Int
    /// The weights of the parts that are ours; 0 leaves a part out.
    public var accuracyWeight, visualWeight, formatWeight: Double
    /// What becomes of the visual part before it is paid.
    public var visualForm: VisualReward.Form
    /// Whether it is paid for right answers only.
    public var isVisualGated: Bool
    /// The layers that it looks at; nil for all.
    public var visualLayers: [Int]?
    /// A user's own reward; nil for none.
    public var own: OwnReward?
    /// The published objective that the settings begin with: `grpo`, `dapo`, `dr_grpo` or `gspo`.
    public var variant: PolicyObjective.Preset
    /// Bounds, ratio, aggregation and KL of the objective: the variant's, unless given.
    public var objective: PolicyObjective.Settings
    /// What a reward's distance from its group's mean is divided by: the variant's, unless given.
    public var advantageScale: Advantages.Scale
    /// Which groups are replaced by others (DAPO).
    public var dynamicSampling: DynamicSampling.Criterion
    /// How often at most a batch is filled up with other problems.
    public var resampling: Int
    /// The tokens before the limit in which an answer is punished more and more (DAPO); 0 for none.
    public var overlongCache: Int
    /// Whether answers that were cut at the limit take no part (DAPO).
    public var leavesCutOut: Bool
    /// Iterations: batches of rollouts.
    public var iterations: Int
    /// How often each batch is learned from.
    public var passesPerBatch: Int
    /// Into how many updates each pass over a batch is cut.
    public var miniBatches: Int
    /// The most tokens of one pass through the model.
    public var microBatchTokens: Int
    /// Whether of every layer only the input is kept.
    public var checkpointing: Bool
    /// Which parts are trained, and how.
    var selection: TrainedModel.Selection
    /// The numbers of AdamW but the learning rate.
    public var adam: AdamW.Settings
    /// The largest norm of the gradients.
    public var clipNorm: Double
    /// How the learning rate runs.
    public var schedule: LearningRateSchedule.Shape
    /// The learning rate at its peak, after the warm-up; the paper has 1e-6.
    public var learningRate: Double
    /// Steps until it is reached, as a number or as a share of all.
    public var warmup: LearningRateSchedule.Warmup
    /// What is done when a loss or a gradient is no finite number.
    public var whenNotFinite: TrainingLoop.NotFinitePolicy
    /// Every so many steps a state is written.
    public var saveEvery: Int
    /// Every so many steps a line is logged.
    public var logEvery: Int
    /// Every so many steps the policy is validated; 0 for never.
    public var evaluateEvery: Int
    /// How many states are kept, beside the best.
    public var keptStates: Int
    /// By what the best state is chosen.
    public var best: TrainingLoop.Best?
    /// Whether every state has a whole model, or adapter, in it.
    public var savesModels: Bool
    /// Every so many iterations some rollouts are kept to be looked at; 0 for never.
    public var keepRolloutsEvery: Int

    /// Updates in all.
    public var steps: Int { iterations * updatesPerBatch }
    /// Updates of one batch of rollouts.
    public var updatesPerBatch: Int { passesPerBatch * miniBatches }

    /// The parts of the reward.
    /// - Parameter retrying: told before a reward of one's own is asked again why, and after how long.
    /// - Returns: those with a weight other than 0.
    /// - Throws: ``RewardError`` for a setting that cannot be.
    public func rewards(
        retrying: @escaping @Sendable (String, Duration) -> Void = { _, _ in }
    ) throws -> RewardMix {
        var parts: [any RewardPart] = []
        if accuracyWeight != 0 { parts.append(AccuracyReward(weight: accuracyWeight)) }
        if visualWeight != 0 {
            parts.append(
                try VisualReward(weight: visualWeight, form: visualForm, isGated: isVisualGated, layers: visualLayers))
        }
        if formatWeight != 0 { parts.append(FormatReward(weight: formatWeight)) }
        if let own {
            switch own.place {
            case .command(let command):
                var part = try CommandReward(name: "own", weight: own.weight, shell: command, range: own.range)
                (part.timeout, part.onFailure) = (.seconds(own.timeout), own.onFailure)
                (part.folder, part.retrying) = (own.folder, retrying)
                if let retries = own.retries { part.retries.limit = retries }
                parts.append(part)
            case .endpoint(let address):
                var part = try EndpointReward(name: "own", weight: own.weight, address: address, range: own.range)
                (part.totalTimeout, part.onFailure) = (.seconds(own.timeout), own.onFailure)
                // Who thinks says nothing meanwhile.
                (part.idleTimeout, part.retrying) = (part.totalTimeout, retrying)
                if let retries = own.retries { part.retries.limit = retries }
                parts.append(part)
            }
        }
        if overlongCache > 0 {
            parts.append(
                OverlongReward(
                    try OverlongShaping(maximumLength: rollouts.maximumNewTokens, cacheLength: overlongCache)))
        }
        return try RewardMix(parts)
    }

    /// Reads a recipe.
    /// - Parameters:
    ///   - url: a YAML file; paths in it start from its folder.
    ///   - named: finds problems that are no file, by their name; nil for others.
    /// - Throws: `SettingsError` about the file, the line and the setting; what opening the data throws.
    public init(
        contentsOf url: URL, named: (String) throws -> (any SampleSource)? = { _ in nil }
    ) throws {
        let file = try SettingsFile(contentsOf: url)
        try self.init(file.root, folder: url.deletingLastPathComponent(), named: named)
    }

    init(_ root: SettingsSection, folder: URL, named: (String) throws -> (any SampleSource)?) throws {
        func place(_ path: String) -> URL { URL(fileURLWithPath: path, relativeTo: folder).standardizedFileURL }
        let model = try root.text("model")
        let local = place(model)
        self.model = FileManager.default.fileExists(atPath: local.path) ? local.path : model
        output = place(try root.text("output"))
        seed = UInt64(try root.integer("seed", default: 1))
        threads = try root.integer("threads", default: ProcessInfo.processInfo.activeProcessorCount, in: 1...1024)
        precision = try root.choice("precision", default: .automatic)
        savedType = try root.choice("save_as", default: .stored)

        let data = try root.section("data")
        func sources(_ key: String) throws -> [Source] {
            try data.list(key).map { section in
                let path = try section.text("path")
                let count = try section.optionalInteger("count", in: 1...100_000_000)
                if let made = try named(path) {
                    guard let count else {
                        throw section.refuse("count", "is missing: how many of \(path) there are to be")
                    }
                    return Source(made, path: path, count: count)
                }
                let name = try section.has("name") ? section.text("name") : nil
                return Source(
                    try SampleFiles.source(place(path).path, named: name), path: place(path).path, name: name,
                    count: count)
            }
        }
        self.sources = try sources("train")
        validation = try sources("validation")
        guard !self.sources.isEmpty else { throw data.refuse("train", "must name one file of problems at least") }
        let named = try data.text("prompt_template", default: "reasoning")
        switch named {
        case "reasoning": (template, templatePath) = (.reasoning, nil)
        case "plain": (template, templatePath) = (.plain, nil)
        default: (template, templatePath) = (try PromptTemplate(contentsOf: place(named)), place(named).path)
        }
        system = try DataSettings.System(data)
        maximumPromptTokens = try data.integer("maximum_prompt_tokens", default: 2048, in: 1...10_000_000)
        minimumPixels = try data.optionalInteger("minimum_pixels", in: 1...1_000_000_000)
        maximumPixels = try data.optionalInteger("maximum_pixels", in: 1...1_000_000_000)

        let drawn = try root.section("rollouts")
        rollouts = RolloutEngine.Settings(
            groupSize: try drawn.integer("group_size", default: 8, in: 2...1024),
            temperature: try drawn.number("temperature", default: 1, in: 1e-3...100),
            topP: try drawn.number("top_p", default: 1, in: 1e-6...1),
            maximumNewTokens: try drawn.integer("maximum_new_tokens", default: 512, in: 1...1_000_000),
            problemsTogether: try drawn.integer("problems_together", default: 4, in: 1...10_000), seed: seed)
        problemsPerIteration = try drawn.integer("problems", default: 8, in: 1...1_000_000)
        keepRolloutsEvery = try drawn.integer("keep_every", default: 10, in: 0...1_000_000)

        let rewards = try root.section("rewards")
        accuracyWeight = try rewards.number("accuracy", default: 1, in: -1e6...1e6)
        formatWeight = try rewards.number("format", default: 0.1, in: -1e6...1e6)
        let visual = try rewards.section("visual")
        visualWeight = try visual.number("weight", default: 0.3, in: -1e6...1e6)
        let bound = try visual.has("bound") ? visual.number("bound", in: 1e-9...1e9) : nil
        let form = try visual.text("form", default: "paper")
        if bound == nil, ["clip", "tanh"].contains(form) {
            throw visual.refuse("bound", "is missing: where '\(form)' bounds the score")
        }
        switch form {
        case "paper": visualForm = .paper
        case "clip": visualForm = .clipped(at: bound ?? 1)
        case "tanh": visualForm = .tanh(scale: bound ?? 1)
        case "rank": visualForm = .rank
        case "batch": visualForm = .batchNormalized
        default: throw visual.refuse("form", "is '\(form)'; it is paper, clip, tanh, rank or batch")
        }
        isVisualGated = try visual.flag("only_if_right", default: true)
        visualLayers = try visual.has("layers") ? Self.layers(visual.text("layers"), visual) : nil
        own = try Self.own(rewards, folder: folder)

        let goal = try root.section("objective")
        variant = try goal.choice("variant", default: .grpo)
        var numbers = variant.settings(maximumLength: rollouts.maximumNewTokens)
        numbers.clipLow = try goal.number("clip_low", default: numbers.clipLow, in: 0...1)
        numbers.clipHigh = try goal.number("clip_high", default: numbers.clipHigh, in: 0...1e6)
        if goal.has("dual_clip") { numbers.dualClip = try goal.number("dual_clip", in: 1.000001...1e6) }
        numbers.klCoefficient = try goal.number("kl_coefficient", default: 0, in: 0...1e6)
        numbers.klEstimator = try goal.choice("kl_estimator", default: numbers.klEstimator)
        if goal.has("log_ratio_clamp") {
            numbers.logRatioClamp = try goal.number("log_ratio_clamp", in: 1e-6...700)
        }
        objective = numbers
        advantageScale = try goal.choice("advantage_scale", default: variant.advantageScale)
        dynamicSampling = try goal.choice(
            "dynamic_sampling", default: variant != .dapo ? .none : accuracyWeight == 0 ? .rewards : .accuracies)
        resampling = try goal.integer("resampling", default: 4, in: 0...10_000)
        // The paper's 4,096 of 20,480.
        overlongCache = try goal.integer(
            "overlong_cache", default: variant == .dapo ? rollouts.maximumNewTokens / 5 : 0, in: 0...1_000_000)
        leavesCutOut = try goal.flag("leave_cut_out", default: false)

        let training = try root.section("training")
        iterations = try training.integer("iterations", in: 1...100_000_000)
        passesPerBatch = try training.integer("passes_per_batch", default: 1, in: 1...1000)
        miniBatches = try training.integer("mini_batches", default: 1, in: 1...100_000)
        microBatchTokens = try training.integer("micro_batch_tokens", default: 8192, in: 1...100_000_000)
        checkpointing = try training.flag("checkpointing", default: false)
        let trained = try root.section("trained")
        selection = try TrainedModel.Selection(trained)
        if let dropout = selection.adapters?.dropout, dropout != 0 {
            throw try trained.section("lora").refuse(
                "dropout",
                "is \(dropout) and must be 0: answers are drawn without dropout, and with it the trainer would see another policy"
            )
        }
        learningRate = try training.number(
            "learning_rate", default: selection.adapters == nil ? 1e-6 : 2e-5, in: 0...10)
        schedule = try training.choice("schedule", default: .constant)
        if training.has("warmup_steps") {
            warmup = .steps(try training.integer("warmup_steps", in: 0...100_000_000))
        } else {
            warmup = .ratio(try training.number("warmup_ratio", default: 0, in: 0...1))
        }
        adam = try AdamW.Settings(training, weightDecay: 0.01)
        clipNorm = try training.number("clip_norm", default: 1, in: 1e-6...1e9)
        let skips = try training.integer("skip_not_finite", default: 0, in: 0...1_000_000)
        whenNotFinite = skips == 0 ? .stop : .skip(atMost: skips)

        let keeping = try root.section("keeping")
        saveEvery = try keeping.integer("save_every", default: 50, in: 1...100_000_000)
        logEvery = try keeping.integer("log_every", default: 1, in: 1...100_000_000)
        evaluateEvery = try keeping.integer("evaluate_every", default: validation.isEmpty ? 0 : 50, in: 0...100_000_000)
        keptStates = try keeping.integer("keep", default: 2, in: 1...10_000)
        savesModels = try keeping.flag("models", default: true)
        let chosen = try keeping.text("best", default: "none")
        switch chosen {
        case "none": best = nil
        case "accuracy", "vas_pooled": best = .init(chosen, isLargest: true)
        default: throw keeping.refuse("best", "is '\(chosen)'; it is accuracy, vas_pooled or none")
        }
        if validation.isEmpty, evaluateEvery > 0 || best != nil {
            throw keeping.refuse("evaluate_every", "and best need data.validation, which names no problems")
        }
        guard overlongCache < rollouts.maximumNewTokens else {
            throw goal.refuse(
                "overlong_cache", "must be below rollouts.maximum_new_tokens, \(rollouts.maximumNewTokens)")
        }
        guard problemsPerIteration * rollouts.groupSize >= miniBatches else {
            throw training.refuse("mini_batches", "are more than the rollouts of a batch")
        }
        try root.finish()
    }

    private static func layers(_ text: String, _ section: SettingsSection) throws -> [Int] {
        guard let layers = Set<Int>(ranges: text) else {
            throw section.refuse("layers", "is '\(text)', not numbers and ranges such as 0-3,7")
        }
        return layers.sorted()
    }

    private static func own(_ rewards: SettingsSection, folder: URL) throws -> OwnReward? {
        guard rewards.has("own") else { return nil }
        let section = try rewards.section("own")
        let (command, endpoint) = (section.has("command"), section.has("endpoint"))
        guard command != endpoint else {
            throw section.refuse("command", "or endpoint: give one of them, which says where the reward comes from")
        }
        let (low, high) = (section.has("lowest"), section.has("highest"))
        guard low == high else { throw section.refuse("lowest", "and highest belong together") }
        var range: ClosedRange<Double>?
        if low {
            let ends = (
                try section.number("lowest", in: -1e12...1e12), try section.number("highest", in: -1e12...1e12)
            )
            guard ends.0 <= ends.1 else { throw section.refuse("lowest", "is above highest") }
            range = ends.0...ends.1
        }
        return OwnReward(
            place: command ? .command(try section.text("command")) : .endpoint(try section.text("endpoint")),
            weight: try section.number("weight", default: 1, in: -1e6...1e6), folder: folder,
            timeout: try section.number("timeout", default: 600, in: 0.01...1e6),
            retries: try section.optionalInteger("retries", in: 0...1000), range: range,
            onFailure: try section.choice("on_failure", default: .stop))
    }
}
