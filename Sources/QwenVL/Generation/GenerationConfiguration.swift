import Foundation

/// What a checkpoint says about how answers are written and when they end.
public struct GenerationConfiguration: Sendable, Equatable {
    /// Numbers of the tokens that end an answer (`eos_token_id`, one or a list); may be empty.
    public var endTokenIDs: Set<Int>
    /// The sampling it suggests; greedy where it says `do_sample: false` or nothing, with the top-k and top-p that it names
    /// all the same, for those who set a temperature.
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
        sampling = try own.map(Self.sampling) ?? SamplingOptions()
    }

    private static func sampling(_ file: JSONFile) throws -> SamplingOptions {
        let samples = try file.flag("do_sample", default: false)
        let sampling = SamplingOptions(
            // transformers' own defaults for what a sampling configuration leaves out.
            temperature: samples ? try file.number("temperature", default: 1) : 0,
            topK: try file.integer("top_k", default: samples ? 50 : 0),
            topP: try file.number("top_p", default: 1),
            repetitionPenalty: try file.number("repetition_penalty", default: 1))
        if let problem = sampling.problem { throw QwenVLError.configuration(path: file.path, problem: problem) }
        return sampling
    }
}
