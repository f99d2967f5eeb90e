import ColdStart
import Foundation
import QwenVL
import RandomNumbers
import Requests
import Samples
import Scoring
import Torch
import Training
import VisualAttention

/// A reinforcement of a Qwen2.5-VL by group-relative policy optimisation, with a reward for looking at the picture (arXiv 2603.03825).
///
/// One engine draws answers and learns from them: what is recorded while an answer is drawn, log-probabilities and attention, is that of
/// the model that is trained, and differs from a pass of the trainer by rounding alone.
public final class GRPO {
    /// The settings, as its file says them; they do not change while it runs.
    public let recipe: ReinforcementRecipe
    /// What is learned from.
    public let problems: ProblemSet
    /// What the policy is tested on; nil for nothing.
    public let validation: ProblemSet?
    /// Draws answers.
    public let engine: RolloutEngine
    /// What every answer is worth.
    public let rewards: RewardMix

    private let trained: TrainedModel
    private let optimizer: Optimizer
    private let objective: PolicyObjective
    private let advantages: Advantages
    private let reference: QwenVLModel?
    private let pass: PolicyPass
    /// The rollouts of the iteration that is under way, or of the last.
    private var batch: RolloutBatch?
    /// The prompts of these rollouts, by their problems.
    private var inputs: [Int: ModelInput] = [:]
    /// Where states and log are kept.
    public let folder: TrainingFolder
    /// Told some of the rollouts of every iteration that keeps them.
    public var keep: ([KeptRollout]) throws -> Void = { _ in }
    /// Told what a reward of one's own failed on, where it is asked again or the training goes on without it.
    private let note: @Sendable (String) -> Void
    /// Asked while answers are drawn and rewarded; true ends the work.
    private var shouldStop: () -> Bool = { false }

    /// A reinforcement at its beginning, or where an earlier process left it.
    /// - Parameters:
    ///   - recipe: what to do.
    ///   - source: the folder of the checkpoint that it begins with.
    ///   - settings: lines that decide the numbers beside the recipe's own; a folder of others is refused.
    ///   - resumes: false if there must be no earlier training in the folder.
    ///   - note: told what a reward of one's own failed on, where it is asked again or the training goes on without it.
    /// - Throws: `TrainingError`, `QwenVLError`, `SampleError`, ``RewardError``, ``ObjectiveError``.
    public init(
        _ recipe: ReinforcementRecipe, source: URL, settings: String, resumes: Bool,
        note: @escaping @Sendable (String) -> Void = { _ in }
    ) throws {
        (self.recipe, self.note) = (recipe, note)
        try Runtime.setThreadCount(recipe.threads)
        if recipe.checkpointing { Runtime.returnFreedMemory() } else { Runtime.keepFreedMemory() }
        rewards = try recipe.rewards { reason, delay in
            note("The reward of one's own is asked again in \(RewardWords.seconds(delay)): \(reason)")
        }
        objective = try PolicyObjective(recipe.objective)
        advantages = try Advantages(scale: recipe.advantageScale)
        let configuration = try ModelConfiguration(folder: source)
        if let stray = recipe.visualLayers?.first(where: { $0 >= configuration.text.layerCount }) {
            throw RewardError.setting(
                "The visual reward looks at layer \(stray); the model has \(configuration.text.layerCount), counted from 0"
            )
        }
        var processor = try QwenVLProcessor(folder: source, configuration: configuration)
        if let pixels = recipe.minimumPixels { processor.imageProcessor.configuration.minPixels = pixels }
        if let pixels = recipe.maximumPixels { processor.imageProcessor.configuration.maxPixels = pixels }
        func set(_ sources: [ReinforcementRecipe.Source]) throws -> ProblemSet {
            try ProblemSet(
                sources.map { ($0.samples, $0.count) }, template: recipe.template, system: recipe.system,
                processor: processor, maximumTokens: recipe.maximumPromptTokens)
        }
        problems = try set(recipe.sources)
        validation = try recipe.validation.isEmpty ? nil : set(recipe.validation)
        let longest = max(problems.longestPrompt, validation?.longestPrompt ?? 0) + recipe.rollouts.maximumNewTokens
        guard longest <= configuration.text.maxPositionEmbeddings else {
            throw QwenVLError.contextExceeded(
                tokens: longest, limit: configuration.text.maxPositionEmbeddings,
                advice:
                    "lower data.maximum_prompt_tokens, data.maximum_pixels or rollouts.maximum_new_tokens, of which the "
                    + "longest prompt and the longest answer are made")
        }
        let trained = try TrainedModel(
            source, dtype: recipe.precision.dtype, recipe.selection, seed: recipe.seed)
        self.trained = trained
        var assistant = try VisualAssistant(folder: source) { _ in trained.model }
        assistant.processor = processor
        engine = RolloutEngine(assistant, settings: recipe.rollouts)
        reference =
            try recipe.objective.klCoefficient > 0
            ? QwenVLModel(folder: source, dtype: recipe.precision.dtype, converts: true) : nil
        pass = PolicyPass(
            model: trained.model, checkpointing: recipe.checkpointing,
            excluded: engine.bannedTokenIDs, temperature: recipe.rollouts.temperature,
            microBatchTokens: recipe.microBatchTokens)
        let decay = recipe.adam.weightDecay
        optimizer = try Optimizer(trained.parameters, settings: recipe.adam, clipNorm: recipe.clipNorm) { parameter in
            Optimizer.Group(rateFactor: 1, weightDecay: parameter.decays ? decay : 0)
        }
        folder = try TrainingFolder(
            recipe.output,
            settings: settings + "data \(problems.fingerprint)\nvalidation \(validation?.fingerprint ?? "none")\n"
                + recipe.lines, resumes: resumes)
    }

