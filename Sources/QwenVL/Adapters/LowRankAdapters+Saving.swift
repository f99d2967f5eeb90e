import DurableFiles
import Foundation
import Safetensors
import Torch

extension LowRankAdapters {
    static let configurationName = "adapter_config.json"
    static let weightsName = "adapter_model.safetensors"
    static let keyPrefix = "base_model.model."

    /// Saves the adapters so that `peft.PeftModel.from_pretrained` reads them onto transformers' model to the same logits.
    ///
    /// adapter_config.json comes last: a folder that has one is whole. Its `target_modules` name exactly the layers that have
    /// an adapter, by their ends where all layers of that end have one, else in full.
    /// - Parameters:
    ///   - folder: where to; made if it is not there.
    ///   - baseModel: the name or the folder of the model they belong to, which PEFT keeps for its users; nil for none.
    /// - Throws: ``QwenVLError/unwritable(path:reason:)``, or `SafetensorsError`.
    public func save(to folder: URL, baseModel: String? = nil) throws {
        let configuration = folder.appendingPathComponent(Self.configurationName)
        let weights = folder.appendingPathComponent(Self.weightsName)
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            if FileManager.default.fileExists(atPath: configuration.path) {
                try FileManager.default.removeItem(at: configuration)
            }
        } catch {
            throw QwenVLError.unwritable(path: folder.path, reason: JSONFile.reason(of: error))
        }
        let tensors = try adapters.flatMap { adapter in
            let key = Self.keyPrefix + ModuleName.inMemory(adapter.name)
            return [
                SafetensorsWriter.Tensor(name: "\(key).lora_A.weight", try adapter.down.detached().contiguous()),
                SafetensorsWriter.Tensor(name: "\(key).lora_B.weight", try adapter.up.detached().contiguous()),
            ]
        }
        try SafetensorsWriter.write(tensors, to: weights)
        do {
            try JSONSerialization.data(
                withJSONObject: configurationObject(baseModel: baseModel),
                options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            ).write(to: configuration, options: .atomic)
        } catch {
            throw QwenVLError.unwritable(path: configuration.path, reason: JSONFile.reason(of: error))
        }
        flushFolder(folder)
    }

    /// The fields of PEFT's `LoraConfig` that say how the weights are used.
    private func configurationObject(baseModel: String?) -> [String: Any] {
        let rank = mostFrequent(adapters.map(\.rank)) ?? 1
        let alpha = mostFrequent(adapters.map(\.alpha)) ?? 1
        let (otherRanks, otherAlphas) = (adapters.filter { $0.rank != rank }, adapters.filter { $0.alpha != alpha })
        func number(_ value: Double) -> Any { Int(exactly: value).map { $0 as Any } ?? value }
        return [
            "peft_type": "LORA", "task_type": "CAUSAL_LM", "base_model_name_or_path": baseModel ?? NSNull(),
            "inference_mode": true, "r": rank, "lora_alpha": number(alpha), "lora_dropout": number(dropoutProbability),
            "use_rslora": isRankStabilized, "use_dora": false, "bias": "none", "fan_in_fan_out": false,
            "init_lora_weights": true, "modules_to_save": NSNull(),
            "target_modules": ModuleName.targets(adapters.map(\.name), among: layers),
            "rank_pattern": Dictionary(
                uniqueKeysWithValues: otherRanks.map { (ModuleName.inMemory($0.name), $0.rank) }),
            "alpha_pattern": Dictionary(
                uniqueKeysWithValues: otherAlphas.map { (ModuleName.inMemory($0.name), number($0.alpha)) }),
        ]
    }

    private func mostFrequent<Value: Hashable & Comparable>(_ values: [Value]) -> Value? {
        let counts = Dictionary(values.map { ($0, 1) }, uniquingKeysWith: +)
        return counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
    }
}
