import Foundation
import Safetensors
import Torch

extension LowRankAdapters {
    /// Reads adapters that ``save(to:baseModel:)`` or PEFT has written.
    ///
    /// Their layers may be named as transformers has them in memory now (`model.language_model.layers`, `model.visual`) or
    /// had them before 4.52 (`model.layers`, `visual`). They have memory of their own, to be trained on; attach them, or
    /// merge them.
    /// - Parameters:
    ///   - folder: holds adapter_config.json and adapter_model.safetensors.
    ///   - store: the parameters of the model they are for.
    /// - Throws: ``QwenVLError/adapter(path:problems:)`` with everything that does not fit the model or that is done otherwise
    ///   here, ``QwenVLError/unreadable(path:reason:)``, ``QwenVLError/configuration(path:problem:)``, or `SafetensorsError`.
    public convenience init(folder: URL, for store: ParameterStore) throws {
        try CheckpointFolder.requireReadable(folder)
        let file = folder.appendingPathComponent(Self.configurationName)
        guard FileManager.default.fileExists(atPath: file.path) else {
            let isCheckpoint = FileManager.default.fileExists(atPath: folder.appendingPathComponent("config.json").path)
            throw QwenVLError.adapter(
                path: folder.path,
                problems: [
                    "there is no \(Self.configurationName)"
                        + (isCheckpoint ? "; it is the folder of a whole checkpoint, which needs no adapter" : "")
                ])
        }
        let configuration = try AdapterConfiguration(contentsOf: file)
        let weights = try SafetensorsFile(contentsOf: folder.appendingPathComponent(Self.weightsName))
        var reader = Reader(configuration: configuration, weights: weights, store: store)
        let parts = try reader.parts()
        guard reader.problems.isEmpty else {
            throw QwenVLError.adapter(path: folder.path, problems: reader.problems)
        }
        self.init(
            parts, dropout: configuration.dropout, isRankStabilized: configuration.isRankStabilized,
            layers: store.linearLayers)
    }

    /// Puts the tensors of a file together, and collects what does not fit.
    private struct Reader {
        let configuration: AdapterConfiguration
        let weights: SafetensorsFile
        let store: ParameterStore
        var problems: [String] = []

        mutating func parts() throws -> [(layer: String, down: Tensor, up: Tensor, alpha: Double)] {
            var (down, up): ([String: String], [String: String]) = ([:], [:])
            for key in weights.names {
                let path = key.hasPrefix(keyPrefix) ? key.dropFirst(keyPrefix.count) : key[...]
                if let layer = path.removing(".lora_A.weight") {
                    down[ParameterLayout.canonicalName(layer)] = layer
                } else if let layer = path.removing(".lora_B.weight") {
                    up[ParameterLayout.canonicalName(layer)] = layer
                } else if try !isCopy(key, String(path)) {
                    problems.append("\(key) is neither a lora_A.weight nor a lora_B.weight of a linear layer")
                }
            }
            let layers = store.linearLayers
            for layer in Set(down.keys).union(up.keys).subtracting(layers).sorted() {
                problems.append("the model has no linear layer \(down[layer] ?? up[layer] ?? layer)")
            }
            let parts = try layers.compactMap { layer in try part(layer, down[layer], up[layer]) }
            if parts.isEmpty && problems.isEmpty { problems.append("\(weights.url.lastPathComponent) holds no tensor") }
            return parts
        }

        /// True for weights of the model itself, which may be there as long as they are the model's.
        ///
        /// PEFT saves some where the output projection has an adapter or the vocabulary was enlarged.
        private mutating func isCopy(_ key: String, _ path: String) throws -> Bool {
            let name = ParameterLayout.canonicalName(path.replacing(".base_layer.", with: "."))
            guard store.names.contains(name) else { return false }
            let (own, stored) = try (store.tensor(name).detached(), weights.tensor(key))
            let isSame = try own.shape == stored.shape && own.floats() == stored.to(own.dtype).floats()
            if !isSame { problems.append("\(key) is another weight than the model's \(name)") }
            return true
        }

        private mutating func part(
            _ layer: String, _ downPath: String?, _ upPath: String?
        ) throws -> (layer: String, down: Tensor, up: Tensor, alpha: Double)? {
            guard let path = downPath ?? upPath else { return nil }
            guard let downPath, let upPath else {
                problems.append("\(path) has only one of lora_A.weight and lora_B.weight")
                return nil
            }
            let (down, up) = try (read(downPath, "lora_A"), read(upPath, "lora_B"))
            let (outputs, inputs) = try store.tensor("\(layer).weight").size2(layer)
            let rank = configuration.rank(of: path)
            guard down.shape == [rank, inputs], up.shape == [outputs, rank] else {
                problems.append(
                    "\(path) has shapes \(down.shape) and \(up.shape), rank \(rank) and the model ask for [\(rank), \(inputs)] "
                        + "and [\(outputs), \(rank)]")
                return nil
            }
            guard down.dtype.isFloatingPoint, up.dtype.isFloatingPoint else {
                problems.append("\(path) holds no floating-point numbers")
                return nil
            }
            let weight = try store.tensor("\(layer).weight")
            let dtype: DType = weight.dtype == .float64 ? .float64 : .float32
            func own(_ tensor: Tensor) throws -> Tensor { try tensor.to(dtype, device: weight.device).clone() }
            return try (layer, own(down), own(up), configuration.alpha(of: path))
        }

        private func read(_ path: String, _ name: String) throws -> Tensor {
            let key = "\(path).\(name).weight"
            return try weights.tensor(weights.contains(keyPrefix + key) ? keyPrefix + key : key)
        }
    }
}

extension Substring {
    /// What is left without an ending; nil if this does not end so.
    fileprivate func removing(_ ending: String) -> String? {
        hasSuffix(ending) ? String(dropLast(ending.count)) : nil
    }
}
