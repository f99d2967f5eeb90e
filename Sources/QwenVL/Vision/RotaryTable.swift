import Torch

/// Cosines and sines of rotary angles, float32 `[batch or 1, tokens, headSize / 2]`.
///
/// Only one half of a head's width is kept: the other half is the same (see `Tensor.rotary(cos:sin:)`).
struct RotaryTable {
    let cos: Tensor
    let sin: Tensor

    /// Takes angles in radians, float32 `[batch, tokens, headSize / 2]`.
    init(angles: Tensor) throws {
        cos = try angles.cos()
        sin = try angles.sin()
    }

    /// `1 / base^(2 i / width)` for i in 0 ..< width / 2, computed in float32 by the same operations as transformers.
    static func inverseFrequencies(base: Double, width: Int, device: Device) throws -> Tensor {
        let exponents = try Tensor.arange(0, Double(width), step: 2, device: device) / Double(width)
        return try Tensor.pow(base, exponents).reciprocal()
    }

    /// Angles of the vision tower: the row turns the first half of the frequencies, the column the second
    /// (transformers' `Qwen2_5_VLVisionRotaryEmbedding`).
    static func vision(plan: VisionPlan, headSize: Int, device: Device) throws -> RotaryTable {
        let frequencies = try inverseFrequencies(base: 10000, width: headSize / 2, device: device)  // [headSize / 4]
        func angles(_ coordinate: (Int, Int) -> Int) throws -> Tensor {
            let numbers = plan.positions.map { Float(coordinate($0.row, $0.column)) }
            return try Tensor(numbers, shape: [1, numbers.count, 1]).to(device: device) * frequencies
        }
        return try RotaryTable(
            angles: Tensor.concatenate([angles { row, _ in row }, angles { _, column in column }], axis: -1))
    }

    /// Angles of the decoder: each frequency turns with one of the three positions, as `mrope_section` deals them out
    /// (transformers' `Qwen2_5_VLRotaryEmbedding`).
    ///
    /// `positionIDs` is int64 `[3, batch, tokens]`.
    static func text(positionIDs: Tensor, configuration: TextConfiguration) throws -> RotaryTable {
        let device = positionIDs.device
        let frequencies = try inverseFrequencies(
            base: configuration.ropeTheta, width: configuration.headSize, device: device)
        var axes: [Int] = []
        for (axis, length) in configuration.mropeSection.enumerated() { axes += [Int](repeating: axis, count: length) }
        let perFrequency = try positionIDs.to(.float32).indexSelect(0, Tensor(axes).to(device: device))
            .permute([1, 2, 0])  // [batch, tokens, headSize / 2]
        return try RotaryTable(angles: perFrequency * frequencies)
    }
}
