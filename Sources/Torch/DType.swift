import CTorch

/// The element type of a tensor.
public enum DType: Int32, Sendable, CaseIterable, CustomStringConvertible {
    /// A truth value, one byte.
    case bool = 0
    /// 0 to 255, as pixels are; one byte.
    case uint8 = 1
    /// -128 to 127, one byte.
    case int8 = 2
    /// Signed whole numbers of two bytes.
    case int16 = 3
    /// Signed whole numbers of four bytes.
    case int32 = 4
    /// Signed whole numbers of eight bytes: token numbers, positions and indices.
    case int64 = 5
    /// Half precision: 5 bits of exponent, 10 of fraction, up to 65,504; two bytes.
    case float16 = 6
    /// 8 bits of exponent as in float32, 7 of fraction: what checkpoints are stored in; two bytes.
    case bfloat16 = 7
    /// Single precision, four bytes: what is computed in unless something else is asked for.
    case float32 = 8
    /// Double precision, eight bytes: what tests compare with.
    case float64 = 9
    /// Whole numbers from 0, two bytes; stored and converted, few operations take them.
    case uint16 = 10
    /// Whole numbers from 0, four bytes; stored and converted, few operations take them.
    case uint32 = 11
    /// Whole numbers from 0, eight bytes; stored and converted, few operations take them.
    case uint64 = 12
    /// Eight bits, 4 of exponent and 3 of fraction, without infinities (PyTorch's `float8_e4m3fn`); stored and converted only.
    case float8E4M3 = 13
    /// Eight bits, 5 of exponent and 2 of fraction; stored and converted only.
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
    /// `float32`: single precision.
    public static var dtype: DType { .float32 }
}
extension Double: TensorElement {
    /// `float64`: double precision.
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
    /// `int32`: four bytes.
    public static var dtype: DType { .int32 }
}
extension UInt8: TensorElement {
    /// `uint8`: as the bytes of pictures.
    public static var dtype: DType { .uint8 }
}
extension Bool: TensorElement {
    /// `bool`: one byte, 0 or 1.
    public static var dtype: DType { .bool }
}
