import ArgumentParser
import Foundation
import ModelServing
import QwenVL
import Serving
import VisualAttention

/// `avar serve`: a checkpoint as an endpoint that speaks OpenAI's API for chats.
struct ServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serves a checkpoint over HTTP as OpenAI's API for chats has it.",
        discussion: """
            /v1/models, /v1/chat/completions (texts and data-URL pictures, streaming, stop, seed, n, usage, log-probabilities) and \
            /health. Beyond the standard, "visual_attention": true gives for every token how much it looked at the picture. An \
            answer is that of avar generate for the same conversation, options and seed, whatever is answered beside it. Ctrl-C \
            takes no more requests, lets running answers end for a while, and exits with status 0.
            """)

    @OptionGroup var model: ModelOptions
    @OptionGroup var modulation: ModulationFlags
    @OptionGroup var listening: ServingFlags

    @Option(help: "The name by which clients ask for the model; the last part of --model unless given.")
    var servedName: String?

    @Option(parsing: .unconditional, help: "The most tokens of an answer where a request does not say.")
    var maxNewTokens = 512

    @Option(parsing: .unconditional, help: "How many requests are answered at a time; they go forward together.")
    var concurrent = 8

    func validate() throws {
        for (name, count) in [("max-new-tokens", maxNewTokens), ("concurrent", concurrent)] where count < 1 {
            throw ValidationError("--\(name) must be at least 1, got \(count).")
        }
        if servedName?.isEmpty == true { throw ValidationError("--served-name must not be empty.") }
    }

    func run() throws {
        var settings = try listening.settings()
        settings.concurrent = concurrent
        try settings.validate()
        let assistant = try VisualAssistant(model)
        let intervention = try modulation.intervention(for: assistant.model.configuration.text)
        var answering = ModelBackend.Settings(
            name: servedName ?? URL(fileURLWithPath: model.model).standardizedFileURL.lastPathComponent)
        (answering.maximumNewTokens, answering.threads) = (maxNewTokens, model.runtime.threads)
        let backend = try ModelBackend(assistant, intervention: intervention, settings: answering)
        try Listening.serve(backend, settings: settings, quiet: listening.quiet)
    }
}
