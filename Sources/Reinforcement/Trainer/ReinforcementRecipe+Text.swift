import ColdStart
import Foundation
import QwenVL
import SettingsFiles
import Training

extension ReinforcementRecipe {
    /// A line of the file of settings.
    private struct Line {
        /// The sections that it stands in.
        var sections: [String]
        var name: String
        var value: String
        /// Whether two trainings of the same numbers may differ in it.
        var isFree = false
    }

    private var allLines: [Line] {
        var lines: [Line] = []
        func add(_ path: String, _ value: (some CustomStringConvertible)?, isFree: Bool = false) {
            guard let value else { return }
            let parts = path.split(separator: ".").map(String.init)
            lines.append(
                Line(sections: parts.dropLast(), name: parts[parts.count - 1], value: "\(value)", isFree: isFree))
        }
        func list(_ sources: [Source]) -> String {
            let items = sources.map { source in
                "{path: \(Self.quoted(source.path))" + (source.name.map { ", name: \(Self.quoted($0))" } ?? "")
                    + (source.count.map { ", count: \($0)" } ?? "") + "}"
            }
            return "[\(items.joined(separator: ", "))]"
        }
        add("model", Self.quoted(model))
        add("output", Self.quoted(output.path), isFree: true)
        add("seed", seed)
        add("threads", threads)
        add("precision", precision.rawValue)
        add("save_as", savedType.rawValue)
        add("data.train", list(sources))
        add("data.validation", validation.isEmpty ? nil : list(validation))
        add("data.prompt_template", templatePath.map(Self.quoted) ?? (template == .plain ? "plain" : "reasoning"))
        add("data.system", Self.quoted(system.text))
        add("data.maximum_prompt_tokens", maximumPromptTokens)
        add("data.minimum_pixels", minimumPixels)
        add("data.maximum_pixels", maximumPixels)
        add("rollouts.group_size", rollouts.groupSize)
        add("rollouts.problems", problemsPerIteration)
        add("rollouts.temperature", rollouts.temperature)
        add("rollouts.top_p", rollouts.topP)
        add("rollouts.maximum_new_tokens", rollouts.maximumNewTokens)
        add("rollouts.problems_together", rollouts.problemsTogether)
        add("rollouts.keep_every", keepRolloutsEvery, isFree: true)
        add("rewards.accuracy", accuracyWeight)
        add("rewards.format", formatWeight)
        add("rewards.visual.weight", visualWeight)
        switch visualForm {
        case .paper: add("rewards.visual.form", "paper")
        case .clipped(let bound):
            add("rewards.visual.form", "clip")
            add("rewards.visual.bound", bound)
        case .tanh(let scale):
            add("rewards.visual.form", "tanh")
            add("rewards.visual.bound", scale)
        case .rank: add("rewards.visual.form", "rank")
        case .batchNormalized: add("rewards.visual.form", "batch")
        }
        add("rewards.visual.only_if_right", isVisualGated)
        add("rewards.visual.layers", visualLayers.map { $0.map(String.init).joined(separator: ",") }.map(Self.quoted))
        if let own {
            switch own.place {
            case .command(let command): add("rewards.own.command", Self.quoted(command))
            case .endpoint(let address): add("rewards.own.endpoint", Self.quoted(address), isFree: true)
            }
            add("rewards.own.weight", own.weight)
            add("rewards.own.timeout", own.timeout, isFree: true)
            add("rewards.own.retries", own.retries, isFree: true)
            add("rewards.own.lowest", own.range?.lowerBound)
            add("rewards.own.highest", own.range?.upperBound)
            add("rewards.own.on_failure", own.onFailure.rawValue)
        }
        add("objective.variant", variant.rawValue)
        add("objective.clip_low", objective.clipLow)
        add("objective.clip_high", objective.clipHigh)
        add("objective.dual_clip", objective.dualClip)
        add("objective.kl_coefficient", objective.klCoefficient)
        add("objective.kl_estimator", objective.klEstimator.rawValue)
        add("objective.log_ratio_clamp", objective.logRatioClamp)
        add("objective.advantage_scale", advantageScale.rawValue)
        add("objective.dynamic_sampling", dynamicSampling.rawValue)
        add("objective.resampling", resampling)
        add("objective.overlong_cache", overlongCache)
        add("objective.leave_cut_out", leavesCutOut)
        func words(_ list: [String]) -> String? {
            list.isEmpty ? nil : "[\(list.map(Self.quoted).joined(separator: ", "))]"
        }
        add("trained.frozen", words(selection.frozen.map(\.rawValue).sorted()))
        add("trained.frozen_patterns", words(selection.frozenPatterns))
        if let adapters = selection.adapters {
            add("trained.lora.rank", adapters.rank)
            add("trained.lora.alpha", adapters.alpha)
            add("trained.lora.dropout", adapters.dropout)
            add("trained.lora.targets", words(adapters.targets))
            add("trained.lora.excluded", words(adapters.excluded))
            add("trained.lora.vision_tower", adapters.parts.contains(.visionTower))
            add("trained.lora.rank_stabilized", adapters.isRankStabilized)
        }
        add("training.iterations", iterations)
        add("training.passes_per_batch", passesPerBatch)
        add("training.mini_batches", miniBatches)
        add("training.micro_batch_tokens", microBatchTokens)
        add("training.checkpointing", checkpointing)
        add("training.learning_rate", learningRate)
        add("training.schedule", schedule.rawValue)
        switch warmup {
        case .steps(let count): add("training.warmup_steps", count)
        case .ratio(let share): add("training.warmup_ratio", share)
        }
        add("training.beta1", adam.beta1)
        add("training.beta2", adam.beta2)
        add("training.adam_epsilon", adam.epsilon)
        add("training.weight_decay", adam.weightDecay)
        add("training.clip_norm", clipNorm)
        if case .skip(let most) = whenNotFinite {
            add("training.skip_not_finite", most)
        } else {
            add("training.skip_not_finite", 0)
        }
        add("keeping.save_every", saveEvery, isFree: true)
        add("keeping.log_every", logEvery, isFree: true)
        add("keeping.evaluate_every", evaluateEvery)
        add("keeping.keep", keptStates, isFree: true)
        add("keeping.best", best?.name ?? "none")
        add("keeping.models", savesModels, isFree: true)
        return lines
    }

