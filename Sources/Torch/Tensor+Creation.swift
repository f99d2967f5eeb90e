import CTorch

extension Tensor {
    /// A tensor on the CPU with the given values.
    /// - Parameters:
    ///   - values: row-major elements.
    ///   - shape: its product is the number of values.
    /// - Throws: ``TorchError/shape(name:expected:got:)`` if the counts disagree.
    public convenience init<Element: TensorElement>(_ values: [Element], shape: [Int]) throws {
        guard shape.allSatisfy({ $0 >= 0 }), shape.reduce(1, *) == values.count else {
            throw TorchError.shape(name: "shape", expected: "a shape of \(values.count) elements", got: shape)
        }
        var out = CTensor()
        try values.withUnsafeBytes { bytes in
            try shape.withInt64 { sizes, count in
                ct_from_bytes(bytes.baseAddress, Element.dtype.rawValue, sizes, count, &out)
            }.checked("Tensor(values)")
        }
        self.init(adopting: out)
    }

    /// A vector on the CPU with the given values.
    /// - Parameter values: the elements.
    /// - Throws: ``TorchError/operation(name:message:)`` if memory is short.
    public convenience init<Element: TensorElement>(_ values: [Element]) throws {
        try self.init(values, shape: [values.count])
    }

    /// A tensor on the CPU with bytes of any element type.
    /// - Parameters:
    ///   - bytes: row-major elements, native byte order.
    ///   - dtype: the element type.
    ///   - shape: its product times the element size is the number of bytes.
    /// - Throws: ``TorchError/shape(name:expected:got:)`` if the counts disagree.
    public convenience init(bytes: UnsafeRawBufferPointer, dtype: DType, shape: [Int]) throws {
        guard shape.allSatisfy({ $0 >= 0 }), shape.reduce(dtype.byteCount, *) == bytes.count else {
            throw TorchError.shape(name: "shape", expected: "a shape of \(bytes.count) bytes in \(dtype)", got: shape)
        }
        var out = CTensor()
        try shape.withInt64 { ct_from_bytes(bytes.baseAddress, dtype.rawValue, $0, $1, &out) }.checked("Tensor(bytes)")
        self.init(adopting: out)
    }

    /// A tensor over memory that something else owns, without a copy; read only.
    /// - Parameters:
    ///   - memory: row-major elements, aligned to their size.
    ///   - dtype: the element type.
    ///   - shape: the shape of the elements there.
    ///   - owner: kept alive as long as the memory is in use.
    /// - Throws: ``TorchError/operation(name:message:)`` if libtorch refuses the shape.
    public convenience init(mapping memory: UnsafeRawPointer, dtype: DType, shape: [Int], owner: AnyObject) throws {
        let retained = Unmanaged.passRetained(owner)
        var out = CTensor()
        let status = shape.withInt64 { sizes, count in
            ct_from_mapped(
                UnsafeMutableRawPointer(mutating: memory), dtype.rawValue, sizes, count, retained.toOpaque(),
                { pointer in
                    if let pointer { Unmanaged<AnyObject>.fromOpaque(pointer).release() }
                }, &out)
        }
        if status != 0 { retained.release() }
        try status.checked("Tensor(mapping:)")
        self.init(adopting: out)
    }

    /// A tensor whose values are not set.
    /// - Parameters:
    ///   - shape: the sizes.
    ///   - dtype: the element type.
    ///   - device: where it lies.
    /// - Returns: the tensor.
    /// - Throws: ``TorchError/operation(name:message:)`` if memory is short.
    public static func empty(_ shape: [Int], dtype: DType = .float32, device: Device = .cpu) throws -> Tensor {
        try make("empty\(shape)") { out in shape.withInt64 { ct_empty($0, $1, dtype.rawValue, device.handle, out) } }
    }

