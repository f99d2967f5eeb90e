import ArgumentParser
import Foundation
import QwenVL
import VisualAttention

/// `avar generate`: answers about pictures, and where the model looked.
struct GenerateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate", abstract: "Answers a question about pictures, and says how much attention they got.",
        discussion: """
            The answer is printed as it is written; of several samples each stands behind its number. The attention follows \
            on standard error, or in the JSON: of the question's tokens while they are read, and of the answer's while it \
            is written.
            """)

    @OptionGroup var model: ModelOptions

    @Option(parsing: .upToNextOption, help: "Pictures: JPEG, PNG or WebP files, put before the question.")
    var image: [String] = []

    @Option(help: "The question.")
    var prompt: String?

    @Option(help: "The system turn; Qwen2.5-VL's own unless given.")
    var system: String?

    @Option(
        help:
            "A whole conversation in place of --prompt and --image: a JSON file of messages as transformers takes them."
    )
    var messages: String?

    @Option(
        help: """
            Many prompts in place of one: a file with a JSON object a line, {"prompt", "images", "system"} or \
            {"messages"}, and an "id" if wanted. Prints a line of JSON for each, in their order.
            """)
    var batch: String?

    @Option(
        help: ArgumentHelp(
            DataName.help + " Its questions are answered, a line of JSON for each, in their order."))
    var data: String?

    @Option(
        parsing: .unconditional,
        help: "Answer the first samples of --data only, this many; all of a file, 200 of the microworld.")
    var limit: Int?

    @Option(parsing: .unconditional, help: "How many prompts of --batch or --data are answered together.")
    var batchSize = 8

    @Option(help: "The most tokens to write.")
    var maxNewTokens = 512

    @OptionGroup var sampling: SamplingFlags

    @OptionGroup var modulation: ModulationFlags

    @Option(
        help: """
            Write a page to this file: the answer under which each token shows where it looked, the score along the tokens, \
            by layer and head, and the shares by role.
            """)
    var report: String?

    @Option(
        parsing: .unconditionalSingleValue,
        help: """
            Where each token of the answer looked, for the page and in the JSON: mean (over layers and heads, which the page \
            always shows), LAYER, or LAYER:HEAD; may be given several times.
            """)
    var map: [MapView] = []

    @Flag(inversion: .prefixedNo, help: "Observe the attention.")
    var attention = true

    @Flag(help: "Print one line of JSON when the answer is complete, instead of the text as it comes.")
    var json = false

    func validate() throws {
        if maxNewTokens < 1 { throw ValidationError("--max-new-tokens must be at least 1, got \(maxNewTokens).") }
        if batchSize < 1 { throw ValidationError("--batch-size must be at least 1, got \(batchSize).") }
        let isMany = batch != nil || data != nil
        if report != nil, isMany || !attention {
            throw ValidationError(
                "--report is of one prompt with its attention; leave --batch, --data and --no-attention out.")
        }
        if !map.isEmpty, isMany || !attention || (report == nil && !json) {
            throw ValidationError(
                "--map is for the page of --report or for --json, of one prompt with its attention; leave --batch, --data and "
                    + "--no-attention out.")
        }
        if [prompt, messages, batch, data].count(where: { $0 != nil }) != 1 {
            throw ValidationError("Give --prompt, --messages, --batch or --data.")
        }
        if let limit, limit < 1 { throw ValidationError("--limit must be at least 1, got \(limit).") }
        if limit != nil, data == nil { throw ValidationError("--limit belongs to --data.") }
        if prompt == nil, !image.isEmpty || system != nil {
            let given = messages != nil ? "--messages" : batch != nil ? "--batch" : "--data"
            throw ValidationError(
                "\(given) holds the pictures and the system turn; leave --image and --system out.")
        }
    }

    func run() throws {
        if let batch {
            let file = try BatchFile(contentsOf: URL(fileURLWithPath: batch))
            return try answer(file, with: VisualAssistant(model))
        }
        if let data {
            let source = try DataName.open(data)
            return try answer(source, with: VisualAssistant(model))
        }
        let conversation = try readConversation()
        if let report { try Self.requireWritable(report) }
        try answer(conversation, with: VisualAssistant(model))
    }

    /// Refuses a page that cannot be written before the answer is.
    private static func requireWritable(_ path: String) throws {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        guard FileManager.default.isWritableFile(atPath: folder) else {
            throw QwenVLError.unwritable(path: path, reason: "\(folder) is no folder that can be written to")
        }
    }

    private func readConversation() throws -> [Message] {
        guard let messages else {
            let pictures = try image.map { try Pictures.read($0) }
            return (system.map { [.system($0)] } ?? []) + [.user(prompt ?? "", images: pictures)]
        }
        let url = URL(fileURLWithPath: messages)
        return try Conversation.messages(json: Pictures.data(of: url), name: messages) { path in
            try Pictures.read(path, in: url.deletingLastPathComponent())
        }
    }

    // MARK: One prompt

    /// Answers a conversation, to standard output as the answer comes unless JSON is wanted.
    private func answer(_ conversation: [Message], with assistant: VisualAssistant) throws {
        let input = try assistant.processor(conversation)
        let options = sampling.options(for: assistant, maxNewTokens: maxNewTokens)
        sampling.warn(options)
        let intervention = try modulation.intervention(for: assistant.model.configuration.text)
        var printer = json ? nil : AnswerPrinter(samples: sampling.samples)
        let began = ContinuousClock.now
        var prefill: Duration?
        let views = report == nil ? map : [MapView.mean] + map.filter { $0.name != MapView.mean.name }
        var question = sampling.question(
            input, options: options, observesAttention: attention, intervention: intervention)
        question.maps = views.map(\.selection)
        let answers = try assistant.answer([question]) { piece in
            if prefill == nil { prefill = began.duration(to: .now) }
            printer?.take(piece)
            return true
        }[0]
        let times = AnswerReport.Times(
            seconds: began.duration(to: .now).seconds, prefillSeconds: (prefill ?? .zero).seconds, answers: answers)
        let grids = GridNames(
            views: views, tokenizer: assistant.processor.tokenizer,
            spatialMergeSize: assistant.model.configuration.vision.spatialMergeSize)
        let result = try AnswerReport(answers, input: input, times: times, grids: map.isEmpty ? nil : grids)
        if json { try Output.json(result) } else { result.lines.forEach(Output.note) }
        if let report {
            try AnswerPage(
                answers: answers, conversation: conversation, times: times, model: model.model,
                modulation: modulation.name, views: views, processor: assistant.processor
            ).write(to: report)
        }
    }

    // MARK: Many prompts

    /// A prompt of many.
    private typealias Prompt = (id: String?, input: ModelInput)

    /// Answers the lines of a file.
    private func answer(_ file: BatchFile, with assistant: VisualAssistant) throws {
        var lines = file.lines.makeIterator()
        try answer(with: assistant, total: file.lines.count) {
            try lines.next().map { line in
                try file.naming(line) { (line.id, try ready(assistant.processor(file.messages(of: line)), assistant)) }
            }
        }
    }

    /// Answers the last user's turns of a data file or of a benchmark's, or questions of the microworld.
    private func answer(_ source: any SampleData, with assistant: VisualAssistant) throws {
        let numbers = try source.numbers(limit: limit)
        let options = sampling.options(for: assistant, maxNewTokens: maxNewTokens)
        var entries = try source.entries().prefix(numbers.count).makeIterator()
        try answer(with: assistant, total: numbers.count) {
            try entries.next().map { entry in
                let sample = try entry.sample()
                return try entry.naming {
                    let input = try assistant.input(of: sample.messages(), queries: .generatedResponse(options))
                    return (sample.id, try ready(input, assistant))
                }
            }
        }
    }

    private func ready(_ input: ModelInput, _ assistant: VisualAssistant) throws -> ModelInput {
        try assistant.model.requireRoom(after: input)
        return input
    }

    /// Answers prompts some at a time, a line of JSON each.
    private func answer(
        with assistant: VisualAssistant, total: Int, next: () throws -> Prompt?
    ) throws {
        let options = sampling.options(for: assistant, maxNewTokens: maxNewTokens)
        sampling.warn(options)
        let intervention = try modulation.intervention(for: assistant.model.configuration.text)
        var (progress, count) = (Progress("prompts", total: total), 0)
        while count < total {
            var prompts: [Prompt] = []
            while prompts.count < batchSize, let prompt = try next() { prompts.append(prompt) }
            guard !prompts.isEmpty else { break }
            let questions = prompts.map {
                sampling.question($0.input, options: options, observesAttention: attention, intervention: intervention)
            }
            let answers = try assistant.answer(questions)
            for (place, prompt) in prompts.enumerated() {
                let report = try AnswerReport(answers[place], input: prompt.input)
                try Output.json(BatchAnswer(index: count, id: prompt.id, report: report))
                count += 1
                progress.advance()
            }
        }
        progress.finish()
    }
}

/// The answers to a prompt of a file, with its place there.
private struct BatchAnswer: Encodable {
    /// Which prompt, counted from 0.
    let index: Int
    let id: String?
    let report: AnswerReport

    private enum Keys: String, CodingKey {
        case index
        case id
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Keys.self)
        try container.encode(index, forKey: .index)
        try container.encodeIfPresent(id, forKey: .id)
        try report.encode(to: encoder)
    }
}

extension Duration {
    /// As seconds.
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
