import Foundation
import Torch

/// A second reading of the question, against which every next token is weighed: what the picture does not change counts less.
///
/// The next token is drawn from `(1 + weight) l - weight l'` with l the logits of the answer and l' those of the same answer
/// after the other input; tokens whose probability under l is below `cutoff` times the largest are dropped. With the noised
/// picture as the other input this is VCD (arXiv 2311.16922); with the text alone and weight = gamma - 1 it
/// is PAI's rule `gamma (log p - log p') + log p'` (arXiv 2407.21771), which differs by a constant per step.
public struct Contrast {
    /// What the second stream reads in place of the prompt; never changed by an intervention.
    public var input: ModelInput
    /// Key groups of its tokens, where the request observes attention.
    public var groups: KeyGroups?
    /// How much the second stream's logits are weighed against, at least 0.
    public var weight: Double
    /// Tokens less probable than this share of the likeliest are dropped, in 0...1; 0 drops none.
    public var cutoff: Double

    /// A second reading.
    /// - Parameters:
    ///   - input: what the second stream reads in place of the prompt.
    ///   - groups: key groups of its tokens, where the request observes attention.
    ///   - weight: how much its logits are weighed against.
    ///   - cutoff: tokens less probable than this share of the likeliest are dropped.
    public init(_ input: ModelInput, groups: KeyGroups? = nil, weight: Double, cutoff: Double) {
        self.input = input
        self.groups = groups
        self.weight = weight
        self.cutoff = cutoff
    }

    /// What is wrong with the numbers, or nil.
    var problem: String? {
        guard weight >= 0, weight.isFinite else {
            return "the contrast's weight must be a number of at least 0, got \(weight)"
        }
        return (0...1).contains(cutoff) ? nil : "the contrast's cut-off must be in 0...1, got \(cutoff)"
    }

    /// The logits to draw from, `[vocabulary]`.
    /// - Parameters:
    ///   - logits: of the answer.
    ///   - other: of the same answer after the other input.
    ///   - banned: bool `[vocabulary]`, tokens that are never drawn and do not count for the cut-off; nil for none.
    /// - Returns: float32, negative infinity for what is dropped.
    /// - Throws: `TorchError` if the two differ in length.
    package func combine(_ logits: Tensor, _ other: Tensor, banned: Tensor? = nil) throws -> Tensor {
        let (own, other) = (try logits.to(.float32), try other.to(.float32))
        let logits = try banned.map { try own.masked($0, with: -.infinity) } ?? own
        let combined = try logits * (1 + weight) - other * weight
        guard cutoff > 0 else { return combined }
        let least = try logits.amax([0], keep: true) + log(cutoff)
        return try combined.masked(logits.less(least), with: -.infinity)
    }
}

extension ModelConfiguration {
    /// The same conversation without its pictures: neither their places nor the marks round them.
    /// - Parameter input: tokens and pictures.
    /// - Returns: the text alone, roles and turns kept.
    /// - Throws: ``QwenVLError/input(_:)`` if nothing is left.
    public func withoutPictures(_ input: ModelInput) throws -> ModelInput {
        let dropped = visualMarkIDs
        let kept = input.inputIDs.indices.filter { !dropped.contains(input.inputIDs[$0]) }
        return try ModelInput(
            inputIDs: kept.map { input.inputIDs[$0] }, roles: kept.map { input.roles[$0] },
            turns: kept.map { input.turns[$0] }, imageTokenID: input.imageTokenID)
    }
}
