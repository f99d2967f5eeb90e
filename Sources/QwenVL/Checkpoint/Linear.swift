import Torch

/// A linear layer over parameters of a store: `y = x W^T + b`, and what an adapter adds to it where one is attached.
///
/// Without an adapter it is ``Torch/Tensor/linear(_:bias:)`` and nothing else.
struct Linear {
    private let weight: Tensor
    private let bias: Tensor?
    private let place: AdapterPlace?

    /// - Parameters:
    ///   - weight: `[outputs, inputs]`.
    ///   - bias: `[outputs]`, or nil.
    ///   - place: where the store keeps this layer's adapter; nil if it can have none.
    init(weight: Tensor, bias: Tensor? = nil, place: AdapterPlace? = nil) {
        (self.weight, self.bias, self.place) = (weight, bias, place)
    }

    /// - Parameter x: `[..., inputs]`.
    /// - Returns: `[..., outputs]`.
    /// - Throws: `TorchError` if the width is another.
    func callAsFunction(_ x: Tensor) throws -> Tensor {
        let output = try x.linear(weight, bias: bias)
        guard let adapter = place?.adapter else { return output }
        return try output + adapter.delta(x).to(output.dtype)
    }
}

/// Where a layer finds its adapter.
///
/// The store keeps one for each name, so that adapters come and go under a model that is there.
final class AdapterPlace {
    /// The adapter, or nil.
    var adapter: LowRankAdapter?
}

extension ParameterScope {
    /// The linear layer of a name at this place.
    /// - Parameters:
    ///   - name: such as `q_proj`; its parameters are `q_proj.weight` and `q_proj.bias`.
    ///   - hasBias: whether there is a bias.
    /// - Returns: the layer, with the adapter that the store has for it, now or later.
    /// - Throws: ``QwenVLError/weights(path:problems:)`` if a parameter is missing.
    func linear(_ name: String, hasBias: Bool) throws -> Linear {
        try Linear(
            weight: self("\(name).weight"), bias: hasBias ? self("\(name).bias") : nil,
            place: store.place("\(prefix).\(name)"))
    }
}

extension ParameterStore {
    /// The linear layer of a name at the top of the tree, without a bias: `lm_head`.
    /// - Parameter name: the layer.
    /// - Returns: the layer, with the adapter that this store has for it, now or later.
    /// - Throws: ``QwenVLError/weights(path:problems:)`` if its weight is missing.
    func linear(_ name: String) throws -> Linear {
        try Linear(weight: tensor("\(name).weight"), place: place(name))
    }
}
