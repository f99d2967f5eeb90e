import CTorch

extension Tensor {
    /// Says whether gradients are recorded for this tensor, which must be a leaf.
    /// - Parameter required: true for a parameter to train.
    /// - Throws: ``TorchError/operation(name:message:)`` for integers and for results of recorded operations.
    public func setRequiresGradient(_ required: Bool) throws {
        try check(ct_set_requires_grad_(handle, required), operation: "setRequiresGradient")
    }

    /// The same values, cut from the graph.
    /// - Returns: a tensor that shares this one's memory.
    /// - Throws: ``TorchError/operation(name:message:)`` if libtorch refuses.
    public func detached() throws -> Tensor { try Tensor.make("detached") { ct_detach(handle, $0) } }

    /// Adds the gradients of this scalar into ``gradient`` of every leaf that requires one.
    /// - Parameter retainsGraph: true if the graph is needed again.
    /// - Throws: ``TorchError/operation(name:message:)`` if this is no scalar or has no graph.
    public func backward(retainsGraph: Bool = false) throws {
        try check(ct_backward(handle, retainsGraph), operation: "backward")
    }

    /// The gradient accumulated so far, or nil.
    public var gradient: Tensor? {
        get throws {
            var out = CTensor()
            var defined = false
            try check(ct_grad(handle, &out, &defined), operation: "gradient")
            return defined ? Tensor(adopting: out) : nil
        }
    }

    /// Forgets the accumulated gradient.
    /// - Throws: ``TorchError/operation(name:message:)`` if this is no leaf.
    public func clearGradient() throws { try check(ct_clear_grad_(handle), operation: "clearGradient") }
}

/// The gradients of `output` with respect to `inputs`, without accumulating them anywhere.
/// - Parameters:
///   - output: what is differentiated; a scalar unless `seed` is given.
///   - inputs: tensors that require a gradient.
///   - seed: the weights of a sum over `output`, of its shape.
///   - retainsGraph: true if the graph is needed again.
///   - createsGraph: true to differentiate the gradients once more.
/// - Returns: one tensor per input, of its shape; zeros for an input on which `output` does not depend.
/// - Throws: ``TorchError/operation(name:message:)`` if there is no graph or no input requires a gradient.
public func gradients(
    of output: Tensor, withRespectTo inputs: [Tensor], seed: Tensor? = nil, retainsGraph: Bool = false,
    createsGraph: Bool = false
) throws -> [Tensor] {
    let handles = inputs.map(\.handle)
    var out = [CTensor](repeating: CTensor(), count: inputs.count)
    try withExtendedLifetime(inputs) {
        try check(
            ct_gradient(
                output.handle, seed?.handle ?? CTensor(), handles, Int32(handles.count), retainsGraph || createsGraph,
                createsGraph, &out),
            operation: "gradients")
    }
    return out.map(Tensor.init(adopting:))
}
