import Foundation
import QwenVL
import SettingsFiles
import Training

extension ColdStartRecipe {
    /// Every setting with its value, defaults filled in: a file that gives the same training.
    public var text: String {
        var lines: [String] = []
        func add(_ name: String, _ value: (some CustomStringConvertible)?) {
            if let value { lines.append("\(name): \(value)") }
        }
        func list(_ name: String, _ words: [String]) {
            if !words.isEmpty { lines.append("\(name): [\(words.map(Self.quoted).joined(separator: ", "))]") }
        }
        func sources(_ name: String, _ list: [WeightedSource]) {
            guard !list.isEmpty else { return }
            lines.append("  \(name):")
            for source in list {
                lines.append("    - path: \(Self.quoted(source.path))")
                add("      name", source.entry.map(Self.quoted))
                add("      weight", source.weight)
            }
        }
        add("model", Self.quoted(model))
        add("output", Self.quoted(output.path))
        add("seed", seed)
        add("threads", threads)
        add("precision", precision.rawValue)
        add("save_as", savedType.rawValue)
        list("new_special_tokens", newTokens)
        lines.append("data:")
        sources("train", self.sources)
        sources("evaluation", heldOut)
        add("  evaluation_count", heldOutCount)
        add("  maximum_tokens", data.maximumTokens)
        add("  on_bad_sample", data.onBadSample.rawValue)
        add("  check_pictures", data.checkPictures.rawValue)
        add("  system", Self.quoted(data.system.text))
        add("  minimum_pixels", minimumPixels)
        add("  maximum_pixels", maximumPixels)
        lines.append("guidance:")
        add("  enhance", guidance.enhance)
        add("  suppress", guidance.suppress)
        add("  epsilon", guidance.epsilon)
        add("  queries", guidance.queries.rawValue)
        add("  layers", guidance.layers.map(Self.numbers))
        add("  heads", guidance.heads.map(Self.numbers))
        add("  guidance_target_image", guidance.targetImage)
        add("  guidance_target_system", guidance.targetSystem)
        lines.append("trained:")
        list("  frozen", frozen.map(\.rawValue).sorted())
        list("  frozen_patterns", frozenPatterns)
        if let adapters {
            lines.append("  lora:")
            add("    rank", adapters.rank)
            add("    alpha", adapters.alpha)
            add("    dropout", adapters.dropout)
            list("    targets", adapters.targets)
            list("    excluded", adapters.excluded)
            add("    vision_tower", adapters.parts.contains(.visionTower))
            add("    rank_stabilized", adapters.isRankStabilized)
        }
        if lines.last == "trained:" { lines.removeLast() }
        return (lines + trainingLines).joined(separator: "\n") + "\n"
    }

    private var trainingLines: [String] {
        var lines = ["training:"]
        func add(_ name: String, _ value: (some CustomStringConvertible)?) {
            if let value { lines.append("  \(name): \(value)") }
        }
        switch plan.duration {
        case .steps(let count): add("steps", count)
        case .epochs(let count): add("epochs", count)
        }
        add("batch_size", plan.batchSize)
        add("micro_batch_tokens", plan.microBatchTokens)
        add("micro_batch_size", plan.maximumMicroBatchSize)
        add("layout", plan.layout.rawValue)
        switch plan.grouping {
        case .none: add("length_window", 0)
        case .step: add("length_window", 1)
        case .megabatch(let steps): add("length_window", steps)
        }
        add("mean_over", mean.rawValue)
        add("checkpointing", checkpointing)
        add("learning_rate", learningRate)
        add("schedule", schedule.rawValue)
        switch warmup {
        case .steps(let count): add("warmup_steps", count)
        case .ratio(let share): add("warmup_ratio", share)
        }
        add("floor", floor)
        add("vision_rate", visionRate)
        add("beta1", adam.beta1)
        add("beta2", adam.beta2)
        add("adam_epsilon", adam.epsilon)
        add("weight_decay", adam.weightDecay)
        add("clip_norm", clipNorm)
        if case .skip(let most) = whenNotFinite { add("skip_not_finite", most) } else { add("skip_not_finite", 0) }
        lines.append("keeping:")
        add("save_every", saveEvery)
        add("log_every", logEvery)
        add("evaluate_every", evaluateEvery)
        add("keep", keptStates)
        add("best", best?.name ?? "none")
        add("models", savesModels)
        return lines
    }

    private static func quoted(_ text: String) -> String { SettingsText.quoted(text) }

    private static func numbers(_ list: [Int]) -> String { list.map(String.init).joined(separator: ",") }

