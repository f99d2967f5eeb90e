import CTorch

// Products and layers. Each throws ``TorchError/operation(name:message:)`` with libtorch's text when shapes do not fit.

extension Tensor {
    /// The matrix product over the last two axes; the others broadcast.
    public func matmul(_ other: Tensor) throws -> Tensor {
        try Tensor.make("matmul of \(shape) and \(other.shape)") { ct_matmul(handle, other.handle, $0) }
    }

    /// The rows of this table at `indices` (int64, any shape).
    public func embedding(_ indices: Tensor) throws -> Tensor {
        try Tensor.make("embedding") { ct_embedding(handle, indices.handle, $0) }
    }
    /// `exp(x) / sum(exp(x))` along an axis, without overflow; an axis of negative infinities gives no numbers.
    public func softmax(_ axis: Int = -1) throws -> Tensor {
        try Tensor.make("softmax") { ct_softmax(handle, Int64(axis), $0) }
    }
    /// The logarithm of the softmax along an axis.
    public func logSoftmax(_ axis: Int = -1) throws -> Tensor {
        try Tensor.make("logSoftmax") { ct_log_softmax(handle, Int64(axis), $0) }
    }
    /// Layer normalisation over the last axes, those of `weight`.
    public func layerNorm(_ weight: Tensor, bias: Tensor, epsilon: Double) throws -> Tensor {
        try Tensor.make("layerNorm") { ct_layer_norm(handle, weight.handle, bias.handle, epsilon, $0) }
    }

    /// How losses over many tokens become one number.
    public enum LossReduction: Sendable {
        /// The mean over the targets that count.
        case mean
        /// The sum over the targets that count.
        case sum
    }

    /// The negative log-likelihood of `targets` under the softmax of these logits, in nats.
    /// - Parameters:
    ///   - targets: int64 `[rows]` for logits of `[rows, classes]`.
    ///   - ignoring: a target that does not count.
    ///   - reduction: mean or sum over the targets that count.
    /// - Returns: a scalar.
    /// - Throws: ``TorchError/operation(name:message:)`` if the shapes do not fit or a target is out of range.
    public func crossEntropy(_ targets: Tensor, ignoring: Int = -100, reduction: LossReduction = .mean) throws -> Tensor
    {
        try Tensor.make("crossEntropy of \(shape) and \(targets.shape)") {
            ct_cross_entropy(handle, targets.handle, Int64(ignoring), reduction == .sum, $0)
        }
    }

    /// The cross-entropy of the scores that a vocabulary gives these rows, `self weight^T`, which are never all in memory: they are
    /// made in blocks of rows, each block's gradient with its loss.
    /// - Parameters:
    ///   - weight: `[vocabulary, hidden]`, of the type of `self`, which is `[rows, hidden]`.
    ///   - targets: int64 `[rows]`.
    ///   - factors: what each row's loss counts, `[rows]`.
    /// - Returns: the sum of the rows' losses times their factors, differentiable once, and the losses in nats `[rows]`, which
    ///   have no gradient.
    /// - Throws: ``TorchError/operation(name:message:)`` if the shapes do not fit or a target is out of range.
    public func vocabularyCrossEntropy(
        _ weight: Tensor, targets: Tensor, factors: Tensor
    ) throws -> (loss: Tensor, losses: Tensor) {
        var loss = CTensor()
        var losses = CTensor()
        try check(
            ct_vocabulary_cross_entropy(
                handle, weight.handle, targets.handle, factors.handle, CTensor(), 1, &loss, &losses, nil),
            operation: "vocabularyCrossEntropy of \(shape) with \(weight.shape)")
        return (Tensor(adopting: loss), Tensor(adopting: losses))
    }

    /// The same for a policy that tokens were drawn from: at a temperature, and without tokens that are never drawn.
    /// - Parameters:
    ///   - weight: `[vocabulary, hidden]`, of the type of `self`, which is `[rows, hidden]`.
    ///   - targets: int64 `[rows]`.
    ///   - factors: what each row's loss counts, `[rows]`.
    ///   - excluded: int64 `[any]`, tokens whose scores count for nothing; nil for none.
    ///   - temperature: what scores are divided by, above 0.
    /// - Returns: the sum of the rows' losses times their factors, differentiable once; the losses, which are the negative
    ///   log-probabilities of the targets in nats, and the entropies of the rows' distributions in nats, both `[rows]` and without a
    ///   gradient.
    /// - Throws: ``TorchError/operation(name:message:)`` if the shapes do not fit or a token is out of range.
    public func policyCrossEntropy(
        _ weight: Tensor, targets: Tensor, factors: Tensor, excluded: Tensor? = nil, temperature: Double = 1
    ) throws -> (loss: Tensor, losses: Tensor, entropies: Tensor) {
        var (loss, losses, entropies) = (CTensor(), CTensor(), CTensor())
        try check(
            ct_vocabulary_cross_entropy(
                handle, weight.handle, targets.handle, factors.handle, excluded?.handle ?? CTensor(), 1 / temperature,
                &loss,
                &losses,
                &entropies),
            operation: "policyCrossEntropy of \(shape) with \(weight.shape)")
        return (Tensor(adopting: loss), Tensor(adopting: losses), Tensor(adopting: entropies))
    }

    /// Antialiased bicubic resize, as `torch.nn.functional.interpolate(mode="bicubic", antialias=True)`.
    ///
    /// For `uint8` pictures the arithmetic is fixed-point, as in Pillow and in torchvision's resize.
    /// - Parameters:
    ///   - height: rows of the result.
    ///   - width: columns of the result.
    /// - Returns: `[batch, channels, height, width]` of the same type.
    /// - Throws: ``TorchError/operation(name:message:)`` if this is not `[batch, channels, height, width]`.
    public func resizeBicubic(height: Int, width: Int) throws -> Tensor {
        try Tensor.make("resizeBicubic of \(shape)") { ct_resize_bicubic(handle, Int64(height), Int64(width), $0) }
    }
}
