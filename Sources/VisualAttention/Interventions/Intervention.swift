import Foundation
import QwenVL
import Torch

/// A training-free intervention: what is done to the attention on the picture and on the system turn, and what the next token
/// is weighed against.
public struct Intervention: Sendable, Hashable {
    /// What the paper's factor `s_j = 1 + enhance [j visual] - suppress [j system]` multiplies (arXiv 2603.03825 leaves it open).
    public enum Reading: String, Sendable, CaseIterable, Codable {
        /// The scores: `softmax(s_j z_ij)`.
        case scores
        /// The weights, made to sum to one again: `s_j A_ij / sum_k s_k A_ik`.
        case renormalized
        /// The weights as they are: `s_j A_ij`; a row sums to the factors' mean.
        case raw
    }

    /// What is done to visual tokens as keys.
    public var visual: KeyChange
    /// What is done to the system turn's tokens as keys.
    public var system: KeyChange
    /// The changed layers, counted from 0; nil for all.
    public var layers: Set<Int>?
    /// The changed query heads of those layers, counted from 0; nil for all.
    public var heads: Set<Int>?
    /// The rows (queries) whose attention is changed.
    public var rows: AttentionModulation.Rows
    /// What every next token is weighed against, or nil.
    public var contrast: ContrastRule?

    /// An intervention.
    /// - Parameters:
    ///   - visual: what is done to visual tokens as keys.
    ///   - system: what is done to the system turn's tokens as keys.
    ///   - layers: the changed layers, or nil for all.
    ///   - heads: the changed query heads, or nil for all.
    ///   - rows: the changed rows.
    ///   - contrast: what every next token is weighed against, or nil.
    public init(
        visual: KeyChange = .none, system: KeyChange = .none, layers: Set<Int>? = nil, heads: Set<Int>? = nil,
        rows: AttentionModulation.Rows = .all, contrast: ContrastRule? = nil
    ) {
        self.visual = visual
        self.system = system
        self.layers = layers
        self.heads = heads
        self.rows = rows
        self.contrast = contrast
    }

    /// The paper's intervention with its two coefficients.
    /// - Parameters:
    ///   - enhance: what is added to the factor of visual tokens.
    ///   - suppress: what is taken from the factor of the system turn; 1 removes it, exactly.
    ///   - reading: what the factors multiply.
    ///   - layers: the changed layers, or nil for all.
    ///   - heads: the changed query heads, or nil for all.
    ///   - rows: the changed rows.
    /// - Throws: ``InterventionError`` for a coefficient that is not finite, that would flip a sign, or that leaves nothing of a
    ///   score.
    public init(
        enhance: Double, suppress: Double, reading: Reading = .scores, layers: Set<Int>? = nil,
        heads: Set<Int>? = nil, rows: AttentionModulation.Rows = .all
    ) throws {
        try InterventionError.check("enhance", enhance, factor: 1 + enhance, reading: reading)
        try InterventionError.check("suppress", suppress, factor: 1 - suppress, reading: reading)
        self.init(
            visual: reading.change(factor: 1 + enhance), system: reading.change(factor: 1 - suppress), layers: layers,
            heads: heads, rows: rows)
    }

    /// True if attention itself is changed.
    public var changesAttention: Bool { visual != .none || system != .none }

    /// The intervention for a model.
    /// - Parameter configuration: the decoder's sizes.
    /// - Returns: what its layers do to keys of each ``RoleGroup``; nil if attention itself is not changed.
    /// - Throws: ``InterventionError`` for layers or heads that the model does not have.
    public func modulation(for configuration: TextConfiguration) throws -> AttentionModulation? {
        guard changesAttention else { return nil }
        try InterventionError.check("layer", layers, count: configuration.layerCount)
        try InterventionError.check("head", heads, count: configuration.attentionHeads)
        let changed = RoleGroup.allCases.map { group -> KeyChange in
            switch group {
            case .visual: visual
            case .system: system
            default: .none
            }
        }
        let unchanged = [KeyChange](repeating: .none, count: changed.count)
        let ofHeads = (0..<configuration.attentionHeads).map { heads?.contains($0) ?? true ? changed : unchanged }
        let chosen = layers ?? Set(0..<configuration.layerCount)
        return AttentionModulation(
            layers: Dictionary(uniqueKeysWithValues: chosen.map { ($0, ofHeads) }), rows: rows)
    }
}

extension Intervention.Reading {
    fileprivate func change(factor: Double) -> KeyChange {
        switch self {
        case .scores: KeyChange(scoreFactor: factor)
        case .renormalized: KeyChange(bias: factor == 1 ? 0 : log(factor))
        case .raw: KeyChange(valueFactor: factor)
        }
    }
}
