import ArgumentParser
import Foundation
import QwenVL

/// `avar merge`: a model and an adapter, written as one checkpoint.
struct MergeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge", abstract: "Writes a model with the weights of an adapter in its own.",
        discussion:
            "The adapter is one of LoRA in PEFT's layout, made by avar or by PEFT. Products are computed in float32 and rounded "
            + "once, to the type that is written. The result is a whole checkpoint that loads in transformers.")

    @OptionGroup var place: ModelPlace

    @Option(help: "The folder of the adapter, with adapter_config.json and adapter_model.safetensors.")
    var adapter: String

    @Option(help: "The folder to write, which must not be there.")
    var output: String

    @Option(help: "The type to write: float32, bfloat16, or stored for that of the weights file.")
    var dtype = RuntimeOptions.ComputeType.stored

    @Option(help: "The most bytes of weights in one file.")
    var maxShardBytes = 5_000_000_000

    func validate() throws {
        if maxShardBytes < 1 { throw ValidationError("--max-shard-bytes must be at least 1, got \(maxShardBytes).") }
    }

    func run() throws {
        let source = try place.folder()
        let folder = URL(fileURLWithPath: output, isDirectory: true).standardizedFileURL
        try requireAbsent(folder)
        let model = try QwenVLModel(folder: source, dtype: dtype.torch, converts: true)
        let adapters = try LowRankAdapters(
            folder: URL(fileURLWithPath: adapter, isDirectory: true), for: model.parameters)
        try write(model.merging(adapters), from: source, to: folder)
        Output.line(
            "\(folder.path): \(model.parameters.parameterCount) parameters in \(model.dtype), "
                + "\(adapters.adapters.count) layers of them changed")
    }

    private func requireAbsent(_ folder: URL) throws {
        // A link that leads nowhere is there as well.
        let attributes = try? FileManager.default.attributesOfItem(atPath: folder.path)
        guard attributes == nil else {
            throw QwenVLError.unwritable(path: folder.path, reason: "it is there already; choose another folder")
        }
    }

    /// The folder appears when everything in it is written.
    private func write(_ model: QwenVLModel, from source: URL, to folder: URL) throws {
        let parent = folder.deletingLastPathComponent()
        let partial = parent.appendingPathComponent(
            ".\(folder.lastPathComponent).\(UUID().uuidString)", isDirectory: true)
        do {
            try CheckpointWriter.save(
                model, companionsFrom: source, to: partial, maximumShardByteCount: maxShardBytes)
            guard rename(partial.path, folder.path) == 0 else {
                throw QwenVLError.unwritable(
                    path: folder.path, reason: String(cString: strerror(errno)).lowercased())
            }
        } catch {
            try? FileManager.default.removeItem(at: partial)
            throw error
        }
    }
}
