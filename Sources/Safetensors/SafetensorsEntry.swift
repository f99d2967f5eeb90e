/// What a header says of one tensor: its type, its shape and where its bytes lie.
public struct SafetensorsEntry: Sendable, Hashable {
    /// The tensor's name, as the file spells it.
    public let name: String
    /// The type of its elements.
    public let dtype: SafetensorsDType
    /// Its extents, outermost first; empty for a scalar.
    public let shape: [Int]
    /// Its bytes, counted from the beginning of the file: row-major, little-endian, without gaps.
    public let byteRange: Range<Int>

    /// The number of its elements: 1 for a scalar, 0 where a dimension is 0.
    public var elementCount: Int { byteRange.count / dtype.byteSize }

    /// Whether its first byte lies on a multiple of the element's size, in the file and so in the memory map.
    ///
    /// Files of the reference library and of ``SafetensorsWriter`` are always aligned; others need not be, and a
    /// tensor that is not aligned must be copied before it is read as elements.
    public var isAligned: Bool { byteRange.lowerBound.isMultiple(of: dtype.byteSize) }
}