    /// The model, whose parameters change while it runs.
    public var model: QwenVLModel { trained.model }
    /// What is trained.
    public var parameters: ParameterSet { trained.parameters }
    /// Low-rank adapters in place of the weights themselves; nil for full training.
    public var adapters: LowRankAdapters? { trained.adapters }

    /// Makes all updates that are left, and writes the result.
    /// - Parameters:
    ///   - report: sees every line of the log.
    ///   - shouldStop: asked after every update, and while answers are drawn and rewarded; true ends the work, which can be gone on
    ///     with.
    /// - Returns: the folder of the checkpoint, or of the adapter; nil if it was stopped.
    /// - Throws: as the updates do.
    public func run(
        report: (TrainingLoop.LogEntry) throws -> Void, shouldStop: @escaping () -> Bool
    ) throws -> URL? {
        self.shouldStop = shouldStop
        defer { self.shouldStop = { false } }
        let loop = TrainingLoop(
            TrainingLoop.Settings(
                steps: recipe.steps,
                schedule: LearningRateSchedule(
                    recipe.schedule, peak: recipe.learningRate, warmup: recipe.warmup, steps: recipe.steps),
                saveEvery: recipe.saveEvery, logEvery: recipe.logEvery, evaluateEvery: recipe.evaluateEvery,
                keptStates: recipe.keptStates, best: recipe.best, whenNotFinite: recipe.whenNotFinite,
                seed: recipe.seed),
            folder: folder, optimizer: optimizer)
        let isDone = try loop.run(
            gradients: { try self.gradients(step: $0) }, evaluate: { _ in try self.validate() },
            carried: CarriedState(values: { self.carried }, restore: { saved, _ in self.batch = saved.batch }),
            export: recipe.savesModels ? { try self.save(to: $0) } : nil, report: report, shouldStop: shouldStop)
        guard isDone else { return nil }
        return try folder.publish(adapters == nil ? "checkpoint" : "adapter") { try self.save(to: $0) }
    }

    /// Writes the model as it stands, or the adapters.
    func save(to url: URL) throws { try trained.save(to: url, as: recipe.savedType, baseModel: recipe.model) }

    /// What is carried from step to step: the rollouts, where a state falls between two updates of a batch.
    private struct Carried: Codable {
        var batch: RolloutBatch?
    }

    private var carried: Carried {
        guard var batch else { return Carried() }
        if batch.updatesDone == recipe.updatesPerBatch { batch.items = [] }
        return Carried(batch: batch)
    }

