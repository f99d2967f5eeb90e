import CTorch

// Element-wise operations, named as in PyTorch. Two tensors broadcast against each other: shapes are compared from the
// last axis, and a size of 1 stretches. All throw ``TorchError/operation(name:message:)`` with libtorch's text when shapes
// or types do not fit.

extension Tensor {
    /// The sum, element by element.
    public static func + (x: Tensor, y: Tensor) throws -> Tensor { try make("+") { ct_add(x.handle, y.handle, $0) } }
    /// The difference, element by element.
    public static func - (x: Tensor, y: Tensor) throws -> Tensor { try make("-") { ct_sub(x.handle, y.handle, $0) } }
    /// The product, element by element.
    public static func * (x: Tensor, y: Tensor) throws -> Tensor { try make("*") { ct_mul(x.handle, y.handle, $0) } }
    /// The quotient, element by element; integers are divided as fractions.
    public static func / (x: Tensor, y: Tensor) throws -> Tensor { try make("/") { ct_div(x.handle, y.handle, $0) } }
    /// Every element plus a number.
    public static func + (x: Tensor, y: Double) throws -> Tensor { try make("+") { ct_add_scalar(x.handle, y, $0) } }
    /// Every element minus a number.
    public static func - (x: Tensor, y: Double) throws -> Tensor { try make("-") { ct_add_scalar(x.handle, -y, $0) } }
    /// Every element times a number.
    public static func * (x: Tensor, y: Double) throws -> Tensor { try make("*") { ct_mul_scalar(x.handle, y, $0) } }
    /// Every element divided by a number.
    public static func / (x: Tensor, y: Double) throws -> Tensor { try make("/") { ct_div_scalar(x.handle, y, $0) } }
    /// Every element with its sign changed.
    public static prefix func - (x: Tensor) throws -> Tensor { try make("-") { ct_neg(x.handle, $0) } }

    /// The larger of two elements.
    public func maximum(_ other: Tensor) throws -> Tensor {
        try Tensor.make("maximum") { ct_maximum(handle, other.handle, $0) }
    }
    /// The smaller of two elements.
    public func minimum(_ other: Tensor) throws -> Tensor {
        try Tensor.make("minimum") { ct_minimum(handle, other.handle, $0) }
    }
    /// Every element kept within a range.
    public func clamp(_ range: ClosedRange<Double>) throws -> Tensor {
        try Tensor.make("clamp") { ct_clamp(handle, range.lowerBound, range.upperBound, $0) }
    }
    /// Every element raised to a power.
    public func pow(_ exponent: Double) throws -> Tensor {
        try Tensor.make("pow") { ct_pow_scalar(handle, exponent, $0) }
    }
    /// A number raised to the power of every element.
    public static func pow(_ base: Double, _ exponents: Tensor) throws -> Tensor {
        try make("pow") { ct_exponential(exponents.handle, base, $0) }
    }
    /// The magnitude of every element.
    public func abs() throws -> Tensor { try Tensor.make("abs") { ct_abs(handle, $0) } }
    /// e to the power of every element.
    public func exp() throws -> Tensor { try Tensor.make("exp") { ct_exp(handle, $0) } }
    /// Natural logarithms.
    public func log() throws -> Tensor { try Tensor.make("log") { ct_log(handle, $0) } }
    /// Square roots.
    public func sqrt() throws -> Tensor { try Tensor.make("sqrt") { ct_sqrt(handle, $0) } }
    /// Inverse square roots.
    public func rsqrt() throws -> Tensor { try Tensor.make("rsqrt") { ct_rsqrt(handle, $0) } }
    /// Every element times itself.
    public func square() throws -> Tensor { try Tensor.make("square") { ct_square(handle, $0) } }
    /// One over every element.
    public func reciprocal() throws -> Tensor { try Tensor.make("reciprocal") { ct_reciprocal(handle, $0) } }
    /// Sines of angles in radians.
    public func sin() throws -> Tensor { try Tensor.make("sin") { ct_sin(handle, $0) } }
    /// Cosines of angles in radians.
    public func cos() throws -> Tensor { try Tensor.make("cos") { ct_cos(handle, $0) } }
    /// Hyperbolic tangents.
    public func tanh() throws -> Tensor { try Tensor.make("tanh") { ct_tanh(handle, $0) } }
    /// `1 / (1 + exp(-x))`.
    public func sigmoid() throws -> Tensor { try Tensor.make("sigmoid") { ct_sigmoid(handle, $0) } }
    /// `x * sigmoid(x)`.
    public func silu() throws -> Tensor { try Tensor.make("silu") { ct_silu(handle, $0) } }
    /// `x * Phi(x)` with the exact normal distribution function.
    public func gelu() throws -> Tensor { try Tensor.make("gelu") { ct_gelu(handle, $0) } }
    /// `max(x, 0)`.
    public func relu() throws -> Tensor { try Tensor.make("relu") { ct_relu(handle, $0) } }
    /// The nearest integers, halves to even.
    public func round() throws -> Tensor { try Tensor.make("round") { ct_round(handle, $0) } }

