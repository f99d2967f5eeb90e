import QwenVL

extension ParameterSet {
    /// Marks the parameters of a store that a selection takes as trained, and all others as not.
    /// - Parameters:
    ///   - store: parameters; those that are trained have memory of their own, since those mapped from a file cannot be changed.
    ///   - selection: which.
    /// - Throws: `TorchError` if one is no leaf.
    public init(_ store: ParameterStore, _ selection: ParameterSelection) throws {
        try self.init(store, isTrained: selection.isTrained)
    }

    /// Marks adapters as trained, and of the store's own parameters none, or a few.
    ///
    /// The adapters come last, as ``/QwenVL/LowRankAdapters/parameters``.
    /// - Parameters:
    ///   - store: the parameters the adapters are attached to; those that are not trained may be mapped from a file.
    ///   - adapters: what is trained.
    ///   - isTrained: which of the store's own are trained besides, by name; none unless given.
    /// - Throws: `TorchError` if one is no leaf.
    public init(
        _ store: ParameterStore, adapters: LowRankAdapters, isTrained: (String) -> Bool = { _ in false }
    ) throws {
        let own = try ParameterSet(store, isTrained: isTrained).parameters
        let added = adapters.parameters.map { Parameter(name: $0.name, tensor: $0.tensor) }
        for parameter in added { try parameter.tensor.setRequiresGradient(true) }
        parameters = own + added
    }
}
