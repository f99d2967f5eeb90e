import CTorch

// Views and rearrangements. A negative axis counts from the end.

extension Tensor {
    /// The same elements in another shape, a view where the layout allows it.
    ///
    /// One size may be -1 and is computed.
    public func reshape(_ shape: [Int]) throws -> Tensor {
        try Tensor.make("reshape(\(shape)) of \(self.shape)") { out in
            shape.withInt64 { ct_reshape(handle, $0, $1, out) }
        }
    }
    /// The view with its axes in another order.
    public func permute(_ order: [Int]) throws -> Tensor {
        try Tensor.make("permute(\(order))") { out in order.withInt64 { ct_permute(handle, $0, $1, out) } }
    }
    /// The view with two axes exchanged.
    public func transpose(_ a: Int, _ b: Int) throws -> Tensor {
        try Tensor.make("transpose(\(a), \(b))") { ct_transpose(handle, Int64(a), Int64(b), $0) }
    }
    /// The view with an axis of size 1 inserted.
    public func unsqueeze(_ axis: Int) throws -> Tensor {
        try Tensor.make("unsqueeze(\(axis))") { ct_unsqueeze(handle, Int64(axis), $0) }
    }
    /// The view without an axis of size 1.
    public func squeeze(_ axis: Int) throws -> Tensor {
        try Tensor.make("squeeze(\(axis))") { ct_squeeze(handle, Int64(axis), $0) }
    }
    /// The view with axes of size 1 repeated to `shape`, without memory of its own; -1 keeps a size.
    public func expand(_ shape: [Int]) throws -> Tensor {
        try Tensor.make("expand(\(shape)) of \(self.shape)") { out in shape.withInt64 { ct_expand(handle, $0, $1, out) }
        }
    }
    /// The elements in reverse order along `axes`.
    public func flip(_ axes: [Int]) throws -> Tensor {
        try Tensor.make("flip(\(axes))") { out in axes.withInt64 { ct_flip(handle, $0, $1, out) } }
    }
    /// Every slice along `axis` repeated `repeats` times in a row.
    public func repeatInterleave(_ repeats: Int, axis: Int) throws -> Tensor {
        try Tensor.make("repeatInterleave") { ct_repeat_interleave(handle, Int64(repeats), Int64(axis), $0) }
    }
    /// The last axis with `before` and `after` elements of `value` put round it.
    public func padLastAxis(before: Int = 0, after: Int = 0, value: Double = 0) throws -> Tensor {
        try Tensor.make("padLastAxis") { out in [before, after].withInt64 { ct_pad(handle, $0, $1, value, out) } }
    }
    /// Tensors joined along an existing axis.
    public static func concatenate(_ tensors: [Tensor], axis: Int) throws -> Tensor {
        let handles = tensors.map(\.handle)
        return try withExtendedLifetime(tensors) {
            try make("concatenate(\(tensors.map(\.shape)))") { ct_cat(handles, Int32(handles.count), Int64(axis), $0) }
        }
    }
    /// Tensors of one shape joined along a new axis.
    public static func stack(_ tensors: [Tensor], axis: Int = 0) throws -> Tensor {
        let handles = tensors.map(\.handle)
        return try withExtendedLifetime(tensors) {
            try make("stack(\(tensors.map(\.shape)))") { ct_stack(handles, Int32(handles.count), Int64(axis), $0) }
        }
    }
}

// Parts of a tensor.
extension Tensor {
    /// The view of a range along an axis.
    public func slice(_ axis: Int, _ range: Range<Int>) throws -> Tensor {
        try Tensor.make("slice(\(axis), \(range)) of \(shape)") {
            ct_narrow(handle, Int64(axis), Int64(range.lowerBound), Int64(range.count), $0)
        }
    }
    /// The view of one position along an axis, which disappears.
    public func select(_ axis: Int, _ index: Int) throws -> Tensor {
        try Tensor.make("select(\(axis), \(index)) of \(shape)") { ct_select(handle, Int64(axis), Int64(index), $0) }
    }
    /// The views of all positions along an axis, which disappears; their gradients are put together in one step.
    public func unbind(_ axis: Int) throws -> [Tensor] {
        var out = [CTensor](repeating: CTensor(), count: size(axis))
        try check(
            ct_unbind(handle, Int64(axis), Int32(out.count), &out), operation: "unbind(\(axis)) of \(shape)")
        return out.map(Tensor.init(adopting:))
    }
    /// The slices at `indices` (int64 vector) along an axis, copied.
    public func indexSelect(_ axis: Int, _ indices: Tensor) throws -> Tensor {
        try Tensor.make("indexSelect of \(shape)") { ct_index_select(handle, Int64(axis), indices.handle, $0) }
    }
    /// Elements picked along an axis by a tensor of indices with as many axes.
    public func gather(_ axis: Int, _ indices: Tensor) throws -> Tensor {
        try Tensor.make("gather") { ct_gather(handle, Int64(axis), indices.handle, $0) }
    }
    /// This tensor with elements of `source` put where `indices` says along an axis.
    public func scatter(_ axis: Int, _ indices: Tensor, _ source: Tensor) throws -> Tensor {
        try Tensor.make("scatter") { ct_scatter(handle, Int64(axis), indices.handle, source.handle, $0) }
    }
    /// This tensor with the slices at `indices` (int64 vector) along an axis replaced by those of `source`.
    public func indexCopy(_ axis: Int, _ indices: Tensor, _ source: Tensor) throws -> Tensor {
        try Tensor.make("indexCopy") { ct_index_copy(handle, Int64(axis), indices.handle, source.handle, $0) }
    }
    /// Indices of the elements that are not zero, int64 [count, rank].
    public func nonzero() throws -> Tensor { try Tensor.make("nonzero") { ct_nonzero(handle, $0) } }
}
