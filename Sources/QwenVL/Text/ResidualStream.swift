import Torch

/// The hidden states that run through the layers, and the last addition to them that has not been made yet.
///
/// A layer adds, and the next thing that happens is a norm: both are one pass over memory.
struct ResidualStream {
    private var states: Tensor
    private var pending: Tensor?

    /// A stream that begins with `[batch, tokens, hidden]`, whose memory it may use.
    init(_ states: Tensor) { self.states = states }

    /// Adds `[batch, tokens, hidden]`.
    mutating func add(_ delta: Tensor) throws {
        _ = try value()
        pending = delta
    }

    /// The norm of the states.
    mutating func normed(_ weight: Tensor, epsilon: Double) throws -> Tensor {
        guard let delta = pending else { return try states.rmsNorm(weight, epsilon: epsilon) }
        let (sum, normed) = try states.addingRMSNorm(delta, weight: weight, epsilon: epsilon)
        (states, pending) = (sum, nil)
        return normed
    }

    /// What `layer` does to the stream, of which only the states before it are kept: the rest is made again for the gradient.
    /// - Parameters:
    ///   - observes: whether the layer gives masses.
    ///   - layer: adds to the stream.
    /// - Returns: the masses.
    /// - Throws: what `layer` throws.
    mutating func checkpointed(
        observes: Bool = false, _ layer: @escaping (inout ResidualStream) throws -> Tensor?
    ) throws -> Tensor? {
        let before = try value()
        guard isGradientEnabled else { return try layer(&self) }
        let results = try Torch.checkpointed([before], outputCount: observes ? 2 : 1) { inputs in
            // Outside a graph the layer may use the memory of what it is given, which is wanted again.
            var stream = ResidualStream(try isGradientEnabled ? inputs[0] : inputs[0].clone())
            let found = try layer(&stream)
            return [try stream.value()] + (found.map { [$0] } ?? [])
        }
        (states, pending) = (results[0], nil)
        return observes ? results[1] : nil
    }

    /// The states, additions made.
    mutating func value() throws -> Tensor {
        if let delta = pending { (states, pending) = (try states + delta, nil) }
        return states
    }
}
