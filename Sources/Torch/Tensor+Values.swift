import CTorch

extension Tensor {
    /// The elements, row-major, copied from any device.
    /// - Parameter type: the Swift type of an element; the tensor must hold exactly that type.
    /// - Returns: `count` values.
    /// - Throws: ``TorchError/dtype(name:expected:got:)`` if the tensor holds another type.
    public func values<Element: TensorElement>(as type: Element.Type = Element.self) throws -> [Element] {
        guard dtype == Element.dtype else {
            throw TorchError.dtype(name: "the tensor read as \(Element.self)", expected: "\(Element.dtype)", got: dtype)
        }
        let total = count
        return try [Element](unsafeUninitializedCapacity: total) { buffer, initialized in
            let bytes = UnsafeMutableRawBufferPointer(buffer)
            try check(ct_copy_to_bytes(handle, bytes.baseAddress, Int64(bytes.count)), operation: "values")
            initialized = total
        }
    }

    /// The elements as float32 numbers, whatever floating-point type the tensor has.
    /// - Returns: `count` values, row-major.
    /// - Throws: ``TorchError/operation(name:message:)`` if the conversion fails.
    public func floats() throws -> [Float] {
        try to(.float32).values(as: Float.self)
    }

    /// The only element, as a double.
    /// - Returns: the value.
    /// - Throws: ``TorchError/operation(name:message:)`` if there is not exactly one element.
    public func item() throws -> Double {
        var value = 0.0
        try check(ct_item_double(handle, &value), operation: "item")
        return value
    }

    /// The only element, as an integer.
    /// - Returns: the value.
    /// - Throws: ``TorchError/operation(name:message:)`` if there is not exactly one element.
    public func integer() throws -> Int {
        var value: Int64 = 0
        try check(ct_item_int64(handle, &value), operation: "integer")
        return Int(value)
    }

    /// The bytes of a contiguous tensor on the CPU, lent to `body`.
    /// - Parameter body: reads the bytes; they must not be kept.
    /// - Returns: what `body` returns.
    /// - Throws: what `body` throws, and ``TorchError/operation(name:message:)`` if a copy to the CPU fails.
    public func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) throws -> Result {
        let local = device == .cpu && isContiguous ? self : try to(device: .cpu).contiguous()
        let bytes = UnsafeRawBufferPointer(start: ct_data(local.handle), count: local.count * local.dtype.byteCount)
        return try withExtendedLifetime(local) { try body(bytes) }
    }

    /// The same values in another type or on another device; the same tensor if nothing changes.
    /// - Parameters:
    ///   - dtype: the new type, or nil to keep it.
    ///   - device: the new device, or nil to stay.
    /// - Returns: the tensor there.
    /// - Throws: ``TorchError/operation(name:message:)`` if memory is short.
    public func to(_ dtype: DType? = nil, device: Device? = nil) throws -> Tensor {
        let target = dtype ?? self.dtype
        let place = device ?? self.device
        if target == self.dtype && place == self.device { return self }
        return try Tensor.make("to(\(target), \(place))") { ct_to(handle, target.rawValue, place.handle, $0) }
    }

    /// The same tensor with its elements in row-major order without gaps.
    /// - Returns: this tensor, or a copy.
    /// - Throws: ``TorchError/operation(name:message:)`` if memory is short.
    public func contiguous() throws -> Tensor {
        if isContiguous { return self }
        return try Tensor.make("contiguous") { ct_contiguous(handle, $0) }
    }

    /// A copy with its own memory.
    /// - Returns: the copy; gradients flow through it.
    /// - Throws: ``TorchError/operation(name:message:)`` if memory is short.
    public func clone() throws -> Tensor {
        try Tensor.make("clone") { ct_clone(handle, $0) }
    }

    /// Overwrites the values with those of `source`, broadcast and converted.
    /// - Parameter source: what to copy.
    /// - Throws: ``TorchError/operation(name:message:)`` if the shapes do not fit.
    public func copy(from source: Tensor) throws {
        try check(ct_copy_(handle, source.handle), operation: "copy(from:)")
    }

    /// Overwrites every value with one number.
    /// - Parameter value: the number.
    /// - Throws: ``TorchError/operation(name:message:)`` if the tensor cannot be written.
    public func fill(_ value: Double) throws {
        try check(ct_fill_(handle, value), operation: "fill")
    }
}
