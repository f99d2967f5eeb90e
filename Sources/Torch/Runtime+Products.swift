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
