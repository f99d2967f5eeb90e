import QwenVL
import Torch

/// The parameters that a training changes, in the order of the model's forward pass.
///
/// What is trained is a choice about the store, not about the layers: everything here wants a gradient, nothing else does.
public struct ParameterSet {
    /// A parameter under its name in the checkpoint.
    public struct Parameter {
        /// The checkpoint's name for it, as `model.layers.0.self_attn.q_proj.weight`.
        public let name: String
        /// The leaf that is trained.
        public let tensor: Tensor

        /// True for matrices: norms and biases are not pulled to zero.
        public var decays: Bool { tensor.shape.count > 1 }
    }

    /// What is trained.
    public let parameters: [Parameter]

    /// Marks parameters of a store as trained, and all others as not.
    /// - Parameters:
    ///   - store: parameters with memory of their own: those mapped from a file cannot be changed.
    ///   - isTrained: which of them, by name; all unless given.
    /// - Throws: `TorchError` if one is no leaf.
    public init(_ store: ParameterStore, isTrained: (String) -> Bool = { _ in true }) throws {
        var parameters: [Parameter] = []
        for name in store.names {
            let tensor = try store.tensor(name)
            let trained = isTrained(name)
            try tensor.setRequiresGradient(trained)
            if trained { parameters.append(Parameter(name: name, tensor: tensor)) }
        }
        self.parameters = parameters
    }

    /// The leaves, in the same order.
    public var tensors: [Tensor] { parameters.map(\.tensor) }
}