    /// Every setting with its value, defaults filled in: a file that gives the same training.
    public var text: String {
        var (text, open) = ("", [String]())
        for line in allLines {
            let common = zip(open, line.sections).prefix { $0 == $1 }.count
            for (depth, section) in line.sections.enumerated().dropFirst(common) {
                text += String(repeating: "  ", count: depth) + "\(section):\n"
            }
            open = line.sections
            text += String(repeating: "  ", count: open.count) + "\(line.name): \(line.value)\n"
        }
        return text
    }

    /// The settings as lines: what two trainings of the same numbers have in common.
    var lines: String {
        allLines.filter { !$0.isFree }.map { "\(($0.sections + [$0.name]).joined(separator: ".")) \($0.value)\n" }
            .joined()
    }

    private static func quoted(_ text: String) -> String { SettingsText.quoted(text) }

    /// A file with every setting and what it does, to begin with.
    public static let template = """
        # Reinforcement: GRPO with the visual-attention reward. Paths start from this file's folder.
        # What is commented out is what a setting is unless it is given, those of one variant's own aside, or an example.
        model: runs/cold-start/checkpoint    # a folder, or a name on the Hub
        output: runs/grpo                    # states, log, rollouts, page and result; avar grpo --resume goes on with what is there
        # seed: 1
        # threads: 2                         # as many as the processor has cores; part of the result, to the last digit
        # precision: auto                    # float32, bfloat16 (with float32 master weights), or what this processor is good at
        # save_as: stored                    # float32, bfloat16, or the type of the checkpoint above

        data:
          train:                             # problem, images, answer as EasyR1 has them (JSON, JSON lines, Parquet), or conversations
            - path: problems.jsonl           # or microworld:train, which takes no file and needs a count
              # count: 2000                  # the first only
              # name: my_data                # which data set of a dataset_info.json
          # validation:
          #   - path: held-out.jsonl
          # prompt_template: reasoning       # plain, or a file with {{ content }} or {{ content | trim }} in it
          # system: keep                     # the problem's system turn or the chat template's, none, or a text for all
          # maximum_prompt_tokens: 2048      # longer problems are left out and counted
          # minimum_pixels: 3136             # pictures are brought to between these; the checkpoint's own unless given
          # maximum_pixels: 262144

        rollouts:
          # group_size: 8                    # answers to each problem
          # problems: 8                      # of an iteration
          # temperature: 1
          # top_p: 1                         # below 1 tokens are drawn from fewer than the trainer's probabilities know of
          # maximum_new_tokens: 512
          # problems_together: 4             # how many problems are answered at once
          # keep_every: 10                   # iterations of which some rollouts are kept to be looked at; 0 for none

        rewards:                             # the weights of the parts; 0 leaves a part out
          # accuracy: 1                      # 1 for a right answer, by the strict reading
          # format: 0.1                      # 1 for exactly one <think> and one <answer> block
          visual:                            # attention on the picture over that on the system turn, read off while answering
            # weight: 0.3
            # form: paper                    # or clip, tanh (both with bound), rank (within the group), batch (normalised)
            # bound: 2                       # where clip cuts, and what tanh divides by
            # only_if_right: true
            # layers: 0-27                   # all unless given
          # own:                             # a reward of your own, asked once for each batch (EasyR1's names)
          #   command: python3 reward.py     # run in this file's folder: JSON in, a list of numbers or {"overall": number} out
          #   endpoint: http://localhost:9000/reward   # in place of a command; a key for it: AVAR_REWARD_KEY in the environment
          #   weight: 1
          #   timeout: 600                   # seconds
          #   retries: 5                     # how often it is asked again when it fails; a command once
          #   lowest: 0                      # what it may say
          #   highest: 1
          #   on_failure: stop               # or without_part: the batch goes on without it

        objective:
          # variant: grpo                    # dapo, dr_grpo, gspo: their clips, means and advantages
          # clip_low: 0.2                    # 3e-4 in gspo
          # clip_high: 0.2                   # 0.28 in dapo, 4e-4 in gspo
          # dual_clip: 3                     # none unless given
          # kl_coefficient: 0                # above 0 the checkpoint is loaded once more, as reference
          # kl_estimator: k3                 # k1, k2
          # log_ratio_clamp: 20              # none unless given
          # advantage_scale: group           # what advantages are divided by: the group's deviation, the batch's, or none
          # dynamic_sampling: none           # accuracies (in dapo), rewards, rewards_beside_format: groups equal in it are replaced
          # resampling: 4                    # how often at most
          # overlong_cache: 0                # tokens before the limit in which an answer loses more and more, up to 1; in dapo a fifth
          # leave_cut_out: false             # answers that were cut at the limit take no part

        trained:                             # as in avar sft
          # frozen: []
          # frozen_patterns: []
          # lora:                            # without dropout: answers are drawn without it
          #   rank: 16

        training:
          iterations: 200                    # batches of rollouts
          # passes_per_batch: 1              # how often each is learned from
          # mini_batches: 1                  # updates of a pass
          # micro_batch_tokens: 8192         # the most tokens of one pass through the model
          # checkpointing: false
          # learning_rate: 1e-6              # 2e-5 with lora
          # schedule: constant               # linear or cosine
          # warmup_ratio: 0                  # or warmup_steps
          # beta1: 0.9
          # beta2: 0.999
          # adam_epsilon: 1e-8
          # weight_decay: 0.01
          # clip_norm: 1
          # skip_not_finite: 0

        keeping:
          # save_every: 50                   # updates
          # log_every: 1
          # evaluate_every: 50               # 0 for never
          # keep: 2
          # best: none                       # accuracy or vas_pooled
          # models: true                     # a whole model, or adapter, in every state

        """
}