    /// A tensor with the same number everywhere.
    /// - Parameters:
    ///   - shape: the sizes.
    ///   - value: the number.
    ///   - dtype: the element type.
    ///   - device: where it lies.
    /// - Returns: the tensor.
    /// - Throws: ``TorchError/operation(name:message:)`` if memory is short.
    public static func full(_ shape: [Int], _ value: Double, dtype: DType = .float32, device: Device = .cpu) throws
        -> Tensor
    {
        try make("full\(shape)") { out in shape.withInt64 { ct_full($0, $1, value, dtype.rawValue, device.handle, out) }
        }
    }

    /// Zeros.
    /// - Parameters:
    ///   - shape: the sizes.
    ///   - dtype: the element type.
    ///   - device: where it lies.
    /// - Returns: the tensor.
    /// - Throws: ``TorchError/operation(name:message:)`` if memory is short.
    public static func zeros(_ shape: [Int], dtype: DType = .float32, device: Device = .cpu) throws -> Tensor {
        try full(shape, 0, dtype: dtype, device: device)
    }

    /// Ones.
    /// - Parameters:
    ///   - shape: the sizes.
    ///   - dtype: the element type.
    ///   - device: where it lies.
    /// - Returns: the tensor.
    /// - Throws: ``TorchError/operation(name:message:)`` if memory is short.
    public static func ones(_ shape: [Int], dtype: DType = .float32, device: Device = .cpu) throws -> Tensor {
        try full(shape, 1, dtype: dtype, device: device)
    }

    /// Numbers from `start` on in steps of `step`, below `end`.
    /// - Parameters:
    ///   - start: the first number.
    ///   - end: not reached.
    ///   - step: not zero.
    ///   - dtype: the element type.
    ///   - device: where it lies.
    /// - Returns: a vector.
    /// - Throws: ``TorchError/operation(name:message:)`` for a step of zero or of the wrong sign.
    public static func arange(
        _ start: Double = 0, _ end: Double, step: Double = 1, dtype: DType = .float32, device: Device = .cpu
    ) throws -> Tensor {
        try make("arange") { ct_arange(start, end, step, dtype.rawValue, device.handle, $0) }
    }

    /// Standard normal numbers from the device's generator (see ``Runtime/seed(_:)``).
    /// - Parameters:
    ///   - shape: the sizes.
    ///   - dtype: a floating-point type.
    ///   - device: where it lies.
    /// - Returns: the tensor.
    /// - Throws: ``TorchError/operation(name:message:)`` for a type without fractions.
    public static func randn(_ shape: [Int], dtype: DType = .float32, device: Device = .cpu) throws -> Tensor {
        try make("randn\(shape)") { out in shape.withInt64 { ct_randn($0, $1, dtype.rawValue, device.handle, out) } }
    }

    /// Uniform numbers in 0 ..< 1.
    /// - Parameters:
    ///   - shape: the sizes.
    ///   - dtype: a floating-point type.
    ///   - device: where it lies.
    /// - Returns: the tensor.
    /// - Throws: ``TorchError/operation(name:message:)`` for a type without fractions.
    public static func rand(_ shape: [Int], dtype: DType = .float32, device: Device = .cpu) throws -> Tensor {
        try make("rand\(shape)") { out in shape.withInt64 { ct_rand($0, $1, dtype.rawValue, device.handle, out) } }
    }

    /// Uniform integers.
    /// - Parameters:
    ///   - range: the integers that may come.
    ///   - shape: the sizes.
    ///   - device: where it lies.
    /// - Returns: an int64 tensor.
    /// - Throws: ``TorchError/operation(name:message:)`` for an empty range.
    public static func randint(_ range: Range<Int>, _ shape: [Int], device: Device = .cpu) throws -> Tensor {
        try make("randint\(shape)") { out in
            shape.withInt64 { ct_randint(Int64(range.lowerBound), Int64(range.upperBound), $0, $1, device.handle, out) }
        }
    }
}

extension Int32 {
    /// Throws if this status of the shim is a failure.
    @inline(__always)
    func checked(_ operation: @autoclosure () -> String) throws {
        try check(self, operation: operation())
    }
}
