import CTorch

// Reductions over axes; no axes means all of them. A negative axis counts from the end.

extension Tensor {
    private typealias Reduce = (CTensor, UnsafePointer<Int64>?, Int32, Bool, UnsafeMutablePointer<CTensor>?) -> Int32

    private func reduce(_ name: String, _ axes: [Int], _ keep: Bool, _ body: Reduce) throws -> Tensor {
        try Tensor.make("\(name)(axes: \(axes))") { out in axes.withInt64 { body(handle, $0, $1, keep, out) } }
    }

    /// The sum over `axes`, all of them if none are given; `keep` leaves them with size 1.
    public func sum(_ axes: [Int] = [], keep: Bool = false) throws -> Tensor { try reduce("sum", axes, keep, ct_sum) }
    /// The mean over `axes`, all of them if none are given; `keep` leaves them with size 1.
    public func mean(_ axes: [Int] = [], keep: Bool = false) throws -> Tensor {
        try reduce("mean", axes, keep, ct_mean)
    }
    /// The largest element over `axes`.
    public func amax(_ axes: [Int] = [], keep: Bool = false) throws -> Tensor {
        try reduce("amax", axes, keep, ct_amax)
    }
    /// The smallest element over `axes`.
    public func amin(_ axes: [Int] = [], keep: Bool = false) throws -> Tensor {
        try reduce("amin", axes, keep, ct_amin)
    }
    /// The logarithm of the sum of the exponentials over `axes`.
    public func logSumExp(_ axes: [Int], keep: Bool = false) throws -> Tensor {
        try reduce("logSumExp", axes, keep, ct_logsumexp)
    }
    /// The variance over `axes`, divided by the count less `correction`.
    public func variance(_ axes: [Int] = [], correction: Int = 1, keep: Bool = false) throws -> Tensor {
        try reduce("variance", axes, keep) { ct_var($0, $1, $2, Int64(correction), $3, $4) }
    }
    /// The index of the largest element along an axis, int64.
    public func argmax(_ axis: Int = -1, keep: Bool = false) throws -> Tensor {
        try Tensor.make("argmax") { ct_argmax(handle, Int64(axis), keep, $0) }
    }
    /// Running sums along an axis.
    public func cumsum(_ axis: Int = -1) throws -> Tensor {
        try Tensor.make("cumsum") { ct_cumsum(handle, Int64(axis), $0) }
    }
    /// True if every element is.
    public func all() throws -> Bool { try Tensor.make("all") { ct_all(handle, $0) }.integer() != 0 }
    /// True if one element is.
    public func any() throws -> Bool { try Tensor.make("any") { ct_any(handle, $0) }.integer() != 0 }

    /// The `count` largest (or smallest) elements along an axis, sorted, and their indices (int64).
    public func topK(_ count: Int, axis: Int = -1, largest: Bool = true) throws -> (values: Tensor, indices: Tensor) {
        try pair("topK") { ct_topk(handle, Int64(count), Int64(axis), largest, $0, $1) }
    }
    /// The elements sorted along an axis, and where each came from (int64).
    public func sort(_ axis: Int = -1, descending: Bool = false) throws -> (values: Tensor, indices: Tensor) {
        try pair("sort") { ct_sort(handle, Int64(axis), descending, $0, $1) }
    }

    private func pair(
        _ name: String, _ body: (UnsafeMutablePointer<CTensor>, UnsafeMutablePointer<CTensor>) -> Int32
    ) throws -> (values: Tensor, indices: Tensor) {
        var first = CTensor()
        var second = CTensor()
        try check(body(&first, &second), operation: name)
        return (Tensor(adopting: first), Tensor(adopting: second))
    }
}
