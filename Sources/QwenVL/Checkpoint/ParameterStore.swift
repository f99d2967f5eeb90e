import Foundation
import Safetensors
import Torch

/// The parameters of one model, keyed by the checkpoint's own names (`model.layers.0.self_attn.q_proj.weight`).
///
/// Layers take theirs through a ``ParameterScope``, so that full, LoRA and frozen training are choices about this store.
public final class ParameterStore {
    /// Names in the order of the forward pass.
    public let names: [String]
    private let tensors: [String: Tensor]
    private var places: [String: AdapterPlace] = [:]

    /// A store of tensors that are already there.
    /// - Parameter parameters: names and tensors, in the order of the forward pass.
    public init(_ parameters: [(name: String, tensor: Tensor)]) {
        names = parameters.map(\.name)
        tensors = Dictionary(parameters.map { ($0.name, $0.tensor) }, uniquingKeysWith: { first, _ in first })
    }

    /// Reads the parameters that a configuration asks for, checking all names and shapes before any is used.
    ///
    /// A tensor whose stored type and place are the ones asked for stays in the file's memory map and is not copied.
    /// - Parameters:
    ///   - checkpoint: the weight files.
    ///   - configuration: what the model needs.
    ///   - dtype: the type to compute in; nil keeps the stored one.
    ///   - device: where the parameters go.
    ///   - converts: false to leave matrices of bfloat16 as they are where `dtype` is float32.
    /// - Throws: ``QwenVLError/weights(path:problems:)`` with every missing, unexpected and misshapen tensor.
    public convenience init(
        reading checkpoint: SafetensorsCheckpoint, for configuration: ModelConfiguration, dtype: DType?, device: Device,
        converts: Bool = true
    ) throws {
        let stored = Dictionary(
            checkpoint.names.map { (ParameterLayout.canonicalName($0), $0) }, uniquingKeysWith: { first, _ in first })
        let entries = ParameterLayout.entries(for: configuration)
        let problems = try Self.problems(entries, stored, checkpoint, configuration)
        guard problems.isEmpty else { throw QwenVLError.weights(path: checkpoint.url.path, problems: problems) }
        try self.init(
            entries.map { entry in
                let tensor = try checkpoint.tensor(stored[entry.name] ?? entry.name)
                let keeps = !converts && device == .cpu && dtype == .float32 && tensor.dtype == .bfloat16
                return (entry.name, try tensor.to(keeps ? nil : dtype, device: device))
            })
    }

    /// Every disagreement between the files and the configuration, in one list.
    private static func problems(
        _ entries: [ParameterLayout.Entry], _ stored: [String: String], _ checkpoint: SafetensorsCheckpoint,
        _ configuration: ModelConfiguration
    ) throws -> [String] {
        var problems: [String] = []
        for entry in entries {
            guard let key = stored[entry.name] else {
                problems.append("\(entry.name) is missing")
                continue
            }
            let found = try checkpoint.entry(named: key)
            if found.shape != entry.shape {
                problems.append("\(key) has shape \(found.shape), config.json asks for \(entry.shape)")
            } else if !DType(found.dtype).isFloatingPoint {
                problems.append("\(key) holds \(found.dtype.rawValue), not floating-point numbers")
            }
        }
        let expected = Set(entries.map(\.name))
        for (name, key) in stored.sorted(by: { $0.key < $1.key })
        where !expected.contains(name) && !ParameterLayout.isIgnorable(name, in: configuration) {
            problems.append("\(key) is unexpected")
        }
        return problems
    }

    /// A parameter by its full name.
    /// - Parameter name: as in the checkpoint.
    /// - Returns: the tensor itself, not a copy.
    /// - Throws: ``QwenVLError/weights(path:problems:)`` if there is none of that name.
    public func tensor(_ name: String) throws -> Tensor {
        guard let tensor = tensors[name] else {
            throw QwenVLError.weights(path: "the parameter store", problems: ["\(name) is missing"])
        }
        return tensor
    }

    /// A reader that puts `prefix` and a dot before every name.
    /// - Parameter prefix: a place in the tree, such as `visual`.
    /// - Returns: the reader.
    public func scope(_ prefix: String) -> ParameterScope { ParameterScope(store: self, prefix: prefix) }

    /// A store with some tensors in the place of others, which may have another shape; the rest is shared, adapters are not.
    /// - Parameter changed: the new tensors, by names that are there.
    /// - Returns: the store.
    public func replacing(_ changed: [String: Tensor]) -> ParameterStore {
        ParameterStore(names.compactMap { name in (changed[name] ?? tensors[name]).map { (name, $0) } })
    }

    /// A store whose trained parameters have memory of their own, so that they can be changed.
    ///
    /// The others stay as they are, those of a file in its memory map.
    /// - Parameters:
    ///   - dtype: the type of the parameters that are trained, and of a bias beside a trained weight or a weight beside a
    ///     trained bias, since a layer has both in one type; nil for the one they have.
    ///   - isTrained: which, by name.
    /// - Returns: the store, without adapters.
    /// - Throws: `TorchError` if memory is short.
    public func owning(dtype: DType? = nil, where isTrained: (String) -> Bool) throws -> ParameterStore {
        let trained = Set(names.filter(isTrained))
        var changed: [String: Tensor] = [:]
        try withoutGradient {
            for (name, tensor) in tensors {
                let layer = name.split(separator: ".").dropLast().joined(separator: ".")
                if trained.contains(name) {
                    changed[name] = try tensor.detached().clone().to(dtype)
                } else if let dtype, trained.contains("\(layer).weight") || trained.contains("\(layer).bias") {
                    changed[name] = try tensor.detached().to(dtype)
                }
            }
        }
        return replacing(changed)
    }

    /// The names of the linear layers, those that may have an adapter, in the order of the forward pass.
    public var linearLayers: [String] {
        names.filter { $0.hasSuffix(".weight") && tensors[$0]?.rank == 2 && ParameterPart(of: $0) != .embeddings }
            .map { String($0.dropLast(".weight".count)) }
    }

    /// Where the adapter of a layer is kept.
    func place(_ layer: String) -> AdapterPlace {
        if let place = places[layer] { return place }
        let place = AdapterPlace()
        places[layer] = place
        return place
    }

    /// Numbers in all parameters together.
    public var parameterCount: Int { names.reduce(0) { $0 + (tensors[$1]?.count ?? 0) } }
}

/// A place in the tree of parameters: reads names relative to it.
public struct ParameterScope {
    let store: ParameterStore
    let prefix: String

    /// The place below this one.
    /// - Parameter name: one step down, such as `self_attn`, or several joined by dots.
    /// - Returns: the reader there.
    public func scope(_ name: String) -> ParameterScope { ParameterScope(store: store, prefix: "\(prefix).\(name)") }

    /// The parameter of a name at this place.
    /// - Parameter name: such as `weight` or `q_proj.weight`.
    /// - Returns: the tensor itself.
    /// - Throws: ``QwenVLError/weights(path:problems:)`` if there is none of that name.
    public func callAsFunction(_ name: String) throws -> Tensor { try store.tensor("\(prefix).\(name)") }
}
