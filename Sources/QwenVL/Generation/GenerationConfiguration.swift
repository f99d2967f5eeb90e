import Foundation

/// What a checkpoint says about ending an answer.
public struct GenerationConfiguration: Sendable, Equatable {
    /// Tokens that end an answer.
    public var endTokenIDs: Set<Int>

    /// Settings given by hand.
    /// - Parameter endTokenIDs: tokens that end an answer.
    public init(endTokenIDs: Set<Int>) { self.endTokenIDs = endTokenIDs }

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
    }
}
