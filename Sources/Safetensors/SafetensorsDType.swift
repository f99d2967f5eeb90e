/// The element type of a stored tensor, spelled as the format spells it.
public enum SafetensorsDType: String, Sendable, Hashable, CaseIterable {
    /// Truth values, one byte each, 0 or 1.
    case bool = "BOOL"
    /// Unsigned 8-bit integers.
    case uint8 = "U8"
    /// Signed 8-bit integers.
    case int8 = "I8"
    /// 8-bit floats with 5 exponent and 2 mantissa bits.
    case float8e5m2 = "F8_E5M2"
    /// 8-bit floats with 4 exponent and 3 mantissa bits, without infinities (`float8_e4m3fn`).
    case float8e4m3 = "F8_E4M3"
    /// Signed 16-bit integers.
    case int16 = "I16"
    /// Unsigned 16-bit integers.
    case uint16 = "U16"
    /// IEEE half precision.
    case float16 = "F16"
    /// The upper half of a single-precision float.
    case bfloat16 = "BF16"
    /// Signed 32-bit integers.
    case int32 = "I32"
    /// Unsigned 32-bit integers.
    case uint32 = "U32"
    /// IEEE single precision.
    case float32 = "F32"
    /// IEEE double precision.
    case float64 = "F64"
    /// Signed 64-bit integers.
    case int64 = "I64"
    /// Unsigned 64-bit integers.
    case uint64 = "U64"

    /// Bytes that one element takes, which is also its natural alignment.
    public var byteSize: Int {
        switch self {
        case .bool, .uint8, .int8, .float8e5m2, .float8e4m3: 1
        case .int16, .uint16, .float16, .bfloat16: 2
        case .int32, .uint32, .float32: 4
        case .float64, .int64, .uint64: 8
        }
    }

    /// Names the format defines for elements this module does not read: sub-byte, scaled and complex ones.
    static let unsupportedNames: Set<String> = [
        "F4", "F6_E2M3", "F6_E3M2", "F8_E8M0", "F8_E4M3FNUZ", "F8_E5M2FNUZ", "C64",
    ]

    /// Place in the order in which files are written: the reference stores the widest elements first, and
    /// elements of one width in the fixed order in which the cases are declared here, last one first.
    var storageRank: Int {
        Self.storageRanks[self] ?? 0
    }

    private static let storageRanks = Dictionary(
        uniqueKeysWithValues: allCases.enumerated().map { ($0.element, allCases.count - $0.offset) })
}

extension SafetensorsDType {
    /// Bytes that a tensor of `shape` takes, or nil where a dimension is negative or the product passes 64 bits.
    ///
    /// As in the reference the product is taken from left to right, so `[2^62, 4, 0]` overflows although it is empty.
    func byteCount(ofShape shape: [Int]) -> Int? {
        var count = 1
        for dimension in shape + [byteSize] {
            let (product, overflow) = count.multipliedReportingOverflow(by: dimension)
            guard !overflow, dimension >= 0 else { return nil }
            count = product
        }
        return count
    }
}