    // MARK: An update

    private func gradients(step: Int) throws -> TrainingLoop.StepLoss {
        let (iteration, part) = step.quotientAndRemainder(dividingBy: recipe.updatesPerBatch)
        var metrics: [String: Metric] = [:]
        if batch?.iteration != iteration { metrics = try draw(iteration) }
        guard let batch else { preconditionFailure("There are no rollouts.") }
        let places = Self.places(
            of: part, items: batch.items.count, iteration: iteration, recipe)
        let items = places.map { batch.items[$0] }
        let update = try Update(
            pass: pass, objective: objective, items: items, answers: answers(items))
        let found = try update.gradients(isFirst: part == 0)
        self.batch?.updatesDone = part + 1
        metrics.merge(found.metrics) { $1 }
        return TrainingLoop.StepLoss(
            loss: found.loss, tokens: items.reduce(0) { $0 + $1.tokenIDs.count }, metrics: metrics)
    }

    /// Which rollouts an update takes: every pass over a batch in an order of its own, cut into as many parts as there are updates.
    static func places(of part: Int, items: Int, iteration: Int, _ recipe: ReinforcementRecipe) -> [Int] {
        let (pass, slice) = part.quotientAndRemainder(dividingBy: recipe.miniBatches)
        guard recipe.miniBatches > 1 else { return Array(0..<items) }
        var random = SplitMix64(recipe.seed, UInt64(iteration), UInt64(pass), 3)
        let order = random.shuffled(Array(0..<items))
        return Array(order[(items * slice / recipe.miniBatches)..<(items * (slice + 1) / recipe.miniBatches)]).sorted()
    }

    private func input(_ problem: Int) throws -> ModelInput {
        if let input = inputs[problem] { return input }
        let input = try problems.input(problems.problem(problem))
        inputs[problem] = input
        return input
    }

    /// Rollouts behind their prompts.
    private func answers(_ items: [RolloutBatch.Item]) throws -> [PolicyPass.Scored] {
        try items.map { item in
            PolicyPass.Scored(problem: item.problem, prompt: try input(item.problem), tokenIDs: item.tokenIDs)
        }
    }

    /// The problem at a position of all that are drawn: each epoch in an order of its own.
    private func problem(at position: Int) -> Int {
        let (epoch, place) = position.quotientAndRemainder(dividingBy: problems.count)
        if order?.epoch != epoch {
            var random = SplitMix64(recipe.seed, UInt64(epoch), 4)
            order = (epoch, random.shuffled(Array(0..<problems.count)))
        }
        return order?.problems[place] ?? 0
    }
    private var order: (epoch: Int, problems: [Int])?

    // MARK: Rollouts

    /// A group with what it is worth.
    private struct Group {
        var problem: Problem
        var index: Int
        var rollouts: [Rollout]
        var rewards: [Double]
        var parts: [[String: Double]]
        var judgements: [Judgement]
        var signal: DynamicSampling.Signal
    }

