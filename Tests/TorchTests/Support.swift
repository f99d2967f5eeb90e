import Foundation
import Safetensors
import Testing
import Torch

/// What PyTorch computed (Tests/Fixtures/torch/make_torch.py).
struct Golden {
    let file: SafetensorsFile

    init() throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        file = try SafetensorsFile(contentsOf: folder.appendingPathComponent("Fixtures/torch/torch.safetensors"))
    }

    /// A tensor with memory of its own: those of the file are read only.
    func tensor(_ name: String) throws -> Tensor { try file.tensor(name).clone() }

    /// The inputs of an operation.
    func inputs(_ name: String) throws -> [Tensor] {
        try (0...).lazy.map { "\(name).x\($0)" }.prefix { file.contains($0) }.map { try tensor($0) }
    }
}

/// The largest difference as a part of the largest magnitude; infinite if shapes or types differ.
func relativeDifference(_ actual: Tensor, _ expected: Tensor) throws -> Double {
    guard actual.shape == expected.shape else { return .infinity }
    guard expected.dtype.isFloatingPoint else {
        let same = try actual.to(.int64).values(as: Int.self) == expected.to(.int64).values(as: Int.self)
        return actual.dtype == expected.dtype && same ? 0 : .infinity
    }
    let (x, y) = (try actual.floats(), try expected.floats())
    let largest = y.reduce(Float(1e-30)) { max($0, abs($1)) }
    let difference = zip(x, y).reduce(Float(0)) { $1.0.isFinite ? max($0, abs($1.0 - $1.1)) : .infinity }
    return Double(difference / largest)
}
