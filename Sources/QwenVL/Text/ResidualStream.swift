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

    /// The states, additions made.
    mutating func value() throws -> Tensor {
        if let delta = pending { (states, pending) = (try states + delta, nil) }
        return states
    }
}