    /// Adds `other` times `scale` to the values, in place.
    public func add(_ other: Tensor, scale: Double = 1) throws {
        try check(ct_add_(handle, other.handle, scale), operation: "add")
    }
    /// Multiplies the values by `other`, in place.
    public func multiply(by other: Tensor) throws { try check(ct_mul_(handle, other.handle), operation: "multiply") }
    /// Multiplies the values by a number, in place.
    public func multiply(by scale: Double) throws { try check(ct_mul_scalar_(handle, scale), operation: "multiply") }
}

// Comparisons and choices; the results are tensors of `bool`.
extension Tensor {
    /// True where two elements are equal.
    public func equal(_ other: Tensor) throws -> Tensor { try Tensor.make("equal") { ct_eq(handle, other.handle, $0) } }
    /// True where an element equals a number.
    public func equal(_ value: Double) throws -> Tensor { try Tensor.make("equal") { ct_eq_scalar(handle, value, $0) } }
    /// True where two elements differ.
    public func notEqual(_ other: Tensor) throws -> Tensor {
        try Tensor.make("notEqual") { ct_ne(handle, other.handle, $0) }
    }
    /// True where the element is below that of `other`.
    public func less(_ other: Tensor) throws -> Tensor { try Tensor.make("less") { ct_lt(handle, other.handle, $0) } }
    /// True where the element is below a number.
    public func less(_ value: Double) throws -> Tensor { try Tensor.make("less") { ct_lt_scalar(handle, value, $0) } }
    /// True where the element is at most that of `other`.
    public func lessOrEqual(_ other: Tensor) throws -> Tensor {
        try Tensor.make("lessOrEqual") { ct_le(handle, other.handle, $0) }
    }
    /// True where the element is above that of `other`.
    public func greater(_ other: Tensor) throws -> Tensor {
        try Tensor.make("greater") { ct_gt(handle, other.handle, $0) }
    }
    /// True where the element is above a number.
    public func greater(_ value: Double) throws -> Tensor {
        try Tensor.make("greater") { ct_gt_scalar(handle, value, $0) }
    }
    /// True where the element is at least that of `other`.
    public func greaterOrEqual(_ other: Tensor) throws -> Tensor {
        try Tensor.make("greaterOrEqual") { ct_ge(handle, other.handle, $0) }
    }
    /// True where both are.
    public func and(_ other: Tensor) throws -> Tensor {
        try Tensor.make("and") { ct_logical_and(handle, other.handle, $0) }
    }
    /// True where one of both is.
    public func or(_ other: Tensor) throws -> Tensor {
        try Tensor.make("or") { ct_logical_or(handle, other.handle, $0) }
    }
    /// True where this is not.
    public func not() throws -> Tensor { try Tensor.make("not") { ct_logical_not(handle, $0) } }
    /// True where the element is neither infinite nor NaN.
    public func isFinite() throws -> Tensor { try Tensor.make("isFinite") { ct_isfinite(handle, $0) } }
    /// Elements of `x` where this is true, of `y` elsewhere.
    public func choose(_ x: Tensor, otherwise y: Tensor) throws -> Tensor {
        try Tensor.make("choose") { ct_where(handle, x.handle, y.handle, $0) }
    }
    /// This tensor with `value` where `mask` is true.
    public func masked(_ mask: Tensor, with value: Double) throws -> Tensor {
        try Tensor.make("masked") { ct_masked_fill(handle, mask.handle, value, $0) }
    }
}
