import CTorch

extension Tensor {
    /// What dropout multiplies by: 0 with a probability, else one over the share that is kept.
    ///
    /// Element i, counted row by row, hangs on the key and on i alone. So a layer that is run twice drops the same numbers
    /// twice, and a training that is gone on with drops what it would have dropped, whatever the device and the number of
    /// threads.
    /// - Parameters:
    ///   - shape: the sizes.
    ///   - probability: how likely an element is dropped, from 0 up to below 1.
    ///   - key: any number; other keys give masks that have nothing to do with each other.
    ///   - dtype: a floating-point type.
    ///   - device: where it lies.
    /// - Returns: the mask.
    /// - Throws: ``TorchError/operation(name:message:)`` for a probability out of range, or if memory is short.
    public static func dropoutMask(
        _ shape: [Int], probability: Double, key: UInt64, dtype: DType = .float32, device: Device = .cpu
    ) throws -> Tensor {
        try make("dropoutMask\(shape)") { out in
            shape.withInt64 { ct_dropout_mask($0, $1, probability, key, dtype.rawValue, device.handle, out) }
        }
    }
}
