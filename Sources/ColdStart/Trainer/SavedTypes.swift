import Foundation
import Safetensors
import Torch

/// The types that weights are stored in.
enum SavedTypes {
    /// The type of a checkpoint's matrices: bfloat16 if its first matrix is, else float32.
    /// - Parameter folder: the checkpoint.
    /// - Returns: the type.
    /// - Throws: `SafetensorsError` if the weights cannot be read.
    static func dtype(of folder: URL) throws -> DType {
        let entry = try SafetensorsCheckpoint(contentsOf: folder).entries.first { $0.shape.count > 1 }
        return entry.map { DType($0.dtype) } == .bfloat16 ? .bfloat16 : .float32
    }
}
