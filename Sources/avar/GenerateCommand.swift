import ArgumentParser
import Foundation
import Images
import QwenVL
import Tokenization
import Torch
import VisualAttention

/// `avar generate`: an answer about pictures, and where the model looked.
struct GenerateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate", abstract: "Answers a question about pictures, and says how much attention they got.",
        discussion:
            "The answer is printed as it is written, always the likeliest token. The attention follows on standard "
            + "error, or in the JSON: of the question's tokens while they are read, and of the answer's while it is written."
    )

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

    @Option(help: "The most tokens to write.")
    var maxNewTokens = 512

    @Flag(inversion: .prefixedNo, help: "Observe the attention.")
    var attention = true

    @Flag(help: "Print one line of JSON when the answer is complete, instead of the text as it comes.")
    var json = false

    func validate() throws {
        if maxNewTokens < 1 { throw ValidationError("--max-new-tokens must be at least 1, got \(maxNewTokens).") }
        if (prompt == nil) == (messages == nil) { throw ValidationError("Give --prompt or --messages.") }
        if messages != nil, !image.isEmpty || system != nil {
            throw ValidationError("--messages holds the pictures and the system turn; leave --image and --system out.")
        }
    }

    func run() throws {
        let conversation = try readConversation()
        let assistant = try Assistant(model)
        let input = try assistant.processor(conversation)
        let began = ContinuousClock.now
        let (generation, firstToken) = try answer(input, with: assistant)
        let report = try AnswerReport(
            generation, input: input, tokenizer: assistant.processor.tokenizer,
            seconds: began.duration(to: .now).seconds, prefillSeconds: firstToken.seconds)
        if json { return try Output.json(report) }
        Output.write("\n")
        report.lines.forEach(Output.note)
    }

    private func readConversation() throws -> [Message] {
        guard let messages else {
            let pictures = try image.map { try RGBImage(contentsOf: URL(fileURLWithPath: $0)) }
            return (system.map { [.system($0)] } ?? []) + [.user(prompt ?? "", images: pictures)]
        }
        let url = URL(fileURLWithPath: messages)
        let data: Data
        do {
            data = try Data(contentsOf: url)
        } catch {
            throw QwenVLError.unreadable(path: url.path, reason: "there is no such readable file")
        }
        return try Conversation.messages(json: data, name: messages) { path in
            let local = path.hasPrefix("file://") ? String(path.dropFirst("file://".count)) : path
            return try RGBImage(contentsOf: URL(fileURLWithPath: local, relativeTo: url.deletingLastPathComponent()))
        }
    }

    /// Writes the answer, to standard output as it comes where that is wanted.
    private func answer(_ input: ModelInput, with assistant: Assistant) throws -> (Generation, firstToken: Duration) {
        var decoder = StreamDecoder(assistant.processor.tokenizer, skipsSpecialTokens: true)
        let began = ContinuousClock.now
        var firstToken: Duration?
        let generation = try assistant.model.generate(
            input, options: assistant.options(maxNewTokens: maxNewTokens),
            groups: attention ? KeyGroups(roles: input.roles) : nil, responseGroups: RoleGroup.response.bit
        ) { token in
            if firstToken == nil { firstToken = began.duration(to: .now) }
            let piece = decoder.append(token)
            if !json { Output.write(piece) }
            return true
        }
        if !json { Output.write(decoder.finish()) }
        return (generation, firstToken ?? .zero)
    }
}

extension Duration {
    /// As seconds.
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
