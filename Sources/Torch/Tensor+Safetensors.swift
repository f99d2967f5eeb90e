import Safetensors

extension DType {
    /// The element type that a safetensors file names.
    /// - Parameter stored: the file's name for it.
    public init(_ stored: SafetensorsDType) {
        switch stored {
        case .bool: self = .bool
        case .uint8: self = .uint8
        case .int8: self = .int8
        case .int16: self = .int16
        case .uint16: self = .uint16
        case .int32: self = .int32
        case .uint32: self = .uint32
        case .int64: self = .int64
        case .uint64: self = .uint64
        case .float16: self = .float16
        case .bfloat16: self = .bfloat16
        case .float32: self = .float32
        case .float64: self = .float64
        case .float8e4m3: self = .float8E4M3
        case .float8e5m2: self = .float8E5M2
        }
    }

    /// What a safetensors file calls this element type.
    public var safetensors: SafetensorsDType {
        switch self {
        case .bool: .bool
        case .uint8: .uint8
        case .int8: .int8
        case .int16: .int16
        case .uint16: .uint16
        case .int32: .int32
        case .uint32: .uint32
        case .int64: .int64
        case .uint64: .uint64
        case .float16: .float16
        case .bfloat16: .bfloat16
        case .float32: .float32
        case .float64: .float64
        case .float8E4M3: .float8e4m3
        case .float8E5M2: .float8e5m2
        }
    }
}

extension Tensor {
    /// A stored tensor, read only and without a copy where its place in the file is aligned; else a copy.
    ///
    /// The memory map lives as long as the tensor. Bytes are read from disk when they are first touched.
    /// - Parameters:
    ///   - region: the bytes in the map and what keeps them.
    ///   - entry: their type and shape.
    /// - Throws: ``TorchError/operation(name:message:)`` if libtorch refuses the shape.
    public convenience init(_ region: MappedRegion, _ entry: SafetensorsEntry) throws {
        let dtype = DType(entry.dtype)
        let bytes = region.bytes
        if let base = bytes.baseAddress, entry.isAligned, entry.elementCount > 0 {
            try self.init(mapping: base, dtype: dtype, shape: entry.shape, owner: region.owner)
        } else {
            try self.init(bytes: bytes, dtype: dtype, shape: entry.shape)
        }
    }
}

extension SafetensorsWriter.Tensor {
    /// A tensor to be written under a name.
    /// - Parameters:
    ///   - name: unique among those written together.
    ///   - tensor: outside any graph; read when its turn comes.
    public init(name: String, _ tensor: Tensor) {
        self.init(name: name, dtype: tensor.dtype.safetensors, shape: tensor.shape) { emit in
            try tensor.withUnsafeBytes { try emit($0) }
        }
    }
}

extension SafetensorsFile {
    /// A tensor over this file's memory map.
    /// - Parameter name: its name in the file.
    /// - Returns: a read-only tensor on the CPU, in the stored type.
    /// - Throws: ``SafetensorsError`` if there is no such tensor.
    public func tensor(_ name: String) throws -> Tensor { try Tensor(region(of: name), entry(named: name)) }
}

extension SafetensorsCheckpoint {
    /// A tensor over the memory map of the file that holds it.
    /// - Parameter name: its name in the checkpoint.
    /// - Returns: a read-only tensor on the CPU, in the stored type.
    /// - Throws: ``SafetensorsError`` if there is no such tensor.
    public func tensor(_ name: String) throws -> Tensor { try Tensor(region(of: name), entry(named: name)) }
}
