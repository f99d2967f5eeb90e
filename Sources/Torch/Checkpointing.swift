import CTorch

/// The results of `body`, which keeps nothing of what lies between them and the inputs: it is called now without a graph, and
/// once more when their gradients are wanted (activation checkpointing, Chen et al., arXiv 1604.06174; `use_reentrant=True` of
/// `torch.utils.checkpoint`).
/// - Parameters:
///   - inputs: what `body` reads and what may have gradients; parameters that it holds itself are given theirs as well.
///   - outputCount: how many results there are.
///   - body: a pure function of the inputs and of parameters, which must do the same when it is called again.
/// - Returns: the results, differentiable once.
/// - Throws: ``TorchError/operation(name:message:)`` with the text of what `body` throws.
public func checkpointed(
    _ inputs: [Tensor], outputCount: Int, _ body: @escaping ([Tensor]) throws -> [Tensor]
) throws -> [Tensor] {
    let context = Unmanaged.passRetained(CheckpointBody(body)).toOpaque()
    var out = [CTensor](repeating: CTensor(), count: outputCount)
    try withExtendedLifetime(inputs) {
        try check(
            ct_checkpoint(
                inputs.map(\.handle), Int32(inputs.count),
                { context, handles, count, given in
                    let inputs = (0..<Int(count)).map { Tensor(adopting: handles?[$0] ?? CTensor()) }
                    guard let context else { return 1 }
                    do {
                        let body = Unmanaged<CheckpointBody>.fromOpaque(context).takeUnretainedValue()
                        for output in try body.call(inputs) { ct_give(given, output.handle) }
                        return 0
                    } catch {
                        ct_give_problem(given, error.localizedDescription)
                        return 1
                    }
                },
                { context in
                    if let context { Unmanaged<CheckpointBody>.fromOpaque(context).release() }
                }, context, Int32(outputCount), &out),
            operation: "checkpointed")
    }
    return out.map(Tensor.init(adopting:))
}

/// What C++ holds of a body.
private final class CheckpointBody {
    let call: ([Tensor]) throws -> [Tensor]

    init(_ call: @escaping ([Tensor]) throws -> [Tensor]) { self.call = call }
}
