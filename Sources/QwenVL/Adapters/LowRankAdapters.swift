import RandomNumbers
import Torch

/// The low-rank adapters (LoRA) of a model: made, attached to the parameters, trained, merged and saved as one.
///
/// Layers know nothing of them beforehand: attached to the store that a model reads its parameters from, they count from the next
/// pass on; detached, they no longer do.
public final class LowRankAdapters {
    /// One for each layer, in the order of the forward pass.
    public let adapters: [LowRankAdapter]
    /// True if they are scaled by `alpha / sqrt(rank)`.
    public let isRankStabilized: Bool
    /// The linear layers of the model they were made for.
    let layers: [String]
    private let dropout: AdapterDropout

    /// How likely a number of an adapter's input is dropped in training.
    public var dropoutProbability: Double { dropout.probability }

    /// What decides which numbers are dropped, set before the forward pass of every micro-batch; nil for no dropout.
    public var dropoutState: DropoutState? {
        get { dropout.state }
        set { dropout.state = newValue }
    }

    /// New adapters, which change nothing before they are trained: `B` is zero, `A` is uniform within `1 / sqrt(inputs)`.
    ///
    /// That is PEFT's `kaiming_uniform_(a=sqrt(5))`. The numbers of a layer hang on the seed and its name, not on the other
    /// layers. They are float32, or float64 where the layer is.
    /// - Parameters:
    ///   - settings: which layers, and how wide.
    ///   - store: the parameters they will be attached to.
    ///   - seed: any number.
    /// - Throws: ``QwenVLError/input(_:)`` if the settings are out of range or name no layer.
    public init(_ settings: LowRankSettings, for store: ParameterStore, seed: UInt64) throws {
        let dropout = AdapterDropout(probability: settings.dropout)
        adapters = try settings.layers(of: store).map { layer in
            let weight = try store.tensor("\(layer).weight")
            let (outputs, inputs) = try weight.size2(layer)
            var numbers = SplitMix64(seed, SplitMix64.digest(layer))
            let bound = 1 / Double(inputs).squareRoot()
            let drawn = (0..<settings.rank * inputs).map { _ in bound * (2 * numbers.uniform() - 1) }
            let dtype: DType = weight.dtype == .float64 ? .float64 : .float32
            return try LowRankAdapter(
                name: layer,
                down: Tensor(drawn, shape: [settings.rank, inputs]).to(dtype, device: weight.device),
                up: Tensor.zeros([outputs, settings.rank], dtype: dtype, device: weight.device),
                alpha: settings.alpha, isRankStabilized: settings.isRankStabilized, dropout: dropout)
        }
        (self.dropout, isRankStabilized, layers) = (dropout, settings.isRankStabilized, store.linearLayers)
    }

    init(
        _ parts: [(layer: String, down: Tensor, up: Tensor, alpha: Double)], dropout probability: Double,
        isRankStabilized: Bool, layers: [String]
    ) {
        let dropout = AdapterDropout(probability: probability)
        adapters = parts.map {
            LowRankAdapter(
                name: $0.layer, down: $0.down, up: $0.up, alpha: $0.alpha, isRankStabilized: isRankStabilized,
                dropout: dropout)
        }
        (self.dropout, self.isRankStabilized, self.layers) = (dropout, isRankStabilized, layers)
    }

    /// What is trained, under names in the manner of the checkpoint: `model.layers.0.self_attn.q_proj.lora_A.weight`.
    public var parameters: [(name: String, tensor: Tensor)] {
        adapters.flatMap { [("\($0.name).lora_A.weight", $0.down), ("\($0.name).lora_B.weight", $0.up)] }
    }

    /// Numbers in all adapters together.
    public var parameterCount: Int { adapters.reduce(0) { $0 + $1.down.count + $1.up.count } }

    /// Has the models over a store run with these adapters, from their next pass on.
    /// - Parameter store: parameters with these layers.
    /// - Throws: ``QwenVLError/input(_:)`` if a layer has another adapter, or has other sizes.
    public func attach(to store: ParameterStore) throws {
        for adapter in adapters {
            try checkSizes(adapter, store)
            if let other = store.place(adapter.name).adapter, other !== adapter {
                throw QwenVLError.input("\(adapter.name) has an adapter already; detach it first")
            }
        }
        for adapter in adapters { store.place(adapter.name).adapter = adapter }
    }

    /// Takes these adapters from a store; those of others stay.
    /// - Parameter store: parameters they were attached to.
    public func detach(from store: ParameterStore) {
        for adapter in adapters {
            let place = store.place(adapter.name)
            if place.adapter === adapter { place.adapter = nil }
        }
    }

    /// Parameters that have in their weights what the adapters add: `W + s B A`, computed in float32 at least.
    /// - Parameters:
    ///   - store: parameters with these layers, which are not changed.
    ///   - dtype: the type of the changed weights, and of the biases beside them; nil for the one they have.
    /// - Returns: a store without adapters, whose other tensors are the same.
    /// - Throws: ``QwenVLError/input(_:)`` if a layer has other sizes.
    public func merged(into store: ParameterStore, dtype: DType? = nil) throws -> ParameterStore {
        try withoutGradient {
            var changed: [String: Tensor] = [:]
            for adapter in adapters {
                try checkSizes(adapter, store)
                let weight = try store.tensor("\(adapter.name).weight").detached()
                let product = try adapter.product().to(device: weight.device)
                let wide: DType = weight.dtype == .float64 ? .float64 : product.dtype
                changed["\(adapter.name).weight"] = try (weight.to(wide) + product).to(dtype ?? weight.dtype)
                // Layers have weight and bias of one type.
                let bias = "\(adapter.name).bias"
                if let dtype, store.names.contains(bias) { changed[bias] = try store.tensor(bias).detached().to(dtype) }
            }
            return store.replacing(changed)
        }
    }

    private func checkSizes(_ adapter: LowRankAdapter, _ store: ParameterStore) throws {
        let expected = [adapter.up.size(0), adapter.down.size(1)]
        let found = try store.tensor("\(adapter.name).weight").shape
        guard found == expected else {
            throw QwenVLError.input("The adapter of \(adapter.name) is for a weight of \(expected), it has \(found)")
        }
    }
}

extension QwenVLModel {
    /// A model that computes what this one does with adapters attached, at its own price.
    /// - Parameters:
    ///   - adapters: the adapters, which are not changed.
    ///   - dtype: the type of the weights that are changed; nil for the one they have, which rounds what is added to it.
    /// - Returns: a model over a new store that shares all other tensors.
    /// - Throws: ``QwenVLError/input(_:)`` if a layer has other sizes.
    public func merging(_ adapters: LowRankAdapters, dtype: DType? = nil) throws -> QwenVLModel {
        try QwenVLModel(
            configuration: configuration, parameters: adapters.merged(into: parameters, dtype: dtype), dtype: self.dtype
        )
    }
}