    /// Draws the rollouts of an iteration.
    /// - Returns: what is to be logged of them.
    private func draw(_ iteration: Int) throws -> [String: Metric] {
        let start = ContinuousClock.now
        let sampling = DynamicSampling(recipe.dynamicSampling)
        var (kept, spare, metrics) = ([Group](), [Group](), [String: Metric]())
        var drawn = batch?.drawn ?? 0
        var tokens = 0
        inputs = [:]
        var occurrences: [Int: Int] = [:]
        for round in 0...recipe.resampling {
            let wanted = recipe.problemsPerIteration - kept.count
            if wanted == 0 || round > 0 && recipe.dynamicSampling == .none { break }
            let groups = try groups(from: drawn, count: wanted, iteration: iteration, earlier: occurrences, &metrics)
            drawn += wanted
            for group in groups { occurrences[group.index, default: 0] += 1 }
            for group in groups {
                tokens += group.rollouts.reduce(0) { $0 + $1.tokenIDs.count }
                if sampling.keeps(group.signal) { kept.append(group) } else { spare.append(group) }
            }
        }
        // What cannot be replaced is learned from as it is, though there be nothing to learn.
        let putBack = recipe.problemsPerIteration - kept.count
        kept += spare.prefix(putBack)
        let worth = try advantages(kept.map(\.rewards))
        var items: [RolloutBatch.Item] = []
        for (group, worth) in zip(kept, worth) {
            for (rollout, advantage) in zip(group.rollouts, worth) {
                items.append(
                    RolloutBatch.Item(
                        problem: group.index, tokenIDs: rollout.tokenIDs, logProbabilities: rollout.logProbabilities,
                        advantage: advantage, takesPart: !(recipe.leavesCutOut && rollout.isCut)))
            }
        }
        if let reference { try score(&items, by: reference) }
        batch = RolloutBatch(iteration: iteration, items: items, drawn: drawn)
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        metrics["rollout_tokens_per_second"] = .mean(Double(tokens) / max(seconds, 1e-9))
        metrics["rollout_seconds"] = .sum(seconds)
        if recipe.dynamicSampling != .none {
            metrics["replaced_groups"] = .sum(Double(spare.count - putBack))
            metrics["unreplaced_groups"] = .sum(Double(putBack))
        }
        if recipe.keepRolloutsEvery > 0, iteration % recipe.keepRolloutsEvery == 0 {
            try keep(Self.shown(kept, worth, iteration: iteration))
        }
        return metrics
    }

    /// Draws and rewards groups.
    private func groups(
        from position: Int, count: Int, iteration: Int, earlier: [Int: Int], _ metrics: inout [String: Metric]
    ) throws -> [Group] {
        let indices = (position..<position + count).map { problem(at: $0) }
        let asked = try indices.map { try problems.problem($0) }
        let prompts = try indices.map { (index: $0, input: try input($0)) }
        guard
            let drawn = try engine.groups(prompts, iteration: iteration, earlier: earlier, shouldStop: shouldStop)
        else { throw CancellationError() }
        var told: [RewardInput] = []
        for (number, (problem, rollouts)) in zip(asked, drawn).enumerated() {
            told += rollouts.map { rollout in
                RewardInput(
                    group: number, sample: rollout.sample, problem: problem.text, answer: problem.answer,
                    response: rollout.text, responseLength: rollout.tokenIDs.count, isCut: rollout.isCut,
                    masses: rollout.masses)
            }
        }
        let report = try Waiting.result(shouldStop: shouldStop) { [rewards, told] in
            try await rewards.evaluate(told)
        }
        report.failures.forEach(note)
        log(report, drawn.flatMap { $0 }, &metrics)
        var (groups, start) = ([Group](), 0)
        for (number, (problem, rollouts)) in zip(asked, drawn).enumerated() {
            let own = start..<start + rollouts.count
            start += rollouts.count
            let formats = report.parts.filter(\.judgesFormOnly)
            let rewards = own.map { report.totals[$0] }
            groups.append(
                Group(
                    problem: problem, index: indices[number], rollouts: rollouts, rewards: rewards,
                    parts: own.map { place in
                        Dictionary(uniqueKeysWithValues: report.parts.map { ($0.name, $0.raw[place]) })
                    },
                    judgements: own.map { report.judgements[$0] },
                    signal: try DynamicSampling.signal(
                        of: .init(
                            rewards: rewards, accuracies: own.map { report.judgements[$0].isCorrect ? 1 : 0 },
                            formatRewards: own.map { place in formats.reduce(0) { $0 + $1.weighted[place] } }),
                        number: number)))
        }
        return groups
    }

