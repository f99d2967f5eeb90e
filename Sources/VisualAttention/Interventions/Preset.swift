import QwenVL
import Torch

/// Methods that people compare with, with the numbers that their authors recommend.
///
/// All were written for 32-layer decoders; a layer l of theirs is layer `floor(l * count / 32)` of a model with another count, and a
/// range of theirs is all layers of that depth.
public enum Preset: String, Sendable, CaseIterable, Codable {
    /// ClearSight's visual amplification fusion (arXiv 2503.13107): scores of visual keys times 1.15, of the system turn's
    /// times 0.95, in layers 9 to 14, in the rows behind the picture.
    case vaf
    /// Pay attention to image (arXiv 2407.21771): 0.2 |z| added to visual scores z of the last row in layers 2 to 31, and
    /// logits weighed against the text alone with gamma 1.1 and a cut-off of 0.1.
    case pai
    /// Visual contrastive decoding (arXiv 2311.16922): logits weighed against those of the picture at noise step 500, with
    /// alpha 1 and a cut-off of 0.1.
    case vcd

    /// How many layers the models had for which the numbers were published.
    public static let publishedLayerCount = 32

    /// The layers that the method changes, in the numbering of its publication; nil if it changes none.
    public var publishedLayers: ClosedRange<Int>? {
        switch self {
        case .vaf: 9...14
        case .pai: 2...31
        case .vcd: nil
        }
    }

    /// The layers that the method changes in a model, by depth.
    /// - Parameter layerCount: how many layers the model has.
    /// - Returns: the layers, counted from 0; nil if it changes none.
    public func layers(of layerCount: Int) -> Set<Int>? {
        publishedLayers.map { range in
            func layer(_ published: Int) -> Int { published * layerCount / Self.publishedLayerCount }
            // In a deeper model a layer of theirs is several: none is left out between them or at the end.
            let last = max(layer(range.upperBound), layer(range.upperBound + 1) - 1)
            return Set(layer(range.lowerBound)...last)
        }
    }

    /// The method for a model.
    /// - Parameter layerCount: how many layers the model has.
    /// - Returns: the intervention.
    public func intervention(layerCount: Int) -> Intervention {
        let layers = layers(of: layerCount)
        switch self {
        case .vaf:
            return Intervention(
                visual: KeyChange(scoreFactor: 1.15), system: KeyChange(scoreFactor: 0.95), layers: layers,
                rows: .afterImage)
        case .pai:
            return Intervention(
                visual: KeyChange(absoluteFactor: 0.2), layers: layers, rows: .last,
                contrast: .withoutPictures(gamma: 1.1, cutoff: 0.1))
        case .vcd:
            return Intervention(contrast: .noisedPictures(alpha: 1, cutoff: 0.1, step: 500))
        }
    }
}
