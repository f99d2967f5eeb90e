import Foundation
import QwenVL
import Torch

/// Weights to begin with.
///
/// Matrices are drawn at 1 / sqrt(fan-in): at the usual 0.02 a network as narrow as ours begins with signals so faint that it takes
/// thousands of steps until the picture is worth reading.
enum RandomParameters {
    /// What writes into the residual stream.
    private static let residual = ["o_proj.weight", "down_proj.weight", "attn.proj.weight"]

    /// The same numbers for the same seed.
    static func draw(
        _ configuration: ModelConfiguration, _ settings: PretrainingRecipe.Initialization, seed: UInt64
    ) throws -> ParameterStore {
        try Runtime.seed(seed)
        return ParameterStore(
            try ParameterLayout.entries(for: configuration).map { entry in
                (entry.name, try draw(entry.name, shape: entry.shape, settings))
            })
    }

    private static func draw(
        _ name: String, shape: [Int], _ settings: PretrainingRecipe.Initialization
    ) throws -> Tensor {
        guard shape.count > 1 else { return try Tensor.full(shape, name.hasSuffix("bias") ? 0 : 1) }
        let fanIn = shape.dropFirst().reduce(1, *)
        var deviation = 1 / Double(fanIn).squareRoot()
        if name.hasSuffix("embed_tokens.weight") { deviation = settings.embedding }
        if residual.contains(where: name.hasSuffix) { deviation *= settings.residual }
        return try Tensor.randn(shape) * deviation
    }
}
