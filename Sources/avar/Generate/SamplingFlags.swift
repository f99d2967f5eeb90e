import ArgumentParser
import QwenVL
import VisualAttention

/// How `generate` draws tokens; what is not given is as the checkpoint's generation_config.json says.
struct SamplingFlags: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: """
            What the logits are divided by; 0 always takes the likeliest token. Unless given, as generation_config.json \
            says where that has do_sample; else 0, or 1 beside --top-k or --top-p.
            """)
    var temperature: Double?

    @Option(
        parsing: .unconditional,
        help: """
            Draw among this many of the likeliest tokens; 0 for all. Unless given, top_k of generation_config.json, which \
            is 50 where that has do_sample and no top_k; else all.
            """)
    var topK: Int?

    @Option(
        parsing: .unconditional,
        help: """
            Draw among the likeliest tokens that together have this probability. Unless given, top_p of \
            generation_config.json, else 1.
            """)
    var topP: Double?

    @Option(
        parsing: .unconditional,
        help: """
            Divide positive logits of tokens that have occurred by this, multiply negative ones. Unless given, \
            repetition_penalty of generation_config.json, else 1.
            """)
    var repetitionPenalty: Double?

    @Option(
        parsing: .unconditional,
        help: """
            The same seed gives the same text, alone or in a batch; sample i is drawn with the seed plus i, counted from 0.
            """)
    var seed: UInt64 = 0

    @Option(parsing: .unconditional, help: "How many answers to each prompt; they share the pass over it.")
    var samples = 1

    @Option(
        parsing: .unconditionalSingleValue,
        help: "A text that ends the answer and is not part of it; may be given several times.")
    var stop: [String] = []

    @Flag(
        help: """
            Give the log-probability of every token, under penalty, ban and temperature and before top-k and top-p: all \
            in the JSON, else their sum.
            """)
    var logProbabilities = false

    @Flag(
        help: """
            Let the model write the marks that stand for or enclose pictures and videos, which are never drawn unless \
            this is given.
            """)
    var allowVisualMarks = false

    func validate() throws {
        if let temperature, !(temperature >= 0 && temperature.isFinite) {
            throw ValidationError("--temperature must be a number of at least 0, got \(temperature).")
        }
        if let topK, topK < 0 { throw ValidationError("--top-k must be at least 0, got \(topK).") }
        if let topP, !(topP > 0 && topP <= 1) {
            throw ValidationError("--top-p must be above 0 and at most 1, got \(topP).")
        }
        if let repetitionPenalty, !(repetitionPenalty > 0 && repetitionPenalty.isFinite) {
            throw ValidationError("--repetition-penalty must be a number above 0, got \(repetitionPenalty).")
        }
        if samples < 1 { throw ValidationError("--samples must be at least 1, got \(samples).") }
        if stop.contains("") { throw ValidationError("--stop must not be empty.") }
    }

    /// The checkpoint's options, changed as the flags say.
    func options(for assistant: VisualAssistant, maxNewTokens: Int) -> GenerationOptions {
        var options = assistant.options(maxNewTokens: maxNewTokens)
        options.wantsLogProbabilities = logProbabilities
        if let temperature {
            options.sampling.temperature = temperature
        } else if options.sampling.isGreedy, topK != nil || topP != nil {
            options.sampling.temperature = 1
        }
        if let topK { options.sampling.topK = topK }
        if let topP { options.sampling.topP = topP }
        if let repetitionPenalty { options.sampling.repetitionPenalty = repetitionPenalty }
        options.sampling.seed = seed
        if allowVisualMarks { options.sampling.bannedTokenIDs = [] }
        return options
    }

    /// A question with these flags.
    func question(
        _ input: ModelInput, options: GenerationOptions, observesAttention: Bool, intervention: Intervention?
    ) -> Question {
        Question(
            input, options: options, stopStrings: stop, samples: samples, observesAttention: observesAttention,
            intervention: intervention)
    }

    /// Says on standard error what might surprise.
    func warn(_ options: GenerationOptions) {
        if samples > 1, options.sampling.isGreedy {
            Output.note("All samples are the likeliest answer; give --temperature to draw different ones.")
        }
    }
}
