import ArgumentParser
import Evaluation
import QwenVL
import VisualAttention

/// How answers are drawn; unlike in `generate` nothing is taken from the checkpoint but the tokens that end an answer.
struct EvalSampling: ParsableArguments {
    @Option(parsing: .unconditional, help: "The most tokens of an answer; answers that reach it are counted as cut.")
    var maxNewTokens = 2048

    @Option(
        parsing: .unconditional,
        help: "What the logits are divided by; 0, which takes the likeliest token, unless given.")
    var temperature: Double?

    @Option(parsing: .unconditional, help: "Draw among the likeliest tokens that together have this probability.")
    var topP: Double?

    @Option(parsing: .unconditional, help: "Draw among this many of the likeliest tokens; not for an endpoint.")
    var topK: Int?

    @Option(parsing: .unconditional, help: "The seed from which each answer's own is made.")
    var seed: UInt64 = 0

    @Option(
        parsing: .unconditional,
        help: "How often each question is answered: for the mean accuracy, pass@k and the majority.")
    var samples = 1

    func validate() throws {
        if maxNewTokens < 1 { throw ValidationError("--max-new-tokens must be at least 1, got \(maxNewTokens).") }
        if samples < 1 { throw ValidationError("--samples must be at least 1, got \(samples).") }
        if let temperature, !(temperature >= 0 && temperature.isFinite) {
            throw ValidationError("--temperature must be a number of at least 0, got \(temperature).")
        }
        if let topP, !(topP > 0 && topP <= 1) {
            throw ValidationError("--top-p must be above 0 and at most 1, got \(topP).")
        }
        if let topK, topK < 0 { throw ValidationError("--top-k must be at least 0, got \(topK).") }
    }

    /// What of this decides answers; more samples may be added.
    var settings: [RunSetting] {
        [
            RunSetting("--max-new-tokens", String(maxNewTokens)),
            RunSetting("--temperature", (temperature ?? 0).exact), RunSetting("--top-p", (topP ?? 1).exact),
            RunSetting("--top-k", String(topK ?? 0)), RunSetting("--seed", String(seed)),
        ]
    }

    /// The options of a model's answers.
    func options(_ assistant: VisualAssistant) -> GenerationOptions {
        var options = assistant.greedyOptions(maxNewTokens: maxNewTokens)
        options.sampling.temperature = temperature ?? 0
        (options.sampling.topP, options.sampling.topK) = (topP ?? 1, topK ?? 0)
        options.sampling.seed = seed
        return options
    }
}
