import Foundation
import Images
import QwenVL
import Tokenization
import Serving
import VisualAttention

/// A Qwen2.5-VL that answers chats: requests go forward together, and join and leave while others are being written.
///
/// An answer is the one that the same conversation, options and seed get alone (``GenerationBatch``), whoever else asks at the
/// same time.
public final class ModelBackend: ChatBackend {
    /// How a model answers.
    public struct Settings: Sendable, Equatable {
        /// The name by which it is asked for.
        public var name: String
        /// The most tokens of an answer where a request does not say.
        public var maximumNewTokens = 512
        /// The most answers that are written at a time; requests that would be more wait.
        public var answersTogether = 64
        /// Threads of one operation; nil for as many as there are.
        public var threads: Int?

        /// Settings with their defaults.
        /// - Parameter name: by which it is asked for.
        public init(name: String) { self.name = name }
    }

    /// The model alone.
    public let models: [ServedModel]
    private let worker: BatchWorker
    private let limit: Int
    private let longestToken: Int

    /// A model that answers.
    /// - Parameters:
    ///   - assistant: the model, which belongs to the backend from now on.
    ///   - intervention: what is done to the attention of every answer, or nil.
    ///   - settings: how it answers.
    /// - Throws: `InterventionError` if the intervention does not fit the model.
    public init(_ assistant: VisualAssistant, intervention: Intervention? = nil, settings: Settings) throws {
        models = [
            ServedModel(id: settings.name, owner: "avar", created: Int(Date().timeIntervalSince1970))
        ]
        limit = assistant.model.configuration.text.maxPositionEmbeddings
        let tokenizer = assistant.processor.tokenizer
        longestToken = (0..<tokenizer.vocabularySize).reduce(1) { max($0, tokenizer.bytes(of: $1).count) }
        worker = BatchWorker(assistant, intervention: intervention, settings: settings)
    }

    deinit { worker.close() }

    /// Refuses what no model of this size can answer.
    /// - Parameter request: what is asked.
    /// - Throws: `Refusal` (400).
    public func check(_ request: ChatRequest) throws {
        if let tokens = request.maxTokens, tokens > limit {
            throw Refusal.invalid(
                "max_tokens", "The model has \(limit) positions, and \(tokens) tokens are asked for.",
                code: "context_length_exceeded")
        }
        // No token has more bytes than the longest of the vocabulary: what is far too long is refused before it is cut into tokens.
        let bytes = request.texts.reduce(0) { $0 + $1.utf8.count }
        if bytes > limit * longestToken {
            throw Refusal.invalid(
                "messages", "The model has \(limit) positions, and a text of \(bytes) bytes has more tokens than that.",
                code: "context_length_exceeded")
        }
        let isOver = request.messages.last?.role == .assistant
        if isOver {
            throw Refusal.invalid(
                "messages", "The conversation ends in an answer; the last message must be one to be answered.")
        }
    }

    /// Answers a request.
    /// - Parameters:
    ///   - request: what is asked.
    ///   - emit: takes tokens as they come.
    /// - Throws: `Refusal` for what the model cannot read, `CancellationError`.
    public func answer(
        _ request: ChatRequest, emit: @escaping @Sendable (ChatEvent) throws -> Bool
    ) async throws {
        let job = BatchJob(request, emit: emit)
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                job.continuation = continuation
                worker.add(job)
            }
        } onCancel: {
            job.cancel()
        }
    }
}
