import ArgumentParser
import Foundation
import QwenVL
import Torch
import VisualAttention

/// Where a checkpoint is.
struct ModelPlace: ParsableArguments {
    @Option(
        help:
            "A Qwen2.5-VL checkpoint: a folder in the Hugging Face layout, or a name on the Hub, owner/name or owner/name@revision."
    )
    var model: String

    @Option(help: "The branch, tag or commit of a name on the Hub; main unless given.")
    var revision: String?

    /// The checkpoint's folder; a name is looked up in the cache, and downloaded if it is not there.
    func folder() throws -> URL { try ModelFolder.find(model, revision: revision) }
}

/// The options of every command that runs a model.
struct ModelOptions: ParsableArguments {
    @OptionGroup var place: ModelPlace

    @Option(help: "The folder of a LoRA adapter as PEFT saves it; merged into the model when it is loaded.")
    var adapter: String?

    @OptionGroup var runtime: RuntimeOptions

    /// The checkpoint as it was named.
    var model: String { place.model }

    /// The checkpoint's folder; a name is looked up in the cache, and downloaded if it is not there.
    func folder() throws -> URL { try place.folder() }

    /// The adapter's folder.
    var adapterFolder: URL? { adapter.map { URL(fileURLWithPath: $0, isDirectory: true) } }

    /// What was asked for, in words.
    var described: String { adapter.map { "\(model) with the adapter \($0)" } ?? model }

    /// Opens the model alone.
    func load() throws -> QwenVLModel { try load(folder()) }

    /// Opens the model of a folder, with the adapter in its weights.
    func load(_ folder: URL) throws -> QwenVLModel {
        let model = try runtime.load(folder)
        guard let adapterFolder else { return model }
        return try model.merging(LowRankAdapters(folder: adapterFolder, for: model.parameters), dtype: model.dtype)
    }
}

/// Where and in which type a model computes.
struct RuntimeOptions: ParsableArguments {
    /// The types that can be asked for.
    enum ComputeType: String, ExpressibleByArgument, CaseIterable {
        case float32
        case bfloat16
        case stored

        /// nil keeps the stored type.
        var torch: DType? {
            switch self {
            case .float32: .float32
            case .bfloat16: .bfloat16
            case .stored: nil
            }
        }
    }

    @Option(help: "The type to compute in: float32, bfloat16, or stored for that of the weights file.")
    var dtype = ComputeType.float32

    @Option(help: "Where to compute: cpu, cuda or cuda:N.")
    var device = "cpu"

    @Option(help: "Threads of one operation; as many as the processor has cores unless given.")
    var threads: Int?

    func validate() throws {
        if let threads, threads < 1 { throw ValidationError("--threads must be at least 1, got \(threads).") }
    }

    /// Opens a model as these options say.
    func load(_ folder: URL) throws -> QwenVLModel {
        if let threads { try Runtime.setThreadCount(threads) }
        Runtime.keepFreedMemory()
        return try QwenVLModel(folder: folder, dtype: dtype.torch, device: Device.named(device))
    }
}

extension VisualAssistant {
    /// Opens the checkpoint that the options name.
    init(_ options: ModelOptions) throws { try self.init(folder: options.folder(), options: options) }

    /// Opens the checkpoint of the folder that the options name.
    init(folder: URL, options: ModelOptions) throws { try self.init(noting: folder, loading: options.load) }

    /// Opens a checkpoint as the options say.
    init(folder: URL, runtime: RuntimeOptions) throws { try self.init(noting: folder, loading: runtime.load) }

    private init(noting folder: URL, loading load: (URL) throws -> QwenVLModel) throws {
        try self.init(folder: folder, loading: load)
        if processor.chatTemplate == nil {
            Output.note("\(folder.path) has no chat template; Qwen2.5-VL's own is used.")
        }
    }
}