    /// A file with every setting and what it does, to begin with.
    public static let template = """
        # A cold start: supervised fine-tuning, with attention guided to the picture. Paths start from this file's folder.
        # Every setting that is commented out has the value that is shown.
        model: Qwen/Qwen2.5-VL-7B-Instruct   # a folder, or a name on the Hub
        output: runs/cold-start              # states, log, page and result; avar sft --resume goes on with what is there
        # seed: 1
        # threads: 2                         # as many as the processor has cores; part of the result, to the last digit
        # precision: auto                    # float32, bfloat16 (with float32 master weights), or what this processor is good at
        # save_as: stored                    # float32, bfloat16, or the type of the checkpoint above
        # new_special_tokens: []             # such as [<think>, </think>, <answer>, </answer>]: tokens of their own

        data:
          train:                             # .json, .jsonl, .parquet, a folder of such, or a dataset_info.json with a name
            - path: cold-start.json
              # name: entry                  # of the dataset_info.json
              # weight: 0.7                  # its share beside the others'; without weights every sample comes once an epoch
          # evaluation:                      # held-out samples: their loss and their Visual Attention Score
          #   - path: held-out.json
          # evaluation_count: 200            # at most; all unless given
          # maximum_tokens: 4096             # a longer sample is left out and counted, never cut
          # on_bad_sample: fail              # or skip: leave it out and list it
          # check_pictures: decode           # before the first step: decode every picture, or read its header
          # system: keep                     # the sample's system turn, none, or a text for all
          # minimum_pixels: 3136             # pictures are brought to between these; the checkpoint's own unless given
          # maximum_pixels: 262144

        guidance:                            # L = L_LM + enhance L_enhance + suppress L_suppress (arXiv 2603.03825)
          # enhance: 0.15                    # attention on the picture up; 0 for none
          # suppress: 0.15                   # attention on the system turn down; 0 for none
          # epsilon: 1e-6                    # in both logarithms
          # queries: user                    # whose attention: user, response or both
          # layers: 0-27                     # all unless given
          # heads: 0-27
          # guidance_target_image: 0.4       # stop pushing a head whose mass on the picture is above; never unless given
          # guidance_target_system: 0.1      # stop pushing a head whose mass on the system turn is below

        trained:
          # frozen: []                       # of vision_tower, merger, language_model, embeddings, lm_head
          # frozen_patterns: []              # regular expressions of names
          # lora:                            # low-rank adapters in place of the weights, saved as PEFT saves them
          #   rank: 16
          #   alpha: 32
          #   dropout: 0
          #   targets: [all-linear]          # or q_proj, v_proj, ... or a regular expression
          #   excluded: []
          #   vision_tower: false            # adapters in the vision tower and its merger too
          #   rank_stabilized: false

        training:
          # epochs: 1                        # or steps
          # batch_size: 16                   # samples of a step
          # micro_batch_tokens: 8192         # the most tokens of one pass; a step is cut into as many as that takes
          # micro_batch_size: 16             # the most samples of one pass; no bound unless given
          # layout: packed                   # samples one behind the other, each seeing itself alone, or padded
          # length_window: 1                 # samples of so many steps are brought together by length; 0 for none
          # mean_over: tokens                # or samples
          # checkpointing: false             # keep of every layer only its input: less memory, a third more time
          # learning_rate: 5e-6              # 1e-4 with lora
          # schedule: cosine                 # linear or constant
          # warmup_ratio: 0.03               # or warmup_steps
          # floor: 0                         # the share of the rate that is left at the end
          # vision_rate: 1                   # the vision tower's rate beside the others'
          # beta1: 0.9
          # beta2: 0.999
          # adam_epsilon: 1e-8
          # weight_decay: 0
          # clip_norm: 1
          # skip_not_finite: 0               # 0 stops at a loss that is no number; n skips such steps, up to n in a row

        keeping:
          # save_every: 200                  # steps
          # log_every: 10
          # evaluate_every: 200              # 0 for never
          # keep: 2                          # the last states; the best is kept beside them
          # best: loss                       # or vas_pooled, or none
          # models: true                     # a whole model, or adapter, in every state

        """
}

extension ColdStartRecipe {
    /// The settings as lines of their own, sections in front: what two trainings of the same numbers have in common.
    ///
    /// Where the result goes, and how often something is said or saved, is no part of that.
    var lines: String {
        var section = ""
        let free: Set = ["output", "keeping.save_every", "keeping.keep", "keeping.models", "keeping.log_every"]
        return text.split(separator: "\n").compactMap { line -> String? in
            if !line.hasPrefix(" "), line.hasSuffix(":") { section = String(line.dropLast()) + "." }
            let isInside = line.hasPrefix(" ")
            let name = (isInside ? section : "") + line.drop { $0 == " " }.prefix { $0 != ":" }
            return free.contains(name) ? nil : "\(name) \(line)"
        }.joined(separator: "\n") + "\n"
    }
}
