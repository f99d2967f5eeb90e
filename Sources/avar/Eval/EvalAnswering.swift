import ArgumentParser
import ChatEndpoints
import Foundation

/// Who answers.
struct EvalAnswering: ParsableArguments {
    @Option(
        help:
            "A checkpoint's folder or its name on the Hub; with --endpoint the name of the model there.")
    var model: String?

    @Option(help: "The branch, tag or commit of a name on the Hub; main unless given.")
    var revision: String?

    @Option(help: "The folder of a LoRA adapter as PEFT saves it; merged into the model when it is loaded.")
    var adapter: String?

    @Option(
        help: """
            An OpenAI-compatible server in place of a model that computes here, as http://localhost:8000/v1; its key is taken \
            from \(EndpointKey.variables.joined(separator: " or ")). Attention is measured only if it is avar serve.
            """)
    var endpoint: String?

    @Option(parsing: .unconditional, help: "The most requests to an endpoint at one time.")
    var concurrency = 8

    @Option(parsing: .unconditional, help: "How many seconds an endpoint may say nothing.")
    var timeout = 300.0

    @Option(parsing: .unconditional, help: "How often a request is repeated before its answer is given up.")
    var retries = 5

    @Option(parsing: .unconditional, help: "How many answers are written together.")
    var batchSize = 8

    @Option(parsing: .unconditional, help: "Threads that read and prepare pictures while the model writes.")
    var workers = 2

    @Flag(inversion: .prefixedNo, help: "Observe where the answers' tokens look.")
    var attention = true

    @Flag(help: "Keep the score of every token of the answers.")
    var tokenVas = false

    /// What is wrong with the options together, as a sentence.
    func problem(_ modulation: ModulationFlags) -> String? {
        if model == nil { return "Give --model, a checkpoint; or --endpoint URL with --model, the model's name there." }
        if endpoint != nil, revision != nil || adapter != nil || modulation.name != nil || tokenVas {
            return
                "--revision, --adapter, --token-vas and interventions are for a model that computes here, not for --endpoint."
        }
        if !attention, tokenVas { return "--token-vas needs the attention; leave --no-attention out." }
        for (name, value) in [("--concurrency", concurrency), ("--batch-size", batchSize), ("--workers", workers)]
        where value < 1 {
            return "\(name) must be at least 1, got \(value)."
        }
        if retries < 0 { return "--retries must be at least 0, got \(retries)." }
        return timeout > 0 && timeout.isFinite ? nil : "--timeout must be above 0, got \(timeout)."
    }

    /// The same for commands that run a model.
    func modelOptions(_ runtime: RuntimeOptions) -> ModelOptions {
        var options = ModelOptions()
        options.place = ModelPlace()
        (options.place.model, options.place.revision) = (model ?? "", revision)
        (options.adapter, options.runtime) = (adapter, runtime)
        return options
    }
}

extension RuntimeOptions {
    /// Whether nothing of it was asked for.
    var isDefault: Bool { dtype == .float32 && device == "cpu" && threads == nil }
}
