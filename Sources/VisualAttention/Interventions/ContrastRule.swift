import Foundation
import QwenVL
import RandomNumbers
import Torch

/// What the second stream of a contrasted answer reads, and how it is weighed.
public enum ContrastRule: Sendable, Hashable {
    /// The question without its pictures: `gamma (log p - log p') + log p'` (PAI, arXiv 2407.21771).
    ///
    /// Tokens less probable than `cutoff` times the likeliest are dropped.
    case withoutPictures(gamma: Double, cutoff: Double)
    /// The question with noise over its pictures: `(1 + alpha) l - alpha l'` (VCD, arXiv 2311.16922).
    ///
    /// Tokens less probable than `cutoff` times the likeliest are dropped; `step` of 1,000 says how much noise there is.
    case noisedPictures(alpha: Double, cutoff: Double, step: Int)

    /// The contrast of one prompt.
    /// - Parameters:
    ///   - input: the prompt.
    ///   - configuration: of the model.
    ///   - seed: of the noise; each question should have its own.
    /// - Returns: the second stream; nil for a prompt without a picture, which there is nothing to weigh against.
    /// - Throws: ``InterventionError`` for numbers that the method does not have, `QwenVLError` if nothing is left of the prompt
    ///   without its pictures, `TorchError` if memory is short.
    func contrast(for input: ModelInput, configuration: ModelConfiguration, seed: UInt64) throws -> Contrast? {
        guard input.roles.contains(.image) else { return nil }
        switch self {
        case .withoutPictures(let gamma, let cutoff):
            try InterventionError.check("gamma", gamma, in: 1...Double.greatestFiniteMagnitude)
            try InterventionError.check("cut-off", cutoff, in: 0...1)
            let text = try configuration.withoutPictures(input)
            return Contrast(text, groups: KeyGroups(roles: text.roles), weight: gamma - 1, cutoff: cutoff)
        case .noisedPictures(let alpha, let cutoff, let step):
            try InterventionError.check("alpha", alpha, in: 0...Double.greatestFiniteMagnitude)
            try InterventionError.check("cut-off", cutoff, in: 0...1)
            try InterventionError.check("noise step", Double(step), in: 0...Double(DiffusionNoise.stepCount - 1))
            var noised = input
            noised.pixelValues = try input.pixelValues.map {
                let vision = configuration.vision
                let shape = [$0.size(0), vision.inputChannels, 1, vision.patchSize * vision.patchSize]
                let noise = try DiffusionNoise.gaussian(shape, seed: seed)
                return try DiffusionNoise(step: step).noised($0, frames: vision.temporalPatchSize, noise: noise)
            }
            return Contrast(noised, groups: KeyGroups(roles: input.roles), weight: alpha, cutoff: cutoff)
        }
    }
}

/// The noise of VCD: `x' = sqrt(abar_t) x + sqrt(1 - abar_t) e` on normalised pixels, with 1,000 steps of
/// `beta = 1e-5 + (5e-3 - 1e-5) sigmoid(u)`, u from -6 to 6 in equal steps (`vcd_utils/vcd_add_noise.py`).
public struct DiffusionNoise: Sendable {
    /// How many steps there are.
    public static let stepCount = 1000
    /// The product of `1 - beta` up to the step: what share of the picture's variance is left, in 0...1.
    public let kept: Double

    /// The noise at a step.
    /// - Parameter step: in 0..<1000.
    public init(step: Int) {
        precondition((0..<Self.stepCount).contains(step), "Noise has steps 0 to 999, not \(step).")
        kept = (0...step).reduce(1.0) { product, index in
            let u = -6 + 12 * Double(index) / Double(Self.stepCount - 1)
            return product * (1 - (1e-5 + (5e-3 - 1e-5) / (1 + exp(-u))))
        }
    }

    /// Patches under noise; the copies of a picture in its frames stay copies.
    /// - Parameters:
    ///   - pixelValues: `[patches, channels * frames * pixels]`, normalised.
    ///   - frames: how many copies of the picture a patch holds.
    ///   - noise: `[patches, channels, 1, pixels]`, drawn from the normal distribution.
    /// - Returns: like `pixelValues`.
    /// - Throws: `TorchError` if the shapes do not fit.
    public func noised(_ pixelValues: Tensor, frames: Int, noise: Tensor) throws -> Tensor {
        let shape = [noise.size(0), noise.size(1), frames, noise.size(3)]
        let added = try (noise * (1 - kept).squareRoot()).expand(shape).reshape(pixelValues.shape)
        return try pixelValues * kept.squareRoot() + added.to(pixelValues.dtype, device: pixelValues.device)
    }

    /// Numbers from the normal distribution, float32; the same seed gives the same (Box and Muller, 1958).
    static func gaussian(_ shape: [Int], seed: UInt64) throws -> Tensor {
        var random = SplitMix64(seed: seed)
        let count = shape.reduce(1, *)
        var numbers: [Float] = []
        numbers.reserveCapacity(count + 1)
        while numbers.count < count {
            let radius = (-2 * log(1 - random.uniform())).squareRoot()
            let angle = 2 * Double.pi * random.uniform()
            numbers += [Float(radius * cos(angle)), Float(radius * sin(angle))]
        }
        return try Tensor(Array(numbers.prefix(count)), shape: shape)
    }
}
