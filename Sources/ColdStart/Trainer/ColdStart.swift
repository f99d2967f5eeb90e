import Foundation
import QwenVL
import Torch
import Training

/// A supervised fine-tuning of a Qwen2.5-VL with attention guided to the picture (arXiv 2603.03825, its cold start).
public final class ColdStart {
    /// The settings, as its file says them; they do not change while it runs.
    public let recipe: ColdStartRecipe
    private let trained: TrainedModel
    /// The model, whose parameters change while it runs.
    public var model: QwenVLModel { trained.model }
    /// What is learned from.
    public let data: ColdStartData
    /// What the model is watched by; nil for none.
    public let heldOut: ColdStartData?
    /// Which samples each step takes.
    public let plan: BatchPlan
    /// How full the passes of all steps are, and which is the longest.
    public let statistics: BatchPlan.Statistics
    private let training: TrainingFolder?
    /// Low-rank adapters in place of the weights themselves; nil for full training.
    public var adapters: LowRankAdapters? { trained.adapters }
    /// What is trained.
    public var parameters: ParameterSet { trained.parameters }
    let source: URL
    let added: SpecialTokens?
    private let optimizer: Optimizer
    private let prefetcher: DataPrefetcher
    private var gate = GuidanceGate()
    private var pendingGate = GuidanceGate()

    /// A cold start at its beginning, or where an earlier process left it.
    /// - Parameters:
    ///   - recipe: what to do.
    ///   - source: the folder of the checkpoint that it begins with.
    ///   - settings: lines that decide the numbers beside the recipe's own; a folder of others is refused.
    ///   - resumes: false if there must be no earlier training in the folder.
    ///   - isDry: true to look only: the folder is not made, and nothing can be run.
    ///   - checked: is told how many samples have been looked at.
    /// - Throws: `TrainingError`, `QwenVLError`, `SampleError`, ``DataError``.
    public init(
        _ recipe: ColdStartRecipe, source: URL, settings: String, resumes: Bool, isDry: Bool = false,
        checked: @escaping @Sendable (Int) -> Void = { _ in }
    ) throws {
        (self.recipe, self.source) = (recipe, source)
        try Runtime.setThreadCount(recipe.threads)
        if recipe.checkpointing { Runtime.returnFreedMemory() } else { Runtime.keepFreedMemory() }
        let configuration = try ModelConfiguration(folder: source)
        try recipe.guidance.check(configuration.text)
        added =
            try recipe.newTokens.isEmpty
            ? nil : SpecialTokens.add(recipe.newTokens, isSpecial: false, to: source)
        let processor = try Self.processor(recipe, source: source, configuration: configuration, added: added)
        data = try ColdStartData(recipe.sources, processor: processor, settings: recipe.data, progress: checked)
        heldOut =
            try recipe.heldOut.isEmpty
            ? nil : ColdStartData(recipe.heldOut, processor: processor, settings: recipe.data)
        let order = try data.plan(seed: recipe.seed)
        let plan = try BatchPlan(lengths: data.entries.map(\.tokens), recipe.plan) { order.index(at: $0) }
        (self.plan, statistics) = (plan, plan.statistics())
        trained = try TrainedModel(
            source, dtype: recipe.precision.dtype,
            .init(frozen: recipe.frozen, frozenPatterns: recipe.frozenPatterns, adapters: recipe.adapters),
            seed: recipe.seed, added: added)
        let (visionRate, decay) = (recipe.visionRate, recipe.adam.weightDecay)
        optimizer = try Optimizer(trained.parameters, settings: recipe.adam, clipNorm: recipe.clipNorm) { parameter in
            Optimizer.Group(
                rateFactor: parameter.name.hasPrefix("visual.") ? visionRate : 1,
                weightDecay: parameter.decays ? decay : 0)
        }
        let all = settings + "data \(data.fingerprint)\nheld_out \(heldOut?.fingerprint ?? "none")\n" + recipe.lines
        training = try isDry ? nil : TrainingFolder(recipe.output, settings: all, resumes: resumes)
        prefetcher = DataPrefetcher(data) { step in step < plan.stepCount ? plan.samples(step: step) : nil }
    }

