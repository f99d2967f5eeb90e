import CTorch

extension Runtime {
    /// How products are made on this processor.
    public struct Products: Sendable, Codable {
        /// Billions of float32 operations per second of one core with the BLAS of libtorch.
        public var blas: Double
        /// Billions of float32 operations per second of one core with oneDNN.
        public var oneDNN: Double
        /// Billions of bfloat16 operations per second of one core.
        public var bfloat16: Double
        /// True if float32 products of many rows go to oneDNN.
        public var usesOneDNN: Bool
        /// True if bfloat16 products of many rows are made in bfloat16, false if in float32, block by block.
        public var usesBFloat16: Bool
    }

    /// What this processor is good at, measured at the first call.
    public static var products: Products {
        get throws {
            var found = CTProducts()
            try check(ct_products(&found), operation: "products")
            return Products(
                blas: found.mkl, oneDNN: found.onednn, bfloat16: found.bfloat16, usesOneDNN: found.uses_onednn,
                usesBFloat16: found.uses_bfloat16)
        }
    }
}

/// A library that makes products of many rows.
public enum ProductLibrary: Int32, Sendable, CaseIterable {
    /// What libtorch's own `linear` uses: MKL in the wheel.
    case blas = 0
    /// oneDNN, through libtorch's `mkldnn` linear operation.
    case oneDNN = 1
}

extension Tensor {
    /// `x weight^T` by one library, whatever ``linear(_:bias:)`` would choose: for measurements.
    /// - Parameters:
    ///   - weight: `[out, in]`.
    ///   - library: which.
    /// - Returns: `[rows, out]`.
    /// - Throws: ``TorchError/operation(name:message:)`` if the shapes do not fit or the library is not there.
    public func linear(_ weight: Tensor, by library: ProductLibrary) throws -> Tensor {
        try Tensor.make("linear of \(shape) with \(weight.shape)") {
            ct_linear_by(handle, weight.handle, library.rawValue, $0)
        }
    }
}
