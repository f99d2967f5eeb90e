import Foundation

/// What a checkpoint says about how answers are written and when they end.
public struct GenerationConfiguration: Sendable, Equatable {
    /// Tokens that end an answer.
    public var endTokenIDs: Set<Int>
    /// The sampling it suggests; greedy where it says `do_sample: false` or nothing.
    public var sampling: SamplingOptions

    /// Reads generation_config.json, or config.json where there is none, as transformers does.
    /// - Parameter folder: the checkpoint.
    /// - Throws: ``QwenVLError`` if a file is there and cannot be read.
    public init(folder: URL) throws {
        let own = try JSONFile.ifPresent(folder.appendingPathComponent("generation_config.json"))
        let model = try JSONFile.ifPresent(folder.appendingPathComponent("config.json"))
        let listed =
            try own?.integers("eos_token_id") ?? model?.integers("eos_token_id")
            ?? model?.section("text_config")?.integers("eos_token_id") ?? []
        endTokenIDs = Set(listed)
        sampling = SamplingOptions()
        guard let own else { return }
        sampling.repetitionPenalty = try own.number("repetition_penalty", default: 1)
        guard try own.flag("do_sample", default: false) else { return }
        // transformers' own defaults for what a sampling configuration leaves out.
        sampling.temperature = try own.number("temperature", default: 1)
        sampling.topK = try own.integer("top_k", default: 50)
        sampling.topP = try own.number("top_p", default: 1)
    }
}