    /// The processor, with the new tokens and the recipe's sizes of pictures.
    private static func processor(
        _ recipe: ColdStartRecipe, source: URL, configuration: ModelConfiguration, added: SpecialTokens?
    ) throws -> QwenVLProcessor {
        var processor: QwenVLProcessor
        if let added {
            let files = FileManager.default
            let place = files.temporaryDirectory.appendingPathComponent("avar-\(UUID().uuidString)", isDirectory: true)
            defer { try? files.removeItem(at: place) }
            try CheckpointWriter.writeCompanions(of: source, changedFiles: added.changedFiles, to: place)
            processor = try QwenVLProcessor(folder: place, configuration: configuration)
        } else {
            processor = try QwenVLProcessor(folder: source, configuration: configuration)
        }
        if let pixels = recipe.minimumPixels { processor.imageProcessor.configuration.minPixels = pixels }
        if let pixels = recipe.maximumPixels { processor.imageProcessor.configuration.maxPixels = pixels }
        return processor
    }

    /// Where states and log are kept.
    public var folder: TrainingFolder {
        guard let training else { preconditionFailure("A dry run has no folder.") }
        return training
    }

    /// Makes all steps that are left, and writes the result.
    /// - Parameters:
    ///   - report: sees every line of the log.
    ///   - shouldStop: asked after every step; true ends the work, which can be gone on with.
    /// - Returns: the folder of the checkpoint, or of the adapter; nil if it was stopped.
    /// - Throws: as the steps do.
    public func run(report: (TrainingLoop.LogEntry) throws -> Void, shouldStop: () -> Bool) throws -> URL? {
        let loop = TrainingLoop(
            TrainingLoop.Settings(
                steps: plan.stepCount,
                schedule: LearningRateSchedule(
                    recipe.schedule, peak: recipe.learningRate, warmup: recipe.warmup, steps: plan.stepCount,
                    floor: recipe.floor),
                saveEvery: recipe.saveEvery, logEvery: recipe.logEvery, evaluateEvery: recipe.evaluateEvery,
                keptStates: recipe.keptStates, best: recipe.best, whenNotFinite: recipe.whenNotFinite,
                seed: recipe.seed),
            folder: folder, optimizer: optimizer)
        if folder.latestStep ?? 0 < plan.stepCount, let longest = statistics.longest {
            try loop.rehearse("The longest pass, \(longest.samples.count) samples of \(longest.tokens) tokens,") {
                _ = try gradients(
                    of: longest.samples.map(data.input), passes: [Array(longest.samples.indices)], step: 0)
            }
        }
        let isDone = try loop.run(
            gradients: { try self.gradients(step: $0) },
            updated: { _ in self.gate = self.pendingGate },
            evaluate: { _ in try self.evaluate() },
            carried: CarriedState(values: { self.gate }, restore: { saved, _ in self.gate = saved }),
            export: recipe.savesModels ? { try self.save(to: $0) } : nil,
            describe: { self.describe(self.plan.samples(step: $0)) }, report: report, shouldStop: shouldStop)
        guard isDone else { return nil }
        return try folder.publish(adapters == nil ? "checkpoint" : "adapter") { try self.save(to: $0) }
    }

    /// A few of some samples' places.
    private func describe(_ samples: [Int]) -> String {
        let places = samples.prefix(8).map { data.entries[$0].place }
        return places.joined(separator: "; ") + (samples.count > 8 ? "; and \(samples.count - 8) more" : "")
    }

    private func gradients(step: Int) throws -> TrainingLoop.StepLoss {
        let samples = plan.samples(step: step)
        let inputs = try prefetcher.inputs(step)
        // A sample may come twice where two epochs meet; each place is taken once.
        var places = Dictionary(grouping: samples.indices) { samples[$0] }
        let passes = plan.microBatches(step: step).map { pass in
            pass.samples.compactMap { places[$0]?.popLast() }
        }
        return try gradients(of: inputs, passes: passes, step: step, names: { self.describe([samples[$0]]) })
    }

    private func gradients(
        of inputs: [ModelInput], passes: [[Int]], step: Int, names: (Int) -> String = { "sample \($0)" }
    ) throws -> TrainingLoop.StepLoss {
        let objective = GuidedObjective(
            model: model, guidance: recipe.guidance, layout: recipe.plan.layout, mean: recipe.mean,
            checkpointing: recipe.checkpointing, adapters: adapters, seed: recipe.seed)
        let (loss, next) = try objective.gradients(of: inputs, passes: passes, step: step, gate: gate, names: names)
        pendingGate = next
        return loss
    }

    /// Writes the model as it stands, or the adapters.
    func save(to url: URL) throws { try trained.save(to: url, as: recipe.savedType, baseModel: recipe.model) }
}
