import Foundation

/// What low-rank adapters are attached to, and how wide they are: the part of PEFT's `LoraConfig` that there is here.
public struct LowRankSettings: Sendable, Equatable {
    /// The width in the middle.
    public var rank: Int
    /// The scale times the rank.
    public var alpha: Double
    /// How likely a number of an adapter's input is dropped in training.
    public var dropout: Double
    /// The layers that get an adapter, as ``LayerPattern`` reads them.
    public var targets: [String]
    /// The layers that get none although they are targets.
    public var excluded: [String]
    /// The parts of the model that may have adapters.
    public var parts: Set<ParameterPart>
    /// True to scale by `alpha / sqrt(rank)` (rsLoRA, arXiv 2312.03732).
    public var isRankStabilized: Bool

    /// Settings.
    /// - Parameters:
    ///   - rank: the width in the middle.
    ///   - alpha: the scale times the rank.
    ///   - dropout: how likely a number of an adapter's input is dropped in training.
    ///   - targets: the layers that get an adapter: PEFT's suffixes such as `q_proj`, `all-linear` for all but the output
    ///     projection, or regular expressions of whole names.
    ///   - excluded: the layers that get none although they are targets.
    ///   - parts: the parts of the model that may have adapters; all unless given.
    ///   - isRankStabilized: true to scale by `alpha / sqrt(rank)`.
    public init(
        rank: Int = 8, alpha: Double = 16, dropout: Double = 0, targets: [String] = ["all-linear"],
        excluded: [String] = [], parts: Set<ParameterPart> = Set(ParameterPart.allCases), isRankStabilized: Bool = false
    ) {
        (self.rank, self.alpha, self.dropout, self.targets) = (rank, alpha, dropout, targets)
        (self.excluded, self.parts, self.isRankStabilized) = (excluded, parts, isRankStabilized)
    }

    /// The linear layers of a store that get an adapter, in the order of the forward pass.
    func layers(of store: ParameterStore) throws -> [String] {
        guard rank >= 1, alpha.isFinite, dropout >= 0, dropout < 1 else {
            throw QwenVLError.input(
                "Adapters need a rank of at least 1, a finite alpha and a dropout from 0 up to below 1; got rank \(rank), "
                    + "alpha \(alpha), dropout \(dropout)")
        }
        let all = store.linearLayers
        let unwanted = try excluded.map(LayerPattern.init)
        var chosen: Set<String> = []
        for target in targets {
            let pattern = try LayerPattern(target)
            let named = all.filter(pattern.matches)
            guard !named.isEmpty else {
                throw QwenVLError.input(
                    "The target '\(target)' names no linear layer of the model; the last parts of their names are "
                        + Set(all.map(ModuleName.shortest)).sorted().joined(separator: ", "))
            }
            chosen.formUnion(named)
        }
        let layers = all.filter { layer in
            chosen.contains(layer) && ParameterPart(of: layer).map(parts.contains) ?? false
                && !unwanted.contains { $0.matches(layer) }
        }
        guard !layers.isEmpty else {
            throw QwenVLError.input(
                "The targets \(targets.joined(separator: ", ")) leave no layer for an adapter once the excluded layers and "
                    + "parts are taken away")
        }
        return layers
    }
}

/// A word that names linear layers, read as PEFT reads `target_modules`.
///
/// `all-linear` is every layer but the output projection. A word of letters, digits, `_` and `.` names the layers that are called
/// so, or end so after a dot. Everything else is a regular expression of a whole name. Names count in both layouts, with
/// `model.language_model.layers` and `model.visual` as transformers has them in memory, and as the checkpoint has them.
public struct LayerPattern {
    private enum Kind {
        case all
        case suffix(String)
        case expression(Regex<AnyRegexOutput>)
    }

    private let kind: Kind

    /// Reads a word.
    /// - Parameter text: the word.
    /// - Throws: ``QwenVLError/input(_:)`` if it is no regular expression.
    public init(_ text: String) throws {
        if text == "all-linear" {
            kind = .all
        } else if text.wholeMatch(of: /[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)*/) != nil {
            kind = .suffix(text)
        } else {
            do {
                kind = .expression(try Regex(text))
            } catch {
                throw QwenVLError.input("'\(text)' is no regular expression that can be read")
            }
        }
    }

    /// Tells whether a layer is meant.
    /// - Parameter layer: its name in the checkpoint.
    /// - Returns: true if it is.
    public func matches(_ layer: String) -> Bool {
        if case .all = kind { return layer != "lm_head" }
        return [layer, ModuleName.inMemory(layer)].contains { name in
            switch kind {
            case .all: true
            case .suffix(let suffix): name == suffix || name.hasSuffix("." + suffix)
            case .expression(let expression): (try? expression.wholeMatch(in: name)) != nil
            }
        }
    }
}
