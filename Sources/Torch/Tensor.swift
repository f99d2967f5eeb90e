import CTorch

/// An n-dimensional array on a device, and a node of the gradient graph where one is recorded.
///
/// One object owns one handle of libtorch and frees it in `deinit`. A tensor is a reference: views share memory with what
/// they were taken from, and functions whose name begins with a verb such as ``add(_:scale:)`` change values in place.
/// Tensors are not `Sendable`: one owner lends them to synchronous code.
///
/// Operations throw ``TorchError/operation(name:message:)`` where libtorch refuses a shape or an element type, and where
/// memory is short; only what throws anything else says so itself.
public final class Tensor {
    let handle: CTensor

    /// Takes over a handle that the shim has just filled.
    init(adopting handle: CTensor) {
        self.handle = handle
    }

    deinit {
        ct_free(handle)
    }

    /// Number of axes.
    public var rank: Int { Int(ct_dims(handle)) }

    /// Elements along each axis.
    public var shape: [Int] { (0..<Int32(rank)).map { Int(ct_size(handle, $0)) } }

    /// Elements in all.
    public var count: Int { Int(ct_element_count(handle)) }

    /// Elements between neighbours along each axis.
    public var strides: [Int] { (0..<Int32(rank)).map { Int(ct_stride(handle, $0)) } }

    /// The element type.
    public var dtype: DType {
        guard let dtype = DType(rawValue: ct_dtype(handle)) else {
            preconditionFailure("libtorch gave a tensor of an element type that this package never makes.")
        }
        return dtype
    }

    /// The device that holds the memory.
    public var device: Device { Device(handle: ct_device(handle)) }

    /// True if the elements lie in row-major order without gaps.
    public var isContiguous: Bool { ct_is_contiguous(handle) }

    /// True if a gradient is recorded for this tensor.
    public var requiresGradient: Bool { ct_requires_grad(handle) }

    /// Elements along one axis.
    /// - Parameter axis: counted from 0, or from the end if negative.
    /// - Returns: the size; the axis must exist.
    public func size(_ axis: Int) -> Int {
        let position = axis < 0 ? axis + rank : axis
        precondition((0..<rank).contains(position), "Axis \(axis) does not exist in a tensor of shape \(shape).")
        return Int(ct_size(handle, Int32(position)))
    }

    /// The shape of a tensor with two axes.
    /// - Parameter name: the tensor's name in an error.
    /// - Returns: both sizes.
    /// - Throws: ``TorchError/shape(name:expected:got:)`` if there are not two axes.
    public func size2(_ name: String) throws -> (Int, Int) {
        guard rank == 2 else { throw TorchError.shape(name: name, expected: "a tensor with 2 axes", got: shape) }
        return (size(0), size(1))
    }

    /// The shape of a tensor with three axes.
    /// - Parameter name: the tensor's name in an error.
    /// - Returns: the three sizes.
    /// - Throws: ``TorchError/shape(name:expected:got:)`` if there are not three axes.
    public func size3(_ name: String) throws -> (Int, Int, Int) {
        guard rank == 3 else { throw TorchError.shape(name: name, expected: "a tensor with 3 axes", got: shape) }
        return (size(0), size(1), size(2))
    }

    /// The shape of a tensor with four axes.
    /// - Parameter name: the tensor's name in an error.
    /// - Returns: the four sizes.
    /// - Throws: ``TorchError/shape(name:expected:got:)`` if there are not four axes.
    public func size4(_ name: String) throws -> (Int, Int, Int, Int) {
        guard rank == 4 else { throw TorchError.shape(name: name, expected: "a tensor with 4 axes", got: shape) }
        return (size(0), size(1), size(2), size(3))
    }

    /// Calls the shim with an out pointer and wraps the result: the shape of every operation.
    @inline(__always)
    static func make(_ name: @autoclosure () -> String, _ body: (UnsafeMutablePointer<CTensor>) -> Int32) throws
        -> Tensor
    {
        var out = CTensor()
        try check(body(&out), operation: name())
        return Tensor(adopting: out)
    }
}

extension Tensor: CustomStringConvertible {
    /// Shape, type and device; the values of a tensor are read with ``values(as:)``.
    public var description: String { "Tensor(shape: \(shape), dtype: \(dtype), device: \(device))" }
}

/// Axis lists and shapes as the shim wants them.
extension Array where Element == Int {
    @inline(__always)
    func withInt64<Result>(_ body: (UnsafePointer<Int64>, Int32) -> Result) -> Result {
        withUnsafeTemporaryAllocation(of: Int64.self, capacity: Swift.max(count, 1)) { buffer in
            for (index, value) in enumerated() { buffer[index] = Int64(value) }
            // The allocation always has a base address: its capacity is at least 1.
            guard let base = buffer.baseAddress else { preconditionFailure("An allocation without an address.") }
            return body(UnsafePointer(base), Int32(count))
        }
    }
}
