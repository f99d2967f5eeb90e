import ArgumentParser
import Foundation
import QwenVL

/// `avar convert`: a checkpoint written again.
struct ConvertCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert", abstract: "Writes a checkpoint again, in another type or in shards of another size.",
        discussion: "The result has the Hub's names for the weights and loads in transformers with the same logits.")

    @OptionGroup var model: ModelOptions

    @Option(help: "The folder to write; made if it is not there.")
    var output: String

    @Option(help: "The most bytes of weights in one file.")
    var maxShardBytes = 5_000_000_000

    func validate() throws {
        if model.adapter != nil {
            throw ValidationError("avar merge writes a model with its adapter; avar convert takes none.")
        }
        if maxShardBytes < 1 { throw ValidationError("--max-shard-bytes must be at least 1, got \(maxShardBytes).") }
    }

    func run() throws {
        let source = try model.folder()
        let model = try self.model.runtime.load(source)
        let folder = URL(fileURLWithPath: output, isDirectory: true)
        try CheckpointWriter.save(
            model, companionsFrom: source, to: folder, maximumShardByteCount: maxShardBytes)
        Output.line("\(folder.path): \(model.parameters.parameterCount) parameters in \(model.dtype)")
    }
}