    /// Notes rewards, lengths and scores of some rollouts.
    private func log(_ report: RewardReport, _ rollouts: [Rollout], _ metrics: inout [String: Metric]) {
        let count = Double(rollouts.count)
        func add(_ name: String, _ metric: Metric) { metrics[name] = metrics[name]?.joined(by: metric) ?? metric }
        for (name, metric) in report.metrics { add(name, metric) }
        let right = report.judgements.map(\.isCorrect)
        add("accuracy", .mean(Double(right.count { $0 }) / count, weight: count))
        add("length", .mean(rollouts.reduce(0) { $0 + Double($1.tokenIDs.count) } / count, weight: count))
        add("cut", .mean(Double(rollouts.count(where: \.isCut)) / count, weight: count))
        for (name, isRight) in [("vas_right", true), ("vas_wrong", false)] {
            let scores = zip(rollouts, right).compactMap { $1 == isRight ? $0.vas : nil }.filter(\.isFinite)
            if !scores.isEmpty {
                add(name, .mean(scores.reduce(0, +) / Double(scores.count), weight: Double(scores.count)))
            }
        }
        let all = rollouts.compactMap(\.vas).filter(\.isFinite)
        if !all.isEmpty { add("vas", .mean(all.reduce(0, +) / Double(all.count), weight: Double(all.count))) }
    }

    /// What the reference model says of the rollouts.
    private func score(_ items: inout [RolloutBatch.Item], by reference: QwenVLModel) throws {
        let pass = PolicyPass(
            model: reference, checkpointing: false, excluded: engine.bannedTokenIDs,
            temperature: recipe.rollouts.temperature, microBatchTokens: recipe.microBatchTokens)
        for (place, values) in try pass.values(answers(items)).logProbabilities.enumerated() {
            items[place].referenceLogProbabilities = values
        }
    }

    /// The rollouts of the first groups, for people.
    private static func shown(_ groups: [Group], _ advantages: [[Double]], iteration: Int) -> [KeptRollout] {
        zip(groups, advantages).prefix(4).flatMap { group, worth in
            group.rollouts.indices.map { place in
                let (rollout, judgement) = (group.rollouts[place], group.judgements[place])
                return KeptRollout(
                    iteration: iteration + 1, problem: group.index, place: group.problem.place, sample: rollout.sample,
                    seed: rollout.seed, text: rollout.text, tokenIDs: rollout.tokenIDs, answer: group.problem.answer,
                    extracted: judgement.extracted, isRight: judgement.isCorrect, isCut: rollout.isCut,
                    reward: group.rewards[place], parts: group.parts[place], advantage: worth[place], vas: rollout.vas)
            }
        }
    }

    // MARK: Validation

    /// How often the likeliest answer to a validation problem is right (`accuracy`), in the form that is asked for (`format`), how long
    /// it is (`length`, tokens) and where it looks (`vas_pooled`, over right answers `vas_right`, over wrong ones `vas_wrong`).
    /// - Returns: numbers by name, none without validation problems.
    /// - Throws: as drawing does.
    public func validate() throws -> [String: Double] {
        guard let validation else { return [:] }
        var options = engine.assistant.greedyOptions(maxNewTokens: recipe.rollouts.maximumNewTokens)
        options.sampling.bannedTokenIDs = engine.bannedTokenIDs
        var sums: [String: (sum: Double, count: Int)] = [:]
        func add(_ name: String, _ value: Double?) {
            guard let value, value.isFinite else { return }
            sums[name, default: (0, 0)].sum += value
            sums[name, default: (0, 0)].count += 1
        }
        let reading = StrictReading()
        for start in stride(from: 0, to: validation.count, by: 8) {
            let asked = try (start..<min(start + 8, validation.count)).map { try validation.problem($0) }
            let questions = try asked.map { Question(try validation.input($0), options: options) }
            for (problem, answers) in zip(asked, try engine.assistant.answer(questions)) {
                let answer = answers[0]
                let exercise = ExerciseInference.exercise(problem: problem.text, answer: problem.answer)
                let isRight = reading.judgement(on: answer.text, for: exercise).isCorrect
                add("accuracy", isRight ? 1 : 0)
                add("format", FormatReward.fault(in: answer.text) == nil ? 1 : 0)
                add("length", Double(answer.generation.tokenIDs.count))
                let score = try answer.answerAttention().flatMap { VisualAttentionScore($0)?.pooled }
                add("vas_pooled", score)
                add(isRight ? "vas_right" : "vas_wrong", score)
            }
        }
        return sums.mapValues { $0.sum / Double($0.count) }
    }
}
