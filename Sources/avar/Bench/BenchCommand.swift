import ArgumentParser
import Foundation
import QwenVL
import Torch
import VisualAttention

/// `avar bench`: one piece of work, timed, on the numbers of a case file.
struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract:
            "Times a forward pass, the attention measure, a training step or a generation on the inputs of a case file.",
        discussion:
            "Prints one line of JSON with the keys of Benchmarks/peer/hf_peer.py, which writes the case files and does "
            + "the same work with transformers. Seconds are the median of the runs after one that is not counted.")

    /// What is timed.
    enum Work: String, ExpressibleByArgument, CaseIterable {
        case forward
        case vas
        case sftStep = "sft-step"
        case generate
    }

    /// Whose attention is measured.
    enum Queries: String, ExpressibleByArgument, CaseIterable {
        case user
        case response

        /// The rows of a case, as hf_peer.py takes them: all of the role.
        var role: TokenRole { self == .user ? .user : .response }
    }

    @Argument(help: "What to time: forward, vas, sft-step or generate.")
    var work: Work

    @OptionGroup var model: ModelOptions

    @Option(name: .customLong("case"), help: "The inputs, as hf_peer.py case writes them.")
    var caseFile: String

    @Option(help: "Runs that count, after one that does not; with 0 that one does, for work that is long.")
    var runs = 3

    @Option(help: "With vas, whose attention is measured: the user's tokens or the response's.")
    var queries = Queries.user

    @Option(help: "Tokens to write.")
    var newTokens = 64

    @Option(help: "How many times to answer the prompt at once, each answer in a row of its own.")
    var batch = 1

    @Option(help: "With generate, how many answers to each prompt, which share one reading of it.")
    var samples = 1

    @Flag(help: "With sft-step, guide attention as the paper does, alpha and beta 0.15.")
    var guided = false

    @Flag(help: "With sft-step, keep of every layer only its input.")
    var checkpointing = false

    @Flag(
        help: """
            With forward, also time the products and attention calls of a float32 pass alone, each by its fastest kernel; \
            with vas, the same pass unobserved; with sft-step --guided, the same step unguided; with generate, the same generation with every token's attention observed.
            """)
    var floor = false

    func validate() throws {
        if runs < (floor ? 1 : 0) { throw ValidationError("--runs must be at least \(floor ? 1 : 0), got \(runs).") }
        if samples < 1 { throw ValidationError("--samples must be at least 1, got \(samples).") }
        if batch < 1 { throw ValidationError("--batch must be at least 1, got \(batch).") }
        if work != .sftStep, guided || checkpointing {
            throw ValidationError("--guided and --checkpointing belong to sft-step.")
        }
        if newTokens < 1 { throw ValidationError("--new-tokens must be at least 1, got \(newTokens).") }
    }

    func run() throws {
        let model =
            try work == .sftStep ? BenchTraining.load(self.model, checkpointing: checkpointing) : self.model.load()
        try touch(model.parameters)
        var result = Result(command: work.rawValue, rssAfterLoadMib: System.peakResidentMiB)
        let input = try BenchCase(contentsOf: URL(fileURLWithPath: caseFile), model: model).input
        result.tokens = input.inputIDs.count
        if work == .sftStep {
            try train(model, input, &result)
        } else {
            try withoutGradient {
                switch work {
                case .forward: try forward(model, input, &result)
                case .vas: try measure(model, input, &result)
                case .generate: try generate(model, input, &result)
                case .sftStep: break
                }
            }
        }
        if result.peakRssMib == 0 { result.peakRssMib = System.peakResidentMiB }
        try Output.json(result)
    }

    private func forward(_ model: QwenVLModel, _ input: ModelInput, _ result: inout Result) throws {
        var sum = 0.0
        let times = try Stopwatch.times(runs: runs) {
            guard let logits = try model.forward(input, logits: .all).logits else { return }
            sum = try logits.sum().item()
        }
        result.logitsSum = sum
        result.take(times)
        result.peakRssMib = System.peakResidentMiB
        let parts = try BenchFloor(model.configuration, input: input, runs: floor ? runs : 0)
        result.gflopPerSecond = parts.operations / times.median / 1e9
        guard floor else { return }
        result.floorSeconds = parts.seconds
        result.floorAttentionSeconds = parts.attentionSeconds
    }

    /// The Visual Attention Score of the case, every layer and head observed; no logits are needed.
    private func measure(_ model: QwenVLModel, _ input: ModelInput, _ result: inout Result) throws {
        let groups = KeyGroups(roles: input.roles)
        let rows = input.roles.indices.filter { input.roles[$0] == queries.role }
        guard !rows.isEmpty else {
            throw QwenVLError.input("The case has no \(queries.rawValue) tokens, whose attention is to be measured")
        }
        var score: VisualAttentionScore?
        func observed() throws {
            let masses = try model.forward(input, logits: .none, groups: groups).masses
            score = VisualAttentionScore(try AttentionMass(masses, queries: rows))
        }
        if floor {
            // In turns, so that what else the machine does falls on both alike.
            let pairs = try Stopwatch.pairs(
                runs: runs, { _ = try model.forward(input, logits: .none) }, observed)
            result.plainSeconds = pairs.first.median
            result.take(pairs.second)
        } else {
            result.take(try Stopwatch.times(runs: runs, observed))
        }
        result.peakRssMib = System.peakResidentMiB
        guard let score else { return }
        result.vas = score.paper
        result.vasLayer0 = score.perLayer[0]
        result.vasPooled = score.pooled
        result.vasGeometric = score.geometric
    }

    /// Loss and gradients of the case, all parameters trained; with --floor and --guided beside the same step unguided.
    private func train(_ model: QwenVLModel, _ input: ModelInput, _ result: inout Result) throws {
        let training = try BenchTraining(model, input: input, checkpointing: checkpointing)
        var found = BenchTraining.Found()
        if floor, guided {
            let pairs = try Stopwatch.pairs(
                runs: runs, { _ = try training.step(isGuided: false) }, { found = try training.step(isGuided: true) })
            result.plainSeconds = pairs.first.median
            result.take(pairs.second)
        } else {
            result.take(try Stopwatch.times(runs: runs) { found = try training.step(isGuided: guided) })
        }
        result.peakRssMib = System.peakResidentMiB
        result.guided = guided
        (result.loss, result.enhance, result.suppress) = (found.loss, found.enhance, found.suppress)
        result.gradNorm = try training.gradientNorm()
    }

    private func generate(_ model: QwenVLModel, _ input: ModelInput, _ result: inout Result) throws {
        let prompt = try input.prompt()
        var tokens: [Int] = []
        func write(_ count: Int) throws {
            let options = GenerationOptions(maxNewTokens: count, endTokenIDs: [])
            let requests = [GenerationRequest](
                repeating: GenerationRequest(prompt, options: options, samples: samples), count: batch)
            tokens = try model.generate(requests)[0][0].tokenIDs
        }
        func writeObserved() throws {
            let request = GenerationRequest(
                prompt, options: GenerationOptions(maxNewTokens: newTokens, endTokenIDs: []),
                groups: KeyGroups(roles: prompt.roles), responseGroups: RoleGroup.response.bit)
            let answers = try model.generate([GenerationRequest](repeating: request, count: batch))
            // What a user would look at: the score over every token.
            for answer in answers.joined() { _ = VisualAttentionScore(try AttentionMass(steps: answer.masses)) }
        }
        var times: [Double]
        if floor {
            let pairs = try Stopwatch.pairs(runs: runs, { try write(newTokens) }, writeObserved)
            times = pairs.first
            result.observedSeconds = pairs.second.median
        } else {
            times = try Stopwatch.times(runs: runs) { try write(newTokens) }
        }
        result.generated = Array(tokens.prefix(16))
        result.take(times)
        if newTokens > 1 {
            let prefill = try Stopwatch.times(runs: 3, warmUp: false) { try write(1) }.median
            result.prefillSeconds = prefill
            result.decodeTokensPerSecond = Double(batch * samples * (newTokens - 1)) / max(times.median - prefill, 1e-9)
        }
    }

    /// Reads every weight once, so that mapped files are resident before memory and time are measured.
    private func touch(_ parameters: ParameterStore) throws {
        for name in parameters.names { _ = try parameters.tensor(name).sum().item() }
    }

    /// The line of JSON.
    private struct Result: Encodable {
        var command: String
        var tokens = 0
        var seconds = 0.0
        var minSeconds = 0.0
        var peakRssMib = 0
        var rssAfterLoadMib: Int
        var logitsSum: Double?
        var floorSeconds: Double?
        var floorAttentionSeconds: Double?
        var gflopPerSecond: Double?
        var guided: Bool?
        var loss: Double?
        var enhance: Double?
        var suppress: Double?
        var gradNorm: Double?
        var vas: Double?
        var vasLayer0: Double?
        var vasPooled: Double?
        var vasGeometric: Double?
        /// Of the same pass with nothing observed, or of the same step unguided.
        var plainSeconds: Double?
        /// Of the same generation with every token's attention observed.
        var observedSeconds: Double?
        var generated: [Int]?
        var prefillSeconds: Double?
        var decodeTokensPerSecond: Double?

        init(command: String, rssAfterLoadMib: Int) {
            self.command = command
            self.rssAfterLoadMib = rssAfterLoadMib
        }

        mutating func take(_ times: [Double]) {
            seconds = times.median
            minSeconds = times.min() ?? 0
        }
    }
}
