/// A part of the model that is trained or frozen as one.
public enum ParameterPart: String, Sendable, CaseIterable {
    /// The vision tower without its merger.
    case visionTower = "vision_tower"
    /// What turns squares of patches into tokens of the decoder's width.
    case merger
    /// The decoder's layers and its last norm.
    case languageModel = "language_model"
    /// The embedding of the tokens, which is the output projection as well where the two are tied.
    case embeddings
    /// The output projection.
    case languageHead = "lm_head"

    /// The part that a parameter or a layer belongs to.
    /// - Parameter name: in the checkpoint or as transformers has it in memory; nil if no part has such a name.
    public init?(of name: String) {
        let name = ParameterLayout.canonicalName(name)
        if name.hasPrefix("visual.merger.") {
            self = .merger
        } else if name.hasPrefix("visual.") {
            self = .visionTower
        } else if name.hasPrefix("model.embed_tokens.") {
            self = .embeddings
        } else if name.hasPrefix("model.") {
            self = .languageModel
        } else if name == "lm_head" || name.hasPrefix("lm_head.") {
            self = .languageHead
        } else {
            return nil
        }
    }
}

/// Which parameters a training changes: all but frozen parts and those whose names fit a pattern.
public struct ParameterSelection {
    /// Parts of which nothing is changed; with the language model go its embeddings and its output projection.
    public let frozen: Set<ParameterPart>
    private let patterns: [Regex<AnyRegexOutput>]

    /// A selection.
    /// - Parameters:
    ///   - frozen: the parts that are not changed; a frozen language model takes its embeddings and output projection with it.
    ///   - frozenPatterns: regular expressions; a parameter in whose name in the checkpoint one is found anywhere is not changed.
    /// - Throws: ``QwenVLError/input(_:)`` if a pattern is no regular expression.
    public init(frozen: Set<ParameterPart> = [], frozenPatterns: [String] = []) throws {
        self.frozen = frozen.contains(.languageModel) ? frozen.union([.embeddings, .languageHead]) : frozen
        patterns = try frozenPatterns.map { text in
            do {
                return try Regex(text)
            } catch {
                throw QwenVLError.input("'\(text)' is no regular expression that can be read")
            }
        }
    }

    /// Tells whether a parameter is changed.
    /// - Parameter name: its name in the checkpoint.
    /// - Returns: true if it is.
    public func isTrained(_ name: String) -> Bool {
        if let part = ParameterPart(of: name), frozen.contains(part) { return false }
        return !patterns.contains { (try? $0.firstMatch(in: name)) != nil }
    }
}
