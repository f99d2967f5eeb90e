import CTorch

/// The element type of a tensor.
public enum DType: Int32, Sendable, CaseIterable, CustomStringConvertible {
    case bool = 0
    case uint8 = 1
    case int8 = 2
    case int16 = 3
    case int32 = 4
    case int64 = 5
    case float16 = 6
    case bfloat16 = 7
    case float32 = 8
    case float64 = 9
    case uint16 = 10
    case uint32 = 11
    case uint64 = 12
    case float8E4M3 = 13
    case float8E5M2 = 14

    /// Bytes of one element.
    public var byteCount: Int {
        switch self {
        case .bool, .uint8, .int8, .float8E4M3, .float8E5M2: 1
        case .int16, .uint16, .float16, .bfloat16: 2
        case .int32, .uint32, .float32: 4
        case .int64, .uint64, .float64: 8
        }
    }

    /// True for the types that hold fractions.
    public var isFloatingPoint: Bool {
        switch self {
        case .float16, .bfloat16, .float32, .float64, .float8E4M3, .float8E5M2: true
        default: false
        }
    }

    /// The name PyTorch prints, without its `torch.`.
    public var description: String {
        switch self {
        case .float8E4M3: "float8_e4m3fn"
        case .float8E5M2: "float8_e5m2"
        case .bool: "bool"
        case .uint8: "uint8"
        case .int8: "int8"
        case .int16: "int16"
        case .int32: "int32"
        case .int64: "int64"
        case .float16: "float16"
        case .bfloat16: "bfloat16"
        case .float32: "float32"
        case .float64: "float64"
        case .uint16: "uint16"
        case .uint32: "uint32"
        case .uint64: "uint64"
        }
    }
}

/// A Swift type whose values a tensor can hold as they are.
public protocol TensorElement: Sendable {
    /// The tensor element type with the same memory layout.
    static var dtype: DType { get }
}

extension Float: TensorElement {
    /// `float32`.
    public static var dtype: DType { .float32 }
}
extension Double: TensorElement {
    /// `float64`.
    public static var dtype: DType { .float64 }
}
extension Int: TensorElement {
    /// `int64`.
    public static var dtype: DType { .int64 }
}
extension Int64: TensorElement {
    /// `int64`.
    public static var dtype: DType { .int64 }
}
extension Int32: TensorElement {
    /// `int32`.
    public static var dtype: DType { .int32 }
}
extension UInt8: TensorElement {
    /// `uint8`.
    public static var dtype: DType { .uint8 }
}
extension Bool: TensorElement {
    /// `bool`.
    public static var dtype: DType { .bool }
}
